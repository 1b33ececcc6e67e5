import type { Failure, ProviderEvent } from '../../engine/events';
import { refuse } from '../../engine/result';
import { targetOf } from '../../tracker/people';
import { DEFAULT_SETTINGS } from '../../tracker/settings';
import { trackerOf } from '../../tracker/tracker';
import { MemoryStore } from '../support/memoryStore';
import { good, TrackerBench } from '../support/trackerBench';

const FLAKY: Failure = { class: 'unavailable', message: 'Bad gateway', began: 'unknown', retryable: true };
const find = <T extends { step: string }>(steps: T[], step: string): T => steps.find((found) => found.step === step)!;

/** A store whose n-th create of a table is refused. */
class BrittleStore extends MemoryStore {
	constructor(private readonly table: string) {
		super();
	}

	override async create(table: string, fields: Record<string, unknown>) {
		return table === this.table ? refuse('invalid_value', 'Refused.') : await super.create(table, fields);
	}
}

describe('a video that can’t be written', () => {
	it.each(['Videos', 'Segments', 'Jobs'])('because of %s leaves no rows', async (table) => {
		const bench = new TrackerBench(new BrittleStore(table));

		await expect(bench.create(['one'])).rejects.toThrow('invalid_value');

		for (const name of ['Videos', 'Segments', 'Jobs']) expect(bench.store.rows(name)).toEqual([]);
	});

	it('may not have more segments than can be written', async () => {
		const bench = new TrackerBench();

		await expect(bench.create(Array.from({ length: 501 }, () => 'x'))).rejects.toThrow('too_many_segments');

		expect(bench.store.requests).toBe(0);
	});

	it('needs a segment', async () => {
		const bench = new TrackerBench();

		await expect(bench.create([])).rejects.toThrow('no_segments');
	});
});

describe('a video that is not there', () => {
	it('is refused by its name everywhere', async () => {
		const { tracker } = new TrackerBench();
		const event = {
			jobKey: 'vid_none.music',
			attempt: 1,
			h: 'a',
			outputs: [{ persisted: true, url: 'x' }],
		} as unknown as ProviderEvent;

		const refused = [
			await tracker.claimReadySteps('vid_none'),
			await tracker.markSubmitted({ jobKey: 'vid_none.music', attempt: 1, externalId: 'x' }),
			await tracker.complete(event),
			await tracker.fail('vid_none.music', 1, FLAKY),
			await tracker.retry({ videoId: 'vid_none' }),
			await tracker.getStatus('vid_none'),
		];

		for (const result of refused) expect(result).toMatchObject({ ok: false, code: 'not_found' });
		expect(good(await tracker.matchNews({ ...event, event })).reason).toBe('unknown_job');
		expect(good(await tracker.claimAlert({ videoId: 'vid_none', cause: 'x' })).tell).toBe(true);
	});

	it('has no jobs either', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);

		expect(await bench.tracker.fail(`${videoId}.nothing`, 1, FLAKY)).toMatchObject({ ok: false, code: 'not_found' });
		expect(await bench.tracker.retry({ videoId, segment: 9 })).toMatchObject({ ok: false, code: 'not_found' });
		const news = { jobKey: `${videoId}.nothing`, attempt: 1, h: 'a', evidence: 'absent' as const };
		expect(good(await bench.tracker.matchNews(news))).toMatchObject({ verdict: 'ignore', reason: 'unknown_job' });
		expect(
			good(await bench.tracker.markSubmitted({ jobKey: `${videoId}.nothing`, attempt: 1, externalId: 'x' })).noted,
		).toBe(false);
	});
});

