import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

/** How providers reach this n8n, and the secrets that sign the callback URLs they are given. */
export class VideoEngineCallbackApi implements ICredentialType {
	name = 'videoEngineCallbackApi';

	displayName = 'Video Engine Callback API';

	icon: Icon = { light: 'file:../icons/callback.svg', dark: 'file:../icons/callback.dark.svg' };

	documentationUrl = 'https://docs.n8n.io/hosting/configuration/configuration-examples/webhook-url/';

	properties: INodeProperties[] = [
		{
			displayName: 'Public Base URL',
			name: 'publicBaseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://n8n.example.com',
			description:
				'How the providers reach this n8n, without /webhook. Mostly the same as WEBHOOK_URL. In one Docker network it may be an internal address.',
		},
		{
			displayName: 'Current Signing Secret',
			name: 'currentSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'At least 32 random characters, for example of openssl rand -hex 32. SECRET_KEY in an existing .env file',
		},
		{
			displayName: 'Previous Signing Secret',
			name: 'previousSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'When you change the secret, keep the old one here for 7 days: callbacks of jobs that were submitted before carry it',
		},
		{
			displayName: 'Trusted Proxies',
			name: 'trustedProxies',
			type: 'string',
			default: '',
			placeholder: 'e.g. 10.0.0.2, 172.16.0.0/12',
			description:
				"Addresses or networks of your own proxies in front of n8n, for the lists of allowed IPs. Empty leaves it to n8n's N8N_PROXY_HOPS.",
		},
	];

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.publicBaseUrl.trim().replace(/\\/+$/, "")}}',
			url: '/healthz',
			timeout: 15_000,
		},
		rules: [
			{
				type: 'responseCode',
				properties: { value: 404, message: 'No n8n answers at this URL. Enter it without /webhook or another path.' },
			},
		],
	};
}
