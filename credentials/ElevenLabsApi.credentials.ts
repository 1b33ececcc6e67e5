import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Access to ElevenLabs, and what its trigger demands of incoming webhooks. */
export class ElevenLabsApi implements ICredentialType {
	name = 'elevenLabsApi';

	displayName = 'ElevenLabs API';

	icon: Icon = { light: 'file:../icons/elevenLabs.svg', dark: 'file:../icons/elevenLabs.dark.svg' };

	documentationUrl = 'https://elevenlabs.io/docs/api-reference/authentication';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'ELEVENLABS_API_KEY in an existing .env file',
			description:
				'A key with access to text to speech, voices, models, user and history. History lets a lost answer be fetched again instead of paid again.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.elevenlabs.io',
			required: true,
			placeholder: 'e.g. https://api.elevenlabs.io',
			description: 'Where the API answers, without a path. Change it for a region of your own or for a local stand-in.',
		},
		{
			displayName: 'Max Concurrent Requests',
			name: 'maxConcurrent',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 100, numberPrecision: 0 },
			default: 2,
			description:
				'How many speech requests this plan allows at a time: 2 on Free, 3 on Starter, 5 on Creator, 10 on Pro, 15 on Scale and Business',
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: 'Shown once when the webhook is created at ElevenLabs; WEBHOOK_SECRET_ELEVENLABS in an existing .env file',
		},
		{
			displayName: 'Previous Webhook Secret',
			name: 'previousWebhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Keep the old secret here while you change it: both are accepted',
		},
		{
			displayName: 'Verify Webhooks',
			name: 'verifyWebhooks',
			type: 'boolean',
			default: true,
			description:
				'Whether the ElevenLabs Trigger accepts only webhooks with a valid signature. Without this anybody who knows the URL can send results.',
		},
		{
			displayName: 'Allowed IPs',
			name: 'allowedIps',
			type: 'string',
			default: '',
			placeholder: 'e.g. 34.67.146.145, 34.59.11.47',
			description:
				'Addresses or networks that webhooks may come from, separated by commas. Empty allows every address.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { 'xi-api-key': '={{$credentials.apiKey}}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl.trim().replace(/\\/+$/, "")}}',
			url: '/v1/user/subscription',
			timeout: 15_000,
		},
		rules: [
			{
				type: 'responseCode',
				properties: { value: 401, message: 'ElevenLabs does not accept this key, or the key may not read the user.' },
			},
			{
				type: 'responseCode',
				properties: { value: 404, message: 'No ElevenLabs API answers at this base URL. Enter it without a path.' },
			},
		],
	};
}