describe('an outage of the tables', () => {
	it('is passed on, and what was in memory is read again afterwards', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		bench.store.isDown = true;

		const refused = await bench.tracker.complete(bench.done(music));
		const unknown = await bench.tracker.matchNews({
			jobKey: music.jobKey,
			attempt: 1,
			h: music.h,
			event: bench.done(music),
		});
		const due = await new TrackerBench(bench.store).tracker.findDue();
		bench.store.isDown = false;
		const settled = await bench.complete(music);

		for (const result of [refused, unknown, due]) expect(result).toMatchObject({ ok: false, code: 'unavailable' });
		expect(settled.outcome).toBe('completed');
	});

	it('while clips are read keeps the steps unclaimed', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one'], { background: 'user' });
		bench.pass(60);
		bench.store.isDown = true;

		const refused = await bench.tracker.claimReadySteps(videoId);
		const due = await bench.tracker.findDue();
		const retried = await bench.tracker.retry({ videoId, segment: 1 });

		for (const result of [refused, due, retried]) expect(result).toMatchObject({ ok: false });
	});

	it('while an alert is claimed tells nobody', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		good(await bench.tracker.fail(music.jobKey, 1, { ...FLAKY, retryable: false }));
		bench.store.isDown = true;

		expect(await bench.tracker.claimAlert({ videoId, cause: 'x' })).toMatchObject({ ok: false });
		expect(await new TrackerBench(bench.store).tracker.claimAlert({ videoId, cause: 'x' })).toMatchObject({
			ok: false,
		});
	});
});

describe('news', () => {
	it('of a failure count for the attempt under way', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		const event = bench.done(music, { outcome: 'failed', outputs: [], error: FLAKY });

		const matched = good(await bench.tracker.matchNews({ jobKey: music.jobKey, attempt: 1, h: music.h, event }));

		expect(matched).toMatchObject({ verdict: 'failed', failure: FLAKY, objectKey: music.objectKey });
	});

	it('that settle too long may be settled again', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		const news = { jobKey: music.jobKey, attempt: 1, h: music.h, event: bench.done(music) };

		const first = good(await bench.tracker.matchNews(news));
		const soon = good(await bench.tracker.matchNews(news));
		bench.pass(11 * 60);
		const late = good(await bench.tracker.matchNews(news));

		expect([first, soon, late].map((matched) => matched.reason)).toEqual(['take', 'settling', 'take']);
	});

	it('of a job that was given up ends nothing twice', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		good(await bench.tracker.fail(music.jobKey, 1, FLAKY));

		expect(good(await bench.tracker.fail(music.jobKey, 1, FLAKY)).outcome).toBe('ignored');
		const news = { jobKey: music.jobKey, attempt: 1, h: music.h, evidence: 'absent' as const };
		expect(good(await bench.tracker.matchNews(news))).toMatchObject({ verdict: 'ignore', reason: 'stale' });
	});

	it('carry what a call cost', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const steps = await bench.claim(videoId);

		await bench.complete(find(steps, 'voiceover'), { usage: { amount: 1000, unit: 'characters' } });
		await bench.complete(find(steps, 'music'), { usage: { amount: 0.2, unit: 'usd' } });
		await bench.complete(find(steps, 'background'), { usage: { amount: 9, unit: 'points' } });

		expect(bench.video(videoId).actual_cost).toBeCloseTo(0.5);
	});

	it('turned away by a trigger are counted by the hour', async () => {
		const bench = new TrackerBench();

		bench.tracker.recordRejected(3, '{"token_forged":3}');
		await new Promise(setImmediate);
		bench.tracker.recordRejected(2, '{"token_forged":2}');
		await new Promise(setImmediate);

		expect(bench.store.rows('Webhook Events').map((row) => row.fields)).toEqual([
			expect.objectContaining({ verdict: 'rejected', deliveries: 5 }),
		]);
	});

	it('end with a verdict in their row', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		const event = bench.done(music, { externalId: null, raw: { id: null } });
		bench.tracker.recordEvent(event);
		await new Promise(setImmediate);

		await bench.tracker.matchNews({ jobKey: music.jobKey, attempt: 1, h: music.h, event });
		await new Promise(setImmediate);

		expect(bench.store.rows('Webhook Events')[0].fields).toMatchObject({ verdict: 'take', deliveries: 1 });
	});

	it('are written again, as they stand by then, once Airtable takes them', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		const event = bench.done(music, { raw: { id: 1 } });
		bench.store.isDown = true;
		bench.tracker.recordEvent(event);
		await new Promise(setImmediate);
		bench.store.isDown = false;
		await bench.tracker.matchNews({ jobKey: music.jobKey, attempt: 1, h: music.h, event });
		await new Promise(setImmediate);
		const before = bench.store.rows('Webhook Events').map((row) => ({ ...row.fields }));
		good(await bench.tracker.findDue());
		await new Promise(setImmediate);

		expect(before).toEqual([expect.objectContaining({ verdict: 'take' })]);
		expect(before[0].job_key).toBeUndefined();
		expect(bench.store.rows('Webhook Events').map((row) => row.fields)).toEqual([
			expect.objectContaining({ verdict: 'take', deliveries: 1, job_key: music.jobKey, raw: '{"id":1}' }),
		]);
		expect(bench.tracker.context.memory.unwrittenEvents.size).toBe(0);
	});

	it('of an outage are written again up to a bound, and not where Airtable refuses what they say', async () => {
		const bench = new TrackerBench();
		const event = { service: 'nca', jobKey: 'v.music', attempt: 1, outcome: 'completed' } as ProviderEvent;
		bench.store.isDown = true;
		for (let index = 0; index < 510; index += 1) bench.tracker.recordEvent({ ...event, externalId: String(index) });
		await new Promise(setImmediate);
		const { unwrittenEvents } = bench.tracker.context.memory;
		const kept = [...unwrittenEvents.keys()];
		bench.store.isDown = false;
		bench.store.upsert = async () => refuse('invalid_value', 'Refused.');
		bench.tracker.recordEvent({ ...event, externalId: 'last' });
		await new Promise(setImmediate);

		expect(kept).toHaveLength(500);
		expect(kept).not.toContain('nca|v.music|1|0|completed');
		expect(unwrittenEvents.size).toBe(0);
	});

	it('are remembered up to a bound', () => {
		const bench = new TrackerBench();
		const event = { service: 'nca', jobKey: 'v.music', attempt: 1, outcome: 'completed' } as ProviderEvent;

		for (let index = 0; index < 5_010; index += 1) bench.tracker.recordEvent({ ...event, externalId: String(index) });

		expect(bench.tracker.context.memory.deliveries.size).toBe(5_000);
	});
});

