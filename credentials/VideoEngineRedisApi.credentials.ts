import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** It may hold the password: hence masked. */
const redisUrl: INodeProperties = {
	displayName: 'URL',
	name: 'url',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	placeholder: 'e.g. redis://user:password@redis:6379/0',
	hint: 'REDIS_URL in an existing .env file. Where it is filled in, the fields below count for nothing.',
};

/**
 * The Redis that all processes of n8n's queue mode share. It may be the one that n8n itself uses. The Job Tracker tests
 * it: it connects, writes a key and reads it back.
 */
export class VideoEngineRedisApi implements ICredentialType {
	name = 'videoEngineRedisApi';

	displayName = 'Video Engine Redis API';

	icon: Icon = { light: 'file:../icons/redis.svg', dark: 'file:../icons/redis.dark.svg' };

	documentationUrl = 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/';

	properties: INodeProperties[] = [
		redisUrl,
		{
			displayName: 'Host',
			name: 'host',
			type: 'string',
			default: 'localhost',
			placeholder: 'e.g. redis',
		},
		{ displayName: 'Port', name: 'port', type: 'number', default: 6379 },
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			default: '',
			description: 'Empty for Redis without users',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
		{
			displayName: 'Database',
			name: 'database',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
		},
		{
			displayName: 'TLS',
			name: 'tls',
			type: 'boolean',
			default: false,
			description: 'Whether Redis is reached by an encrypted connection; its certificate is checked',
		},
		{
			displayName: 'Key Prefix',
			name: 'keyPrefix',
			type: 'string',
			default: 'video-engine',
			description: 'Begins every key, so that several installations may share one Redis',
		},
		{
			displayName: 'Internal Base URL',
			name: 'internalBaseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. http://n8n-webhook:5678',
			description:
				'How a worker reaches a webhook process of this n8n, without /webhook, to start steps in other workers. Empty for the public base URL.',
		},
	];
}
