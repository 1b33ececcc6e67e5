import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RedisBase } from '../../../tracker/redis/parts';
import { HolderLease } from '../../../tracker/redis/holder';
import { takeLease, tryLease, type LeaseSource } from '../../../tracker/redis/leases';
import { RedisLink } from '../../../tracker/redis/link';
import { readRedisSettings, type RedisSettings } from '../../../tracker/redis/settings';
import { RedisClock } from '../../support/redisProcesses';
import { describeWith, RedisServer } from '../../support/redisServer';
import { good } from '../../support/trackerBench';

/** A clock whose sleeps end when the test says so. */
class SteppedClock extends RedisClock {
	private readonly sleepers = new Set<() => void>();

	override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
		void ms;
		if (signal?.aborted) return;
		await new Promise<void>((resolve) => {
			this.sleepers.add(resolve);
			const wake = () => {
				this.sleepers.delete(resolve);
				resolve();
			};
			signal?.addEventListener('abort', wake, { once: true });
		});
	}

	/** Lets everything that sleeps wake up, as if so much time had passed. */
	step(ms: number): void {
		this.aheadMs += ms;
		for (const wake of this.sleepers) wake();
		this.sleepers.clear();
	}

	get asleep(): number {
		return this.sleepers.size;
	}
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
	while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('the settings of Redis', () => {
	it('come from a URL', () => {
		expect(good(readRedisSettings({ url: 'rediss://me:p%40ss@[::1]:6380/3', keyPrefix: 'mine' }))).toEqual({
			host: '::1',
			port: 6380,
			user: 'me',
			password: 'p@ss',
			database: 3,
			isTls: true,
			keyPrefix: 'mine',
		});
	});

	it('come from fields, with defaults', () => {
		expect(good(readRedisSettings({ host: 'redis', tls: true, password: 'x' }))).toEqual({
			host: 'redis',
			port: 6379,
			user: '',
			password: 'x',
			database: 0,
			isTls: true,
			keyPrefix: 'video-engine',
		});
	});

	it.each([
		[{ url: 'http://redis' }],
		[{ url: 'nonsense' }],
		[{}],
		[{ host: 'h', port: 'a' }],
		[{ host: 'h', port: 0 }],
	])('are refused where they name no Redis (%j)', (fields) => {
		expect(readRedisSettings(fields)).toMatchObject({ ok: false, code: 'redis_settings' });
	});

	it('are refused where the database is no number', () => {
		expect(readRedisSettings({ host: 'h', database: 'main' })).toMatchObject({ ok: false, field: 'database' });
	});
});