describe('a look that finds nothing in Spaces', () => {
	/** A call that waits for longer than its hard limit, and the news of a look at it. */
	async function slowCall() {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		bench.pass(1_200);
		const due = good(await bench.tracker.findDue());
		const news = { jobKey: music.jobKey, attempt: 1, h: music.h, evidence: 'absent' as const };
		const { claims } = bench.tracker.context;
		return {
			bench,
			music,
			news,
			claims,
			isLookedAt: due.some((item) => 'jobKey' in item && item.jobKey === music.jobKey),
		};
	}

	it('ends nothing where the call has begun meanwhile', async () => {
		const { bench, music, news, claims, isLookedAt } = await slowCall();
		claims.mark(music, 'calling', bench.nowMs);

		expect(isLookedAt).toBe(true);
		expect(good(await bench.tracker.matchNews(news))).toMatchObject({ verdict: 'ignore', reason: 'begun_meanwhile' });
		expect(await claims.isRevoked(music)).toBe(false);
	});

	it('ends nothing where the call was accepted meanwhile', async () => {
		const { bench, music, news, claims } = await slowCall();
		claims.release(music);
		good(await bench.tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 'task-1' }));

		expect(good(await bench.tracker.matchNews(news))).toMatchObject({ verdict: 'ignore', reason: 'begun_meanwhile' });
	});

	it('ends an attempt that has not begun, which then may not begin', async () => {
		const { bench, music, news, claims } = await slowCall();

		expect(good(await bench.tracker.matchNews(news))).toMatchObject({ verdict: 'failed', reason: 'lost' });
		expect(await claims.isRevoked(music)).toBe(true);
	});
});

