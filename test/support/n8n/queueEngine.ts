import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../../sandbox';
import { API_KEY_HEADER, INTAKE_PATH } from '../../../sandbox/demo/constants';
import { freePort, startQueue, withRedis, type RunningQueue } from '../../../sandbox/demo/n8n';
import { prepareTracker } from '../../../sandbox/demo/schema';
import { demoCredentials, newSecret, standInSettings, trackerAccess } from '../../../sandbox/demo/services';
import { readWorkflows } from '../../../sandbox/demo/workflows';
import { PostgresServer } from '../postgresServer';
import { RedisServer } from '../redisServer';
import { withSmallPictures } from './content';
import { packedPackage } from './package';

const LOOPBACK = '127.0.0.1';
/** Long enough for some of it to be under way at any moment. */
const SPEECH_DELAY_MS = 1_500;

export type Row = Record<string, unknown>;

/** The whole engine in queue mode: main, webhook process, workers, their Redis and PostgreSQL, and all stand-ins. */
export class QueueEngine {
	private constructor(
		readonly sandbox: Sandbox,
		readonly n8n: RunningQueue,
		readonly redis: RedisServer,
		private readonly postgres: PostgresServer,
		private readonly apiKey: string,
		readonly folder: string,
	) {}

	static async start(workers: number): Promise<QueueEngine> {
		const folder = await mkdtemp(join(tmpdir(), 'video-engine-queue-'));
		const [tarball, redis, postgres] = [await packedPackage(), await RedisServer.start(), await PostgresServer.start()];
		const settings = { ...standInSettings({}), elevenLabs: { speechDelayMs: SPEECH_DELAY_MS } };
		const sandbox = await startSandbox({ dir: join(folder, 'sandbox'), settings });
		const stopAll = async () => {
			await Promise.all([sandbox.stop(), postgres.stop(), redis.stop()]);
			await rm(folder, { recursive: true, force: true });
		};
		try {
			await prepareTracker(trackerAccess(sandbox, {}));
			const webhookPort = await freePort();
			const apiKey = newSecret();
			const n8nUrl = `http://${LOOPBACK}:${webhookPort}`;
			const credentials = demoCredentials({ sandbox, real: {}, n8nUrl, apiKey });
			// Small pictures, since this is about processes.
			const small = withSmallPictures({ credentials, workflows: await readWorkflows() });
			const content = withRedis(small, { url: redis.url });
			const n8n = await startQueue({
				...content,
				dir: join(folder, 'n8n'),
				tarballs: [tarball],
				redis: { host: LOOPBACK, port: redis.port },
				postgres,
				workers,
				webhookPort,
			});
			return new QueueEngine(sandbox, n8n, redis, postgres, apiKey, folder);
		} catch (error) {
			await stopAll();
			throw error;
		}
	}

	/** Hands a script to the intake and gives the video's id. */
	async send(request: Record<string, unknown>): Promise<string> {
		const response = await fetch(`${this.n8n.webhookUrl}${INTAKE_PATH}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', [API_KEY_HEADER]: this.apiKey },
			body: JSON.stringify(request),
		});
		const text = await response.text();
		if (response.status !== 202) throw new Error(`The intake answered ${response.status}: ${text}`);
		return (JSON.parse(text) as { video_id: string }).video_id;
	}

	/** Cells of a table as a person sees them; costs no request. */
	async rows(table: string): Promise<Row[]> {
		const url = `${this.sandbox.baseUrl('airtable')}/_people/records?table=${encodeURIComponent(table)}`;
		const { records } = (await (await fetch(url)).json()) as { records: Array<{ fields: Row }> };
		return records.map(({ fields }) => fields);
	}

	/** The processes that renew their lease. */
	async livingHolders(): Promise<Set<string>> {
		const client = this.redis.client();
		const keys = await client.keys('video-engine:*:holder:*');
		client.disconnect();
		return new Set(keys.map((key) => key.slice(key.lastIndexOf(':') + 1)));
	}

	/** The end of each process's log, for a failing test. */
	async logTails(): Promise<string> {
		const names = ['main', 'webhook', ...this.n8n.workers.map((_worker, index) => `worker-${index + 1}`)];
		const tails = names.map(async (name) => {
			const text = await readFile(join(this.folder, 'n8n', `${name}.log`), 'utf8').catch(() => '');
			return `== ${name}\n${text.trimEnd().split('\n').slice(-25).join('\n')}`;
		});
		return (await Promise.all(tails)).join('\n');
	}

	async stop(): Promise<void> {
		await this.n8n.stop();
		await Promise.all([this.sandbox.stop(), this.postgres.stop(), this.redis.stop()]);
		await rm(this.folder, { recursive: true, force: true });
	}
}
