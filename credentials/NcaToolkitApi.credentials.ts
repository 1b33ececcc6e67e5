import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Access to an NCA Toolkit, and what its trigger demands of incoming callbacks. */
export class NcaToolkitApi implements ICredentialType {
	name = 'ncaToolkitApi';

	displayName = 'NCA Toolkit API';

	icon: Icon = { light: 'file:../icons/nca.svg', dark: 'file:../icons/nca.dark.svg' };

	documentationUrl = 'https://github.com/stephengpope/no-code-architects-toolkit';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. http://nca:8080',
			description: 'Where n8n reaches the toolkit. Keep it off the internet: its key lets a caller run code on it.',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'The API_KEY of the toolkit; NCA_API_KEY in an existing .env file',
		},
		{
			displayName: 'Verify Webhooks',
			name: 'verifyWebhooks',
			type: 'boolean',
			default: true,
			description:
				'Whether the NCA Toolkit Trigger accepts only callbacks that carry our signed token. The toolkit cannot sign, so without this anybody who knows the URL can send results.',
		},
		{
			displayName: 'Allowed IPs',
			name: 'allowedIps',
			type: 'string',
			default: '',
			placeholder: 'e.g. 10.0.0.5, 192.168.1.0/24',
			description:
				'Addresses or networks that callbacks may come from, separated by commas. Empty allows every address.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { 'X-API-Key': '={{$credentials.apiKey}}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl.trim().replace(/\\/+$/, "")}}',
			url: '/v1/toolkit/authenticate',
			timeout: 15_000,
		},
		rules: [
			{
				type: 'responseCode',
				properties: { value: 401, message: 'The toolkit does not accept this API key. It must equal its API_KEY.' },
			},
			{
				type: 'responseCode',
				properties: { value: 404, message: 'No NCA Toolkit answers at this base URL. Enter it without a path.' },
			},
		],
	};
}