describe('evidence', () => {
	async function submitted(bench: TrackerBench, queueId?: string) {
		const videoId = await bench.create(['one', 'two']);
		for (const step of await bench.claim(videoId)) await bench.complete(step);
		const combines = await bench.claim(videoId);
		for (const { jobKey } of combines) {
			good(await bench.tracker.markSubmitted({ jobKey, attempt: 1, externalId: jobKey, queueId }));
			bench.pass(1);
		}
		return { videoId, combines };
	}
	const newsOf = (step: { jobKey: string; h: string }) => ({ jobKey: step.jobKey, attempt: 1, h: step.h });

	it('of a queue that went past a job proves it gone, at the second look', async () => {
		const bench = new TrackerBench();
		const { combines } = await submitted(bench, 'q1');
		await bench.complete(combines[1]);

		const looks = [];
		for (let look = 0; look < 2; look += 1) {
			looks.push(good(await bench.tracker.matchNews({ ...newsOf(combines[0]), evidence: 'queued' })).reason);
			bench.pass(30);
		}

		expect(looks).toEqual(['waiting', 'lost']);
	});

	it('of life clears what was counted, and what is counted goes with the attempt', async () => {
		const bench = new TrackerBench();
		const { combines } = await submitted(bench, 'q1');
		const news = newsOf(combines[0]);
		const reasonOf = async (evidence: 'unknown' | 'running') => {
			bench.pass(30);
			return good(await bench.tracker.matchNews({ ...news, evidence })).reason;
		};

		const reasons = [await reasonOf('unknown'), await reasonOf('running'), await reasonOf('unknown')];
		const { strikes } = bench.tracker.context.memory;
		const counted = strikes.size;
		await bench.complete(combines[0]);
		good(await bench.tracker.findDue());

		expect(reasons).toEqual(['waiting', 'waiting', 'waiting']);
		expect(counted).toBe(1);
		expect(strikes.size).toBe(0);
	});

	it('of running work is patience, without a queue up to the deadline, with one up to three hours', async () => {
		const bench = new TrackerBench();
		const { combines } = await submitted(bench);
		const running = { ...newsOf(combines[0]), evidence: 'running' as const };

		expect(good(await bench.tracker.matchNews(running)).reason).toBe('waiting');
		bench.pass(31 * 60);
		expect(good(await bench.tracker.matchNews(running)).reason).toBe('timeout');

		const other = new TrackerBench();
		const queued = await submitted(other, 'q1');
		other.pass(3 * 3600 + 60);
		expect(good(await other.tracker.matchNews({ ...newsOf(queued.combines[0]), evidence: 'queued' })).reason).toBe(
			'timeout',
		);
	});

	it('of silence is patience before the deadline, and says at the deadline what was heard', async () => {
		const bench = new TrackerBench();
		const { combines } = await submitted(bench);
		const silent = { ...newsOf(combines[0]), evidence: 'unreachable' as const, failure: FLAKY };

		expect(good(await bench.tracker.matchNews(silent)).reason).toBe('waiting');
		bench.pass(31 * 60);
		expect(good(await bench.tracker.matchNews(silent)).failure?.message).toContain('Bad gateway');
	});

	it('of an empty bucket makes a create call wait for its callback before it is paid again', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		const absent = { ...newsOf(music), evidence: 'absent' as const };

		expect(good(await bench.tracker.matchNews(absent)).reason).toBe('waiting');
		bench.pass(601);
		expect(good(await bench.tracker.matchNews(absent)).reason).toBe('lost');
	});
});