describeWith('redis-server')('what processes share in Redis', () => {
	let server: RedisServer;
	let client: Redis;
	let settings: RedisSettings;
	let bases: RedisBase[];
	let links: RedisLink[];

	beforeAll(async () => {
		server = await RedisServer.start();
		client = server.client();
		settings = good(readRedisSettings({ url: server.url }));
	});

	beforeEach(() => {
		bases = [];
		links = [];
	});

	afterEach(async () => {
		for (const base of bases) await base.close();
		for (const link of links) await link.close();
	});

	afterAll(async () => {
		client.disconnect();
		await server.stop();
	});

	function open(base: string, clock = new RedisClock(), random = () => 0.5): RedisBase {
		const opened = new RedisBase({ settings, base, clock, random, holderId: randomUUID() });
		bases.push(opened);
		return opened;
	}

	function openLink(clock = new RedisClock(), changes: Partial<RedisSettings> = {}): RedisLink {
		const link = new RedisLink({ ...settings, ...changes }, clock);
		links.push(link);
		return link;
	}

	describe('notes', () => {
		it('are the same for all processes', async () => {
			const name = randomUUID();
			const [a, b] = [open(name).notes, open(name).notes];
			expect(await Promise.all([a.once('told', 60_000), b.once('told', 60_000)])).toContain(false);
			expect(await a.once('told', 60_000)).toBe(false);
			await a.add('spent', 1.5, 60_000);
			expect(await b.add('spent', 0.25, 60_000)).toBe(1.75);
			expect(await a.sum('spent')).toBe(1.75);
			expect(await a.sum('nothing')).toBe(0);
		});

		it('are those of the process while Redis is away', async () => {
			const one = open(randomUUID());
			await one.link.close();
			expect([await one.notes.once('told', 60_000), await one.notes.once('told', 60_000)]).toEqual([true, false]);
			expect(await one.notes.add('spent', 2, 60_000)).toBe(2);
			expect(await one.notes.sum('spent')).toBe(2);
		});
	});

	describe('the rate of requests', () => {
		it('is that of the base, whichever process sends them', async () => {
			const name = randomUUID();
			const clocks = [new SteppedClock(), new SteppedClock()];
			const gates = clocks.map((clock) => open(name, clock).gate);
			const releases: Array<() => void> = [];
			const asked = [0, 1, 0, 1, 0, 1, 0].map(
				async (index) => await gates[index].acquire().then((release) => releases.push(release)),
			);
			// One of them may have had all of its requests let in.
			await until(() => releases.length === 5 && clocks.some(({ asleep }) => asleep > 0));
			expect(releases).toHaveLength(5);
			// An answer alone does not make room: a second must pass.
			releases[0]();
			await until(async () => (await ttls(name)).filter((ttl) => ttl > 1_050).length === 4);
			await client.del(...(await client.keys(`${open(name).keys.gate}:slot-*`)));
			await until(() => {
				for (const clock of clocks) clock.step(60);
				return releases.length === 7;
			});
			await Promise.all(asked);
		});

		async function ttls(name: string): Promise<number[]> {
			const keys = await client.keys(`${open(name).keys.gate}:slot-*`);
			return await Promise.all(keys.map(async (key) => await client.pttl(key)));
		}

		it('is none for everybody after a 429', async () => {
			const name = randomUUID();
			const [a, b] = [open(name, new SteppedClock()), open(name, new SteppedClock())];
			a.gate.penalize(30_000);
			await until(async () => (await client.exists(`${a.keys.gate}:silence`)) === 1);
			let isIn = false;
			const entering = b.gate.acquire().then(() => (isIn = true));
			const own = a.gate.acquire();
			const clocks = [a, b].map(({ options }) => options.clock as SteppedClock);
			await until(() => clocks.every(({ asleep }) => asleep > 0));
			expect(isIn).toBe(false);
			await client.del(`${a.keys.gate}:silence`);
			await until(() => {
				for (const clock of clocks) clock.step(30_000);
				return isIn;
			});
			await Promise.all([entering, own]);
		});

		it('is low while Redis is away, and a wait can be given up', async () => {
			const clock = new SteppedClock();
			const one = open(randomUUID(), clock);
			await one.link.close();
			(await one.gate.acquire())();
			let isIn = false;
			const second = one.gate.acquire().then(() => (isIn = true));
			await until(() => clock.asleep > 0);
			expect(isIn).toBe(false);
			await until(() => {
				clock.step(2_000);
				return isIn;
			});
			await second;
			await expect(one.gate.acquire(AbortSignal.abort('enough'))).rejects.toBe('enough');
		});

		it('is low, too, when Redis refuses to count', async () => {
			const clock = new SteppedClock();
			const one = open(randomUUID(), clock);
			for (let slot = 0; slot < 5; slot++) await client.rpush(`${one.keys.gate}:slot-${slot}`, 'not a number');
			(await one.gate.acquire())();
			void one.gate.acquire();
			await until(() => clock.asleep > 0);
		});
	});

	describe('a lock', () => {
		function source(clock: SteppedClock): LeaseSource {
			return { link: openLink(), clock, random: () => 0.5 };
		}

		it('is renewed while it is held, and not when it was lost', async () => {
			const clock = new SteppedClock();
			const key = randomUUID();
			const lease = good(await tryLease(source(clock), key));
			await until(() => clock.asleep === 1);
			await client.pexpire(key, 5_000);
			clock.step(5_000);
			await until(async () => (await client.pttl(key)) > 10_000);
			await until(() => clock.asleep === 1);
			await client.set(key, 'of another');
			clock.step(5_000);
			await lease?.release();
			expect(await client.get(key)).toBe('of another');

			// While Redis is away nobody knows whether it is lost: it is tried again.
			const from = source(clock);
			good(await tryLease(from, randomUUID()));
			await until(() => clock.asleep === 1);
			await from.link.close();
			clock.step(5_000);
			await until(() => clock.asleep === 1);
		});

		it('is waited for, but not for ever', async () => {
			const clock = new SteppedClock();
			const from = source(clock);
			const key = randomUUID();
			await client.set(key, 'of another');
			const waiting = takeLease(from, key, 'it');
			await until(() => clock.asleep === 1);
			await client.del(key);
			clock.step(10);
			const lease = good(await waiting);
			await lease.release();
			expect(await client.exists(key)).toBe(0);

			await client.set(key, 'of another');
			const refused = takeLease(from, key, 'it');
			await until(() => clock.asleep === 1);
			clock.step(31_000);
			expect(await refused).toMatchObject({ ok: false, code: 'no_lock', message: expect.stringContaining('30 s') });
		});

		it('is refused where Redis does not answer', async () => {
			const clock = new SteppedClock();
			const from = source(clock);
			await from.link.close();
			expect(await takeLease(from, 'key', 'it')).toMatchObject({ ok: false, code: 'no_lock' });
		});
	});

	describe('the lease of a process', () => {
		it('is renewed again and again, and says when Redis lost its data', async () => {
			const clock = new SteppedClock();
			const { keys } = open(randomUUID());
			let losses = 0;
			const holder = new HolderLease(openLink(), keys, clock, 'me', async () => void losses++);
			good(await holder.ready());
			good(await holder.ready());
			const { epoch } = holder;
			await until(() => clock.asleep === 1);
			await client.del(keys.holder('me'), keys.epoch);
			clock.step(5_000);
			await until(() => losses === 1);
			expect(holder.epoch).not.toBe(epoch);
			expect(await client.exists(keys.holder('me'))).toBe(1);
			holder.stop();
		});

		it('does not stand where Redis is away, and stands as soon as it is there', async () => {
			const { keys } = open(randomUUID());
			const link = openLink(new RedisClock(), { port: 1 });
			const holder = new HolderLease(link, keys, new SteppedClock(), 'me', async () => undefined);
			expect(await holder.ready()).toMatchObject({ ok: false, code: 'no_lock' });
			expect(await holder.ready()).toMatchObject({ ok: false, code: 'no_lock' });
		});
	});

	it('the words of Redis are told when it refuses', async () => {
		const link = openLink(new RedisClock(), { user: 'nobody', password: 'wrong' });
		const answer = await link.ask(async (connection) => await connection.get('key'));
		expect(answer).toMatchObject({ ok: false, code: 'no_lock', message: expect.stringContaining('WRONGPASS') });
		const other = openLink();
		const failed = await other.ask(async () => await Promise.reject('a text'));
		expect(failed).toMatchObject({ ok: false, message: expect.stringContaining('a text') });
	});
});
