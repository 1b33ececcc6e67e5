import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { MemoryStore } from '../../support/memoryStore';
import { TestProcess } from '../../support/redisProcesses';
import { describeWith, RedisServer } from '../../support/redisServer';
import { good } from '../../support/trackerBench';
import type { ClaimedStep } from '../../../tracker/types';

describeWith('redis-server')('several processes that share a Redis', () => {
	let server: RedisServer;
	let client: Redis;
	let store: MemoryStore;
	let base: string;
	let processes: TestProcess[];

	beforeAll(async () => {
		server = await RedisServer.start();
		client = server.client();
	});

	beforeEach(() => {
		store = new MemoryStore();
		base = randomUUID();
		processes = [];
	});

	afterEach(async () => {
		for (const one of processes) await one.redis.close();
	});

	afterAll(async () => {
		client.disconnect();
		await server.stop();
	});

	function start(): TestProcess {
		const one = new TestProcess(server, base, store);
		processes.push(one);
		return one;
	}

	/** Redis as it is long after its start. */
	async function grownUp(one: TestProcess): Promise<void> {
		await client.set(one.redis.keys.epoch, `${Date.now() - 3_600_000}:long-ago`);
	}

	it('claims each step in one process only, however many ask at once', async () => {
		const [a, b, c] = [start(), start(), start()];
		const videoId = await a.create(['One.', 'Two.', 'Three.']);
		const claimed = await Promise.all([a, b, c].map(async (one) => await one.claim(videoId)));
		const keys = claimed.flat().map(({ jobKey }) => jobKey);
		expect(keys).toHaveLength(7);
		expect(new Set(keys).size).toBe(7);
	});

	it('goes on from what another process did without reading a row', async () => {
		const [a, b] = [start(), start()];
		const videoId = await a.create(['One.']);
		const before = store.requests;
		const lists = jest.spyOn(store, 'list');
		const steps = await a.claim(videoId);
		for (const step of steps) await b.complete(step);
		const [combine] = await a.claim(videoId);
		expect(combine.step).toBe('combine');
		const read = lists.mock.calls.map(([table]) => table);
		for (const table of ['Videos', 'Segments', 'Jobs']) expect(read).not.toContain(table);
		expect(store.requests).toBeGreaterThan(before);
	});

	it('finishes a video of which every step is done by another process', async () => {
		const all = [start(), start(), start()];
		const videoId = await all[0].create(['One.', 'Two.']);
		for (let round = 0; round < 20; round++) {
			const one = all[round % 3];
			const other = all[(round + 1) % 3];
			for (const step of await one.claim(videoId)) {
				const seconds = step.step === 'concatenate' || step.step === 'mix' ? 20 : 10;
				await other.complete(step, { outputs: [{ ...other.done(step).outputs[0], durationS: seconds }] });
			}
		}
		expect(all[0].video(videoId).status).toBe('completed');
		expect(good(await all[2].tracker.getStatus(videoId)).status).toBe('completed');
	});

	it('finds that nothing is due without asking Airtable', async () => {
		const [a, b] = [start(), start()];
		expect(good(await a.tracker.findDue())).toEqual([]);
		const videoId = await a.create(['One.']);
		await a.claim(videoId);
		const before = store.requests;
		expect(good(await b.tracker.findDue())).toEqual([]);
		expect(store.requests).toBe(before);
	});

	it('lets one process look at a time', async () => {
		const [a, b] = [start(), start()];
		await client.set(a.redis.keys.tick, 'another');
		expect(good(await b.tracker.findDue())).toEqual([]);
		expect(store.requests).toBe(0);
	});

	it('looks at the claims of a process that died, and leaves those of the living alone', async () => {
		const [a, b] = [start(), start()];
		await grownUp(a);
		const videoId = await a.create(['One.']);
		const steps = await a.claim(videoId);
		b.clock.aheadMs = 31_000;
		expect(good(await b.tracker.findDue())).toEqual([]);
		await a.die(server);
		b.clock.aheadMs = 62_000;
		const due = good(await b.tracker.findDue());
		expect(due.map((item) => 'jobKey' in item && item.jobKey).sort()).toEqual(steps.map(({ jobKey }) => jobKey).sort());
	});

	it('drops a claim that another process took over while this one stood still', async () => {
		const [a, b] = [start(), start()];
		await grownUp(a);
		const videoId = await a.create(['One.']);
		const steps = await a.claim(videoId);
		const { jobKey, attempt, h } = steps[0];
		b.tracker.context.claims.release({ jobKey, attempt, h });
		await b.redis.link.ask(async (connection) => await connection.ping());
		expect(await a.tracker.context.claims.confirm({ jobKey, attempt, h })).toBe(false);
	});

	describe('a claim', () => {
		const CLAIM = { jobKey: 'vid_1.music', attempt: 1, h: 'a1b2c3d4e5f60718' };
		const SECOND = { ...CLAIM, attempt: 2 };

		function claimsOf(one: TestProcess) {
			return one.tracker.context.claims;
		}

		async function sent(one: TestProcess): Promise<void> {
			await one.redis.link.ask(async (connection) => await connection.ping());
		}

		it('shows its phase and its holder to all', async () => {
			const [a, b] = [start(), start()];
			expect(await claimsOf(a).take(CLAIM, 1_000)).toBe(true);
			claimsOf(a).mark(CLAIM, 'calling', 2_000);
			claimsOf(b).mark(CLAIM, 'settling', 3_000);
			claimsOf(a).mark(SECOND, 'calling', 3_000);
			await sent(a);
			const entry = { ...CLAIM, phase: 'calling', sinceMs: 2_000, holder: a.holderId };
			expect(await claimsOf(b).get(CLAIM)).toEqual(entry);
			await grownUp(b);
			expect(await claimsOf(start()).get(SECOND)).toBeUndefined();
			expect(await claimsOf(b).confirm(CLAIM)).toBe(false);
		});

		it('is free again when its video ended, or when it was released', async () => {
			const [a, b] = [start(), start()];
			await claimsOf(a).take(CLAIM, 1_000);
			await claimsOf(a).take({ ...CLAIM, jobKey: 'vid_2.music' }, 1_000);
			claimsOf(a).releaseVideo('vid_1');
			await sent(a);
			expect(await claimsOf(b).take(CLAIM, 1_000)).toBe(true);
			expect(await claimsOf(b).take({ ...CLAIM, jobKey: 'vid_2.music' }, 1_000)).toBe(false);
			claimsOf(b).release(CLAIM);
			await sent(b);
			expect(await claimsOf(a).take(CLAIM, 1_000)).toBe(true);
		});

		it('is revoked for all, until it is taken anew', async () => {
			const [a, b] = [start(), start()];
			await claimsOf(a).take(CLAIM, 1_000);
			const before = await claimsOf(a).isRevoked(CLAIM);
			claimsOf(b).revoke(CLAIM);
			await sent(b);
			const after = await Promise.all([claimsOf(a).isRevoked(CLAIM), claimsOf(b).isRevoked(CLAIM)]);
			expect(await claimsOf(a).take(CLAIM, 2_000)).toBe(true);
			expect([before, after, await claimsOf(b).isRevoked(CLAIM)]).toEqual([false, [true, true], false]);
		});

		it('of a process that ended before it used it is taken over', async () => {
			const [a, b] = [start(), start()];
			await claimsOf(a).take(CLAIM, 1_000);
			expect(await claimsOf(b).take(CLAIM, 1_000)).toBe(false);
			await a.die(server);
			expect(await claimsOf(b).take(CLAIM, 1_000)).toBe(true);
			expect(await claimsOf(a).confirm(CLAIM)).toBe(false);
		});

		it('counts as alive while Redis can not say', async () => {
			const one = start();
			await claimsOf(one).take(CLAIM, 1_000);
			await one.redis.link.close();
			expect(await claimsOf(one).get(SECOND)).toMatchObject({ phase: 'waiting' });
			expect(await claimsOf(one).take(SECOND, 1_000)).toBe(false);
		});

		it('of a day ago is no longer announced', async () => {
			const one = start();
			await claimsOf(one).take(CLAIM, 1_000);
			await claimsOf(one).take(SECOND, 1_000 + 25 * 3_600_000);
			expect(await claimsOf(one).confirm(CLAIM)).toBe(false);
			expect(await claimsOf(one).confirm(SECOND)).toBe(true);
		});
	});

	it('reads the rows of a video whose state Redis no longer has', async () => {
		const [a, b] = [start(), start()];
		const videoId = await a.create(['One.']);
		good(await b.tracker.getStatus(videoId));
		await client.del(a.redis.keys.video(videoId));
		const lists = jest.spyOn(store, 'list');
		expect(good(await b.tracker.getStatus(videoId)).jobs).toHaveLength(6);
		expect(lists).toHaveBeenCalled();
		// Its place among the due ones goes away with the state; the next scan finds it.
		await client.del(a.redis.keys.video(videoId));
		const third = start();
		await client.set(third.redis.keys.scan, Date.now());
		await client.zadd(third.redis.keys.due, 0, videoId);
		expect(good(await third.tracker.findDue())).toEqual([]);
		expect(await client.zcard(third.redis.keys.due)).toBe(0);
	});

	it('lists what all processes have under way, due or not', async () => {
		const [a, b] = [start(), start()];
		const videoId = await a.create(['One.']);
		await a.claim(videoId);
		await b.claim(videoId);
		await a.complete((await b.tracker.getStatus(videoId), (await steps(a, videoId))[0]));
		good(await b.tracker.findDue());
		const [active] = good(await b.tracker.listActive());
		expect(active.jobs.filter(({ status }) => status === 'completed')).toHaveLength(1);
		expect(await b.tracker.health()).toMatchObject({ lock: 'redis', active: 1 });
		await b.redis.link.close();
		expect(await b.tracker.listActive()).toMatchObject({ ok: false, code: 'no_lock' });
	});

	/** The steps that a process has claimed, made again from what all know. */
	async function steps(one: TestProcess, videoId: string): Promise<ClaimedStep[]> {
		const entry = good(await one.tracker.context.cache.load(videoId));
		const under = entry.snapshot.jobs.filter(({ status }) => status === 'processing');
		return under.map(
			({ jobKey, attempt, inputHash = '' }) =>
				({ videoId, jobKey, attempt, h: inputHash.slice(0, 16), service: 'goApi', objectKey: 'key' }) as ClaimedStep,
		);
	}

	it('makes everybody read the rows again when a write failed', async () => {
		const [a, b] = [start(), start()];
		const videoId = await a.create(['One.']);
		store.isDown = true;
		expect(await a.tracker.claimReadySteps(videoId)).toMatchObject({ ok: false, code: 'unavailable' });
		store.isDown = false;
		await until(async () => (await client.exists(a.redis.keys.video(videoId))) === 0);
		expect((await b.claim(videoId)).length).toBeGreaterThan(0);
	});

	it('frees a lock under which the work broke off', async () => {
		const one = start();
		const videoId = await one.create(['One.']);
		const { locks } = one.tracker.context;
		const broken = locks.run(videoId, async () => await Promise.reject(new Error('broken')));
		await expect(broken).rejects.toThrow('broken');
		await client.del(one.redis.keys.lock(videoId));
		expect((await one.claim(videoId)).length).toBeGreaterThan(0);
	});

	it('remembers together how often a job was found missing', async () => {
		const [a, b] = [start(), start()];
		const videoId = await a.create(['One.']);
		const [step] = (await a.claim(videoId)).filter(({ step: name }) => name === 'music');
		good(await a.tracker.markSubmitted({ jobKey: step.jobKey, attempt: 1, externalId: 'task' }));
		const news = { jobKey: step.jobKey, attempt: 1, h: step.h, evidence: 'unknown' as const };
		expect(good(await a.tracker.matchNews(news)).verdict).toBe('ignore');
		b.clock.aheadMs = 31_000;
		expect(good(await b.tracker.matchNews(news)).verdict).toBe('failed');
		good(await a.tracker.getStatus(videoId));
		expect([...a.tracker.context.memory.strikes.values()]).toEqual([...b.tracker.context.memory.strikes.values()]);
	});

	it('does nothing where Redis goes away between two questions', async () => {
		const one = start();
		const videoId = await one.create(['One.']);
		const gone = { ok: false, code: 'no_lock', message: 'gone' } as const;
		const run = jest.spyOn(one.redis.link, 'run').mockResolvedValueOnce(gone);
		expect(await one.tracker.claimReadySteps(videoId)).toEqual(gone);
		run.mockResolvedValueOnce(gone);
		expect(await one.tracker.findDue()).toEqual(gone);
		const ended = await one.tracker.context.locks.run(videoId, async () => {
			await one.redis.link.close();
			return { ok: true, value: undefined };
		});
		expect(ended).toMatchObject({ ok: false, code: 'no_lock' });
		await client.del(one.redis.keys.lock(videoId));
	});

	it('leaves rows to the processes that still live, and those of videos that are gone alone', async () => {
		const [a, b] = [start(), start()];
		const { keys } = a.redis;
		const videoId = await a.create(['One.']);
		good(await a.tracker.findDue());
		await client.sadd(keys.unwritten, videoId, 'vid_gone');
		await client.hset(keys.unwrittenOf(videoId), `row|${a.holderId}`, '1');
		await client.hset(keys.unwrittenOf('vid_gone'), 'row|dead', '1');
		const update = jest.spyOn(store, 'update');
		good(await b.tracker.findDue());
		expect(await client.hkeys(keys.unwrittenOf(videoId))).toEqual([`row|${a.holderId}`]);
		await until(async () => (await client.exists(keys.unwrittenOf('vid_gone'), keys.lock('vid_gone'))) === 0);
		expect(update).not.toHaveBeenCalled();
		// Redis that does not say which rows are meant stops nothing else.
		const ask = b.redis.link.ask.bind(b.redis.link);
		const gone = { ok: false, code: 'no_lock', message: 'gone' } as const;
		const asked = jest.spyOn(b.redis.link, 'ask');
		asked.mockImplementationOnce(ask).mockResolvedValueOnce(gone);
		expect((await b.tracker.findDue()).ok).toBe(true);
		asked.mockImplementationOnce(ask).mockImplementationOnce(ask).mockResolvedValueOnce(gone);
		expect((await b.tracker.findDue()).ok).toBe(true);
	});

	it('sends a write at once where no lock is held', async () => {
		const one = start();
		const videoId = await one.create(['One.']);
		const { cache } = one.tracker.context;
		const entry = good(await cache.load(videoId));
		good(await cache.writeJob(entry, { ...entry.snapshot.jobs[0], retries: 7 }));
		expect(one.job(entry.snapshot.jobs[0].jobKey).retry_count).toBe(7);
	});

	it('announces its claims again when Redis lost its data', async () => {
		const [a, b] = [start(), start()];
		const videoId = await a.create(['One.']);
		const steps = await a.claim(videoId);
		await client.flushall();
		b.clock.aheadMs = 31_000;
		// Right after the loss nobody knows who holds what, so nothing is made again.
		expect(good(await b.tracker.findDue())).toEqual([{ look: 'advance', videoId }]);
		expect(await b.claim(videoId)).toEqual([]);
		for (const { jobKey, attempt, h } of steps) {
			expect(await a.tracker.context.claims.confirm({ jobKey, attempt, h })).toBe(true);
		}
		await grownUp(a);
		b.clock.aheadMs = 62_000;
		expect(good(await b.tracker.findDue())).toEqual([]);
	});

	it('writes the rows that a process had not brought to Airtable when it died', async () => {
		const [a, b] = [start(), start()];
		const videoId = await a.create(['One.']);
		const [step] = await a.claim(videoId);
		// Redis knows the result, the rows do not: the process ends in between.
		const update = jest.spyOn(store, 'update').mockReturnValue(new Promise(() => undefined));
		void a.tracker.complete(a.done(step));
		await until(async () => (await client.scard(a.redis.keys.unwritten)) > 0 && update.mock.calls.length > 0);
		update.mockRestore();
		await a.die(server);
		expect(b.job(step.jobKey).status).toBe('processing');
		await b.tracker.findDue();
		await until(async () => b.job(step.jobKey).status === 'completed');
		await until(async () => (await client.scard(b.redis.keys.unwritten)) === 0);
	});

	it('writes a row once more when it can not be told whose write came last', async () => {
		const [a, b] = [start(), start()];
		const videoId = await a.create(['One.']);
		const [step] = await a.claim(videoId);
		const { store: real } = a.tracker.context;
		let late: () => Promise<void> = async () => undefined;
		const slow = jest.spyOn(real, 'update').mockImplementationOnce(
			async (table, recordId, fields) =>
				await new Promise((resolve) => {
					late = async () => resolve(await MemoryStore.prototype.update.call(store, table, recordId, fields));
				}),
		);
		const submitted = a.tracker.markSubmitted({ jobKey: step.jobKey, attempt: step.attempt, externalId: 'x' });
		await until(async () => slow.mock.calls.length > 0);
		await b.complete(step);
		await late();
		good(await submitted);
		await until(async () => a.job(step.jobKey).status === 'completed');
	});

	it('starts nothing while Redis is away, says so, and goes on when it is back', async () => {
		const one = start();
		const videoId = await one.create(['One.']);
		await server.end();
		const refused = await one.tracker.claimReadySteps(videoId);
		expect(refused).toMatchObject({ ok: false, code: 'no_lock', message: expect.stringContaining('does not answer') });
		expect(await one.tracker.findDue()).toMatchObject({ ok: false, code: 'no_lock' });
		expect(await one.tracker.context.claims.take({ jobKey: `${videoId}.music`, attempt: 1, h: 'h' }, 0)).toBe(false);
		await server.begin();
		await until(async () => (await one.tracker.claimReadySteps(videoId)).ok);
		expect(one.job(`${videoId}.music`).status).toBe('processing');
	});

	it('drops what was done under a lock that got lost', async () => {
		const one = start();
		const videoId = await one.create(['One.']);
		const { locks, cache } = one.tracker.context;
		const lost = await locks.run(videoId, async () => {
			const entry = good(await cache.load(videoId));
			void cache.writeJob(entry, { ...entry.snapshot.jobs[0], status: 'completed' });
			await client.set(one.redis.keys.lock(videoId), 'another');
			return { ok: true, value: undefined };
		});
		expect(lost).toMatchObject({ ok: false, code: 'no_lock' });
		await client.del(one.redis.keys.lock(videoId));
		expect(store.rows('Jobs').map(({ fields }) => fields.status)).not.toContain('completed');
		expect(good(await one.tracker.getStatus(videoId)).jobs.map(({ status }) => status)).not.toContain('completed');
	});
});

/** Resolves when something holds; it may take as long as the test. */
async function until(holds: () => Promise<boolean>): Promise<void> {
	while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