describe('looking for what is due', () => {
	it('asks NCA about its jobs, and Spaces about calls without a receipt', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const first = await bench.claim(videoId);
		for (const step of first.filter((other) => other.step !== 'music')) await bench.complete(step);
		const [combine] = await bench.claim(videoId);
		good(await bench.tracker.markSubmitted({ jobKey: combine.jobKey, attempt: 1, externalId: 'nca-1', queueId: 'q' }));
		bench.tracker.context.claims.release(find(first, 'music'));
		bench.pass(31);

		const due = good(await bench.tracker.findDue());

		expect(due.map((item) => item.look).sort()).toEqual(['nca', 'spaces']);
	});

	it('finds a call that hangs past its hard limit, and a settling that died', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		const [first, second] = (await bench.claim(videoId)).filter((step) => step.step === 'voiceover');
		const { claims } = bench.tracker.context;
		claims.mark(first, 'calling', bench.nowMs);
		claims.mark(second, 'settling', bench.nowMs);
		const voices = async () =>
			good(await bench.tracker.findDue()).flatMap((item) =>
				'step' in item && item.step === 'voiceover' ? [item.jobKey] : [],
			);

		bench.pass(60);
		expect(await voices()).toEqual([]);
		bench.pass(10 * 60);
		expect(await voices()).toEqual([second.jobKey]);
		bench.pass(5 * 60);
		expect(await voices()).toEqual([first.jobKey, second.jobKey]);
	});

	it('finds a hand-over that was never heard of again long before its deadline', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		await bench.claim(videoId);
		const looks = async () =>
			good(await bench.tracker.findDue()).flatMap((item) => (item.look === 'spaces' ? [item.step] : []));

		bench.pass(4 * 60);
		expect(await looks()).toEqual([]);
		bench.pass(60);
		expect(await looks()).toEqual(['music']);
		bench.pass(10 * 60);
		expect((await looks()).sort()).toEqual(['background', 'music']);
		bench.pass(15 * 60);
		expect((await looks()).sort()).toEqual(['background', 'music', 'voiceover']);
	});

	it('asks a silent service less and less often, until a person asks', async () => {
		const bench = new TrackerBench();
		const music = find(await bench.claim(await bench.create(['one'])), 'music');
		good(await bench.tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 't' }));
		const news = { jobKey: music.jobKey, attempt: 1, h: music.h };
		const asked: number[] = [];
		const tickFor = async (minutes: number, evidence: 'unreachable' | 'running') => {
			for (let tick = 0; tick < minutes * 2; tick += 1) {
				bench.pass(30);
				const due = good(await bench.tracker.findDue()).filter((item) => 'jobKey' in item);
				if (due.some((item) => item.jobKey === music.jobKey)) {
					asked.push(Math.round((bench.nowMs - Date.UTC(2026, 0, 1)) / 30_000));
					good(await bench.tracker.matchNews({ ...news, evidence, failure: FLAKY }));
				}
			}
		};

		await tickFor(20, 'unreachable');
		expect(asked).toEqual([1, 2, 4, 8, 16, 32]);
		good(await bench.tracker.checkNow({ videoId: music.jobKey.split('.')[0] }));
		await tickFor(1, 'running');
		expect(asked.slice(6)).toEqual([41, 42]);
	});

	it('asks less often, too, while looks hang', async () => {
		const bench = new TrackerBench();
		const music = find(await bench.claim(await bench.create(['one'])), 'music');
		good(await bench.tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 't' }));
		const asked: number[] = [];
		for (let tick = 1; tick <= 20; tick += 1) {
			bench.pass(30);
			const due = good(await bench.tracker.findDue());
			if (due.some((item) => item.look === 'goApi' && item.jobKey === music.jobKey)) asked.push(tick);
		}
		const event = bench.done(music, { outcome: 'progress', outputs: [] });
		good(await bench.tracker.matchNews({ jobKey: music.jobKey, attempt: 1, h: music.h, event }));
		bench.pass(600);
		good(await bench.tracker.findDue());
		bench.pass(30);

		expect(asked).toEqual([1, 2, 4, 8, 16]);
		expect(good(await bench.tracker.findDue())).toContainEqual(expect.objectContaining({ look: 'goApi' }));
	});

	it('asks a silent service at the deadline at the latest', async () => {
		const bench = new TrackerBench();
		const music = find(await bench.claim(await bench.create(['one'])), 'music');
		good(await bench.tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 't' }));
		let outcome = '';
		let seconds = 0;
		while (outcome !== 'timeout' && seconds < 3_600) {
			bench.pass(30);
			seconds += 30;
			const due = good(await bench.tracker.findDue()).find((item) => item.look === 'goApi' && item.step === 'music');
			if (!due || due.look !== 'goApi') continue;
			outcome = good(await bench.tracker.matchNews({ ...due, evidence: 'unreachable', failure: FLAKY })).reason;
		}

		expect(seconds).toBe(1_800);
	});

	it('ends at once while the former look is at work', async () => {
		const bench = new TrackerBench();
		await bench.create(['one']);

		const [first, second] = await Promise.all([bench.tracker.findDue(), bench.tracker.findDue()]);

		expect(good(first)).toHaveLength(1);
		expect(good(second)).toEqual([]);
	});

	it('takes a job that has ended out of its memory', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		good(await bench.tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 't' }));
		bench.pass(31);
		good(await bench.tracker.findDue());
		const before = bench.tracker.context.memory.looks.size;

		await bench.complete(music);
		good(await bench.tracker.findDue());

		expect(before).toBe(1);
		expect(bench.tracker.context.memory.looks.size).toBe(0);
	});
});

