import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Access to GoAPI or PiAPI, and what its trigger demands of incoming webhooks. */
export class GoApiApi implements ICredentialType {
	name = 'goApiApi';

	displayName = 'GoAPI API';

	icon: Icon = { light: 'file:../icons/goApi.svg', dark: 'file:../icons/goApi.dark.svg' };

	documentationUrl = 'https://piapi.ai/docs/overview';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'GOAPI_API_KEY in an existing .env file',
			description: 'Keys belong to one site: a key of goapi.ai does not work at piapi.ai',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.goapi.ai',
			required: true,
			placeholder: 'e.g. https://api.piapi.ai',
			description: 'Where the API answers, without a path: https://api.goapi.ai or https://api.piapi.ai',
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: 'Any long random text; WEBHOOK_SECRET_GOAPI in an existing .env file',
			description: 'Sent with each task and expected back in the header x-webhook-secret. Needed by the GoAPI Trigger.',
		},
		{
			displayName: 'Previous Webhook Secret',
			name: 'previousWebhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'When you change the secret, keep the old one here until the tasks that were sent with it have ended',
		},
		{
			displayName: 'Verify Webhooks',
			name: 'verifyWebhooks',
			type: 'boolean',
			default: true,
			description:
				'Whether the GoAPI Trigger accepts only webhooks with the secret and with our signed token. Without this anybody who knows the URL can send results.',
		},
		{
			displayName: 'Allowed IPs',
			name: 'allowedIps',
			type: 'string',
			default: '',
			placeholder: 'e.g. 10.0.0.5, 192.168.1.0/24',
			description:
				'Addresses or networks that webhooks may come from, separated by commas. Empty allows every address.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { 'x-api-key': '={{$credentials.apiKey}}' } },
	};

	/** There is no "who am I" route: a task that can't exist is asked for, and only a refused key makes the test red. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl.trim().replace(/\\/+$/, "")}}',
			url: '/api/v1/task/00000000-0000-0000-0000-000000000000',
			timeout: 15_000,
			ignoreHttpStatusErrors: { ignore: true, except: [401, 403, 405, 500, 502, 503, 504] },
		},
		rules: [
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'code',
					value: 401,
					message: 'The service does not accept this key. Is it one of this base URL?',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'code',
					value: 403,
					message: 'The service does not accept this key. Is it one of this base URL?',
				},
			},
		],
	};
}
