import type { Redis } from 'ioredis';

import { ok, refuse, type Result } from '../../engine/result';
import type { TrackerClock } from '../airtable/types';
import { COMMAND_TIMEOUT_MS, CONNECT_TIMEOUT_MS, RECONNECT_PAUSE_MAX_MS, RECONNECT_WAIT_MS } from './constants';
import type { RedisSettings } from './settings';

/** Words of Redis or of the network, in one line. */
function wordsOf(error: unknown): string {
	return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').slice(0, 200);
}

/**
 * The one connection of this process to one Redis. It is made on first use, made again by itself when it is lost, and
 * no command waits for ever. Nothing throws: code `no_lock` says that Redis does not answer.
 */
export class RedisLink {
	private client?: Promise<Redis>;

	private isClosed = false;

	/** Why Redis could not be asked last. */
	private trouble = 'it does not answer';

	constructor(
		private readonly settings: RedisSettings,
		private readonly clock: Pick<TrackerClock, 'sleep'>,
	) {}

	/** Asks Redis, or says that it does not answer. */
	async ask<T>(question: (client: Redis) => Promise<T>): Promise<Result<T>> {
		if (this.isClosed) return this.away();
		try {
			const client = await (this.client ??= this.open());
			if (client.status !== 'ready') await this.waitUntilReady(client);
			if (client.status !== 'ready') return this.away();
			return ok(await question(client));
		} catch (error) {
			this.trouble = wordsOf(error);
			return this.away();
		}
	}

	/** Runs a Lua script: all of it happens at once, seen from every process. */
	async run(script: string, keys: string[], values: Array<string | number> = []): Promise<Result<unknown>> {
		return await this.ask(async (client) => await client.call('EVAL', script, keys.length, ...keys, ...values));
	}

	/** Ends the connection for good. */
	async close(): Promise<void> {
		this.isClosed = true;
		this.trouble = 'the connection was closed';
		(await this.client)?.disconnect();
	}

	private away() {
		const { host, port } = this.settings;
		return refuse('no_lock', `Redis at ${host}:${port} does not answer (${this.trouble}).`);
	}

	/** Loaded on first use: n8n in regular mode never pays for it. */
	private async open(): Promise<Redis> {
		const { Redis } = await import('ioredis');
		const { host, port, user, password, database, isTls } = this.settings;
		const client = new Redis({
			host,
			port,
			username: user === '' ? undefined : user,
			password: password === '' ? undefined : password,
			db: database,
			tls: isTls ? {} : undefined,
			lazyConnect: true,
			connectTimeout: CONNECT_TIMEOUT_MS,
			commandTimeout: COMMAND_TIMEOUT_MS,
			// What can't be sent now is refused now; what to do then is for the caller to say.
			enableOfflineQueue: false,
			autoResendUnfulfilledCommands: false,
			maxRetriesPerRequest: 0,
			retryStrategy: (times) => Math.min(times * 100, RECONNECT_PAUSE_MAX_MS),
		});
		client.on('error', (error) => (this.trouble = wordsOf(error)));
		client.connect().catch((error: unknown) => (this.trouble = wordsOf(error)));
		return client;
	}

	private async waitUntilReady(client: Redis): Promise<void> {
		const enough = new AbortController();
		const ready = () => enough.abort();
		client.once('ready', ready);
		await this.clock.sleep(RECONNECT_WAIT_MS, enough.signal).catch(() => undefined);
		client.off('ready', ready);
	}
}