describe('rows of people and of other processes', () => {
	it('are read with care', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		const twin = bench.store.rows('Jobs').find((row) => row.fields.step === 'music')!;
		bench.store.rows('Jobs').push({ ...structuredClone(twin), id: 'recTwin', createdTime: '2030-01-01T00:00:00.000Z' });
		bench.store
			.rows('Jobs')
			.push({ id: 'recStray', createdTime: '', fields: { video_id: videoId, job_key: 'x', step: 'dance' } });
		bench.store
			.rows('Segments')
			.push({ id: 'recNote', createdTime: '', fields: { video_id: videoId, text: 'my own note' } });
		bench.store.rows('Segments')[0].fields.Video = [null];
		bench.store.rows('Segments')[1].fields.Video = [{ id: 7 }];
		bench.store.row('Videos', 'video_id', videoId).status = 'someone’s word';

		const second = new TrackerBench(bench.store, 'process-2');
		const steps = await second.claim(videoId);

		expect(steps.map((step) => step.jobKey).filter((key) => key.endsWith('music'))).toHaveLength(1);
		expect(second.store.rows('Jobs').find((row) => row.id === 'recTwin')?.fields.status).toBe('pending');
	});

	it.each([
		['not ready', { ready: false }],
		['without readable options', { options: '{' }],
		['with options of another kind', { options: '[]' }],
		['without options', { options: undefined }],
		['without an id', { video_id: undefined }],
	])('of a video %s are no video', async (_case, change) => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		Object.assign(bench.store.row('Videos', 'video_id', videoId), change);

		const second = new TrackerBench(bench.store, 'process-2');

		expect(await second.tracker.claimReadySteps(videoId)).toMatchObject({ ok: false, code: 'not_found' });
	});

	it('that show the same are not written again after a restart', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		await bench.complete(music);
		const second = new TrackerBench(bench.store, 'process-2');
		second.nowMs = bench.nowMs;
		good(await second.tracker.getStatus(videoId));
		const before = second.store.requests;

		await second.claim(videoId);

		expect(second.store.requests - before).toBe(0);
	});

	it('of ended videos leave the memory after a while', async () => {
		const bench = new TrackerBench();
		for (let index = 0; index < 103; index += 1) await bench.finish(await bench.create([`text ${index}`]));

		expect(bench.tracker.context.cache.all().length).toBeLessThanOrEqual(101);
		expect(good(await bench.tracker.listActive())).toEqual([]);
	});
});

