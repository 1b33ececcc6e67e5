import { dirname, delimiter } from 'node:path';
import { GRACEFUL_SHUTDOWN_S, LOOPBACK } from './constants';

/** What n8n may see of our own environment. `NODE_ENV=test` and settings of another n8n must not reach it. */
const INHERITED = [
	'HOME',
	'LANG',
	'TMPDIR',
	'HTTP_PROXY',
	'HTTPS_PROXY',
	'NO_PROXY',
	'NODE_EXTRA_CA_CERTS',
	// By this a run of the tests finds what outlived it.
	'VIDEO_ENGINE_TEST_RUN',
];

interface EnvironmentOptions {
	dir: string;
	port: number;
	brokerPort: number;
	env?: Record<string, string>;
}

/** The environment of an n8n that runs on loopback, by itself, and says nothing to the outside. */
export function n8nEnvironment({ dir, port, brokerPort, env = {} }: EnvironmentOptions): Record<string, string> {
	const inherited = INHERITED.flatMap((name) => {
		const value = process.env[name];
		return value === undefined ? [] : [[name, value] as const];
	});
	return {
		...Object.fromEntries(inherited),
		PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
		N8N_USER_FOLDER: dir,
		N8N_LISTEN_ADDRESS: LOOPBACK,
		N8N_HOST: LOOPBACK,
		N8N_PORT: String(port),
		N8N_WEBHOOK_URL: `http://${LOOPBACK}:${port}/`,
		N8N_EDITOR_BASE_URL: `http://${LOOPBACK}:${port}/`,
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_SECURE_COOKIE: 'false',
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: String(GRACEFUL_SHUTDOWN_S),
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		// With pruning on, n8n only hides the data of executions that are not to be saved, until its next sweep.
		EXECUTIONS_DATA_PRUNE: 'false',
		EXTERNAL_FRONTEND_HOOKS_URLS: '',
		GENERIC_TIMEZONE: 'Etc/UTC',
		...env,
	};
}
