import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { LOOPBACK } from './constants';
import { putCredentials, putWorkflows } from './content';
import { n8nEnvironment } from './environment';
import { freePort } from './ports';
import { RestClient } from './restClient';
import { ServerProcess, type N8nRole } from './serverProcess';
import { prepareFolder } from './startN8n';
import type { ExecutionSummary, Owner, StartN8nOptions } from './types';

/** What n8n's queue mode needs besides itself. */
export interface StartQueueOptions extends StartN8nOptions {
	redis: { host: string; port: number };
	postgres: { host: string; port: number; user: string; password: string; database: string };
	workers: number;
	/** Where webhooks are taken; a free port when absent. */
	webhookPort?: number;
}

export interface RunningQueue {
	/** Address of the editor, without a trailing slash. */
	baseUrl: string;
	/** Address of the process that takes webhooks. */
	webhookUrl: string;
	owner: Owner;
	workers: ServerProcess[];
	/** Latest executions first. */
	executions(limit?: number): Promise<ExecutionSummary[]>;
	stop(): Promise<void>;
}

/** A role, the port on which it answers, and what it needs besides the common settings. */
interface Place {
	role: N8nRole;
	name: string;
	port: number;
	env?: Record<string, string>;
}

/**
 * Starts n8n as an installation in queue mode has it: a main process that takes no production webhooks, a webhook process
 * and workers, all of one folder of packages, on loopback.
 */
export async function startQueue(options: StartQueueOptions): Promise<RunningQueue> {
	const { dir, redis, postgres } = options;
	const tell = options.onProgress ?? (() => undefined);
	const owner = await prepareFolder(options, tell);
	const port = options.port ?? (await freePort());
	const webhookPort = options.webhookPort ?? (await freePort());
	const baseUrl = `http://${LOOPBACK}:${port}`;
	const webhookUrl = `http://${LOOPBACK}:${webhookPort}`;
	const shared = {
		EXECUTIONS_MODE: 'queue',
		N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
		N8N_WEBHOOK_URL: `${webhookUrl}/`,
		N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		QUEUE_BULL_REDIS_HOST: redis.host,
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: postgres.host,
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: postgres.database,
		DB_POSTGRESDB_USER: postgres.user,
		DB_POSTGRESDB_PASSWORD: postgres.password,
		...options.env,
	};
	const running: ServerProcess[] = [];
	const begin = async ({ role, name, port: ownPort, env }: Place): Promise<ServerProcess> => {
		const brokerPort = await freePort();
		const environment = n8nEnvironment({ dir, port: ownPort, brokerPort, env: { ...shared, ...env } });
		const server = new ServerProcess(environment, join(dir, `${name}.log`), role);
		running.push(server);
		await server.ready(`http://${LOOPBACK}:${ownPort}/healthz/readiness`);
		return server;
	};
	const stop = async () => {
		await Promise.all(running.map(async (server) => await server.stop()));
	};
	try {
		tell('starting the main process');
		await begin({ role: 'start', name: 'main', port });
		const rest = new RestClient(baseUrl);
		await rest.signIn(owner);
		tell('importing credentials and workflows');
		await putCredentials(rest, options.credentials);
		await putWorkflows(rest, options.workflows);
		tell('starting the webhook process and the workers');
		const workerPlaces = await Promise.all(
			Array.from({ length: options.workers }, async (_unused, index): Promise<Place> => {
				const ownPort = await freePort();
				const env = { QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(ownPort) };
				return { role: 'worker', name: `worker-${index + 1}`, port: ownPort, env };
			}),
		);
		const [, ...workers] = await Promise.all([
			begin({ role: 'webhook', name: 'webhook', port: webhookPort }),
			...workerPlaces.map(begin),
		]);
		const executions = async (limit = 100) =>
			(await rest.call<{ results: ExecutionSummary[] }>('GET', `/executions?limit=${limit}`)).results;
		return { baseUrl, webhookUrl, owner, workers, executions, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}