describe('people', () => {
	it('name a job by its key and a segment by its order', () => {
		expect(targetOf('vid_1.combine.002')).toEqual({ videoId: 'vid_1', jobKey: 'vid_1.combine.002' });
		expect(targetOf('vid_1', 2)).toEqual({ videoId: 'vid_1', segment: 2 });
	});

	it('see what is under way and what waits for them', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one'], { background: 'user' });

		const [active] = good(await bench.tracker.listActive());

		expect(active).toMatchObject({ videoId, title: 'Title', waitingForClip: [1], progress: 0 });
	});

	it('can’t retry or cancel what gives no cause', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		expect(await bench.tracker.retry({ videoId })).toMatchObject({ ok: false, code: 'nothing_to_retry' });

		await bench.finish(videoId);

		expect(await bench.tracker.cancel({ videoId })).toMatchObject({ ok: false, code: 'nothing_to_cancel' });
	});

	it('retry one job of a finished video, and only what depends on it runs again', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		await bench.finish(videoId);

		good(await bench.tracker.retry({ videoId, jobKey: `${videoId}.combine.002` }));
		const steps = await bench.finish(videoId);

		expect(steps.map((step) => step.jobKey)).toEqual([
			`${videoId}.combine.002`,
			`${videoId}.concatenate`,
			`${videoId}.mix`,
		]);
	});

	it('are not written to when the tables are down', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		await bench.claim(videoId);
		bench.store.isDown = true;

		expect(await bench.tracker.cancel({ videoId })).toMatchObject({ ok: false });
	});

	it('are told of a failure even when the process ended before the alert', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		good(await bench.tracker.fail(music.jobKey, 1, { ...FLAKY, retryable: false }));
		const told = async (process: TrackerBench) =>
			(await process.dueAfterStart()).filter((item) => item.look === 'tell');

		const atOnce = await told(bench);
		const second = new TrackerBench(bench.store, 'process-2');
		second.nowMs = bench.nowMs + 61_000;
		const later = await told(second);
		good(await second.tracker.claimAlert({ videoId, cause: 'x' }));

		expect(atOnce).toEqual([]);
		expect(later).toEqual([{ look: 'tell', videoId, jobKey: music.jobKey, attempt: 1, errorMessage: 'Bad gateway' }]);
		expect(await told(second)).toEqual([]);
	});

	it('are not told anew of what failed long ago', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		good(await bench.tracker.fail(music.jobKey, 1, { ...FLAKY, message: '', retryable: false }));
		const second = new TrackerBench(bench.store, 'process-2');
		second.nowMs = bench.nowMs + 25 * 3_600_000;

		expect(good(await second.tracker.findDue()).filter((item) => item.look === 'tell')).toEqual([]);
	});

	it('are told once an hour of an error that belongs to no video', async () => {
		const bench = new TrackerBench();
		const told = async () => good(await bench.tracker.claimAlert({ cause: 'Workflow 04: broken' })).tell;

		const first = [await told(), await told()];
		bench.pass(3601);

		expect([...first, await told()]).toEqual([true, false, true]);
	});

	it('let everything be looked at anew', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		good(await bench.tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 't' }));

		good(await bench.tracker.checkNow({ videoId }));

		expect(good(await bench.tracker.findDue())).toContainEqual(
			expect.objectContaining({ look: 'goApi', jobKey: music.jobKey }),
		);
	});
});

describe('the tracker of a base', () => {
	it('is one per process, and takes new settings at once', () => {
		const connection = { token: 'pat', baseId: 'app1', endpointUrl: 'http://127.0.0.1:1' };
		const clock = { now: () => 0, sleep: async () => {} };

		const first = trackerOf(connection, { ...DEFAULT_SETTINGS }, clock, Math.random);
		const second = trackerOf(connection, { ...DEFAULT_SETTINGS, tickS: 7 }, clock, Math.random);

		expect(second).toBe(first);
		expect(first.context.settings.tickS).toBe(7);
		expect(trackerOf({ ...connection, baseId: 'app2' }, { ...DEFAULT_SETTINGS }, clock, Math.random)).not.toBe(first);
	});
});

describe('a row that a person emptied', () => {
	async function emptied(bench: TrackerBench, step: string, fields: Record<string, unknown>) {
		const videoId = await bench.create(['one', 'two']);
		for (const done of (await bench.claim(videoId)).filter((found) => found.step !== step)) await bench.complete(done);
		const combines = step === 'combine' ? await bench.claim(videoId) : [];
		const jobKey = step === 'combine' ? combines[0].jobKey : `${videoId}.${step}`;
		const row = bench.store.rows('Jobs').find((record) => record.fields.job_key === jobKey)!;
		for (const [name, value] of Object.entries(fields)) {
			if (value === undefined) delete row.fields[name];
			else row.fields[name] = value;
		}
		return { videoId, jobKey, second: new TrackerBench(bench.store, 'process-2') };
	}

	it('of a job under way is looked into, and counts as past its deadline', async () => {
		const times = { claimed_at: undefined, deadline_at: undefined, next_check_at: undefined, history: undefined };
		const { jobKey, second } = await emptied(new TrackerBench(), 'music', { ...times, external_id: 'task-9' });

		const due = good(await second.tracker.findDue()).find((item) => 'jobKey' in item && item.jobKey === jobKey);
		if (!due || !('h' in due)) throw new Error('nothing due');
		const matched = good(await second.tracker.matchNews({ ...due, evidence: 'unreachable' }));

		expect(due).toMatchObject({ look: 'goApi', externalId: 'task-9' });
		expect(matched.reason).toBe('timeout');
	});

	it('without its hash and attempt is looked into by what its inputs say, and made again', async () => {
		const bench = new TrackerBench();
		const { videoId, jobKey, second } = await emptied(bench, 'music', { input_hash: undefined, attempt: undefined });
		second.nowMs = bench.nowMs + 601_000;

		const due = (await second.dueAfterStart()).find((item) => 'jobKey' in item && item.jobKey === jobKey);
		if (!due || !('h' in due)) throw new Error('nothing due');
		const matched = good(await second.tracker.matchNews({ ...due, evidence: 'absent' }));
		good(await second.tracker.fail(jobKey, due.attempt, matched.failure!));
		second.pass(60);
		const again = find(await second.claim(videoId), 'music');

		expect(due).toMatchObject({ look: 'spaces', attempt: 1, h: again.h, objectKey: again.objectKey });
		expect(matched.reason).toBe('lost');
		expect(again.attempt).toBe(2);
	});

	it('with a hash of a person’s own words takes the result of its inputs', async () => {
		const { jobKey, second } = await emptied(new TrackerBench(), 'music', { input_hash: 'mine' });
		second.pass(31);

		const due = (await second.dueAfterStart()).find((item) => 'jobKey' in item && item.jobKey === jobKey);
		if (!due || !('h' in due)) throw new Error('nothing due');
		const output = { url: 'https://spaces.test/music', kind: 'audio' as const, durationS: 10, persisted: true };
		const event: ProviderEvent = {
			...{ service: 'goApi', jobKey, attempt: 1, h: due.h, externalId: null, outcome: 'completed' },
			...{ outputs: [output], receivedAt: '' },
		};

		expect(good(await second.tracker.complete(event)).outcome).toBe('completed');
	});

	it('and whose inputs are gone as well waits for them', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one'], { background: 'user' });
		bench.putClip(videoId, 1, 'att1');
		bench.pass(31);
		const clip = find(await bench.claim(videoId), 'background');
		delete bench.job(clip.jobKey).input_hash;
		delete bench.store.rows('Segments')[0].fields.Video;

		const second = new TrackerBench(bench.store, 'process-2');

		expect(good(await second.tracker.getStatus(videoId))).toMatchObject({ waitingForClip: [1] });
	});

	it('of NCA without its times is not told to have been overtaken', async () => {
		const bench = new TrackerBench();
		const { jobKey, second } = await emptied(bench, 'combine', {
			external_id: 'n1',
			queue_id: 'q1',
			claimed_at: undefined,
		});
		const h = String(second.job(jobKey).input_hash).slice(0, 16);

		const matched = good(await second.tracker.matchNews({ jobKey, attempt: 1, h, evidence: 'queued' }));

		expect(matched.reason).toBe('waiting');
	});
});
