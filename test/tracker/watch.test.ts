import type { JobFacts } from '../../engine/video/types';
import { CALM_MS } from '../../engine/watch/constants';
import { quotaRefusal } from '../../tracker/airtable/refusals';
import { createTracker } from '../../tracker/tracker';
import { DEFAULT_SETTINGS } from '../../tracker/settings';
import { noteEnded } from '../../tracker/watch';
import { MemoryStore } from '../support/memoryStore';
import { good, TrackerBench } from '../support/trackerBench';

describe('the watch', () => {
	let bench: TrackerBench;
	beforeEach(() => {
		bench = new TrackerBench();
	});

	/** One tick of the recovery flow with everything that follows from it: what people are told, as `kind state`. */
	const tick = async () => {
		const told: string[] = [];
		for (const item of good(await bench.tracker.findDue())) {
			if (item.look !== 'alert') continue;
			const claim = good(await bench.tracker.claimAlert({ cause: '', notice: item }));
			if (claim.tell) told.push(`${claim.alert.kind} ${claim.alert.state}`);
		}
		return told;
	};
	/** Ticks until everything that can be over is told to be over. */
	const calm = async (seconds: number) => {
		bench.pass(seconds);
		const told = await tick();
		bench.pass(CALM_MS / 1000);
		return [...told, ...(await tick())];
	};
	const ended = (count: number, changes: Partial<JobFacts>) => {
		const job = { status: 'completed', claimedAtMs: 0, completedAtMs: 0, ...changes } as JobFacts;
		for (let index = 0; index < count; index += 1) noteEnded(bench.tracker.context, job);
	};

	it('tells when more than 10 jobs are stuck, not at 10, and when they move again', async () => {
		const texts = Array.from({ length: 10 }, (_, index) => `Segment ${index}.`);
		const videoId = await bench.create(texts, { background: 'user', music: 'off' });
		const steps = await bench.claim(videoId);
		expect(steps.length).toBeGreaterThanOrEqual(10);
		const stuck = steps.slice(0, 10);
		for (const step of steps.slice(10)) await bench.complete(step);
		bench.pass(601);
		expect(await tick()).toEqual([]);
		const other = await bench.create(['One.'], { background: 'user', music: 'off' });
		await bench.claim(other);
		expect(await tick()).toEqual([]);
		bench.pass(601);
		expect(await tick()).toEqual(['stuck_jobs open']);
		expect(await tick()).toEqual([]);
		for (const step of stuck) await bench.complete(step);
		expect(await calm(30)).toEqual(['stuck_jobs recovered']);
	});

	it('does not call work stuck that usually takes so long', async () => {
		const videoId = await bench.create(
			Array.from({ length: 12 }, (_, index) => `Segment ${index}.`),
			{ background: 'user', music: 'off' },
		);
		await bench.claim(videoId);
		const { learned } = bench.tracker.context.memory;
		learned.expect = () => ({ p50S: 300, p90S: 700, p99S: 900 });
		bench.pass(899);
		expect(await tick()).toEqual([]);
		bench.pass(2);
		expect(await tick()).toEqual(['stuck_jobs open']);
	});

	it('tells when more than 5 % of the jobs of the last hour failed, and when that is over', async () => {
		ended(95, {});
		ended(5, { status: 'failed' });
		expect(await tick()).toEqual([]);
		ended(1, { status: 'failed' });
		expect(await tick()).toEqual(['failure_rate open']);
		expect(await calm(2 * 3600)).toEqual(['failure_rate recovered']);
	});

	it('tells when the 95th percentile lies above 600 s, and when it no longer does', async () => {
		ended(95, { completedAtMs: 600_000 });
		ended(5, { completedAtMs: 600_001 });
		expect(await tick()).toEqual([]);
		ended(1, { completedAtMs: 600_001 });
		expect(await tick()).toEqual(['p95 open']);
		ended(300, { completedAtMs: 1_000 });
		expect(await calm(30)).toEqual(['p95 recovered']);
	});

	it('counts the jobs that the tracker settles', async () => {
		bench.tracker.context.settings.alertP95S = 1;
		for (let index = 0; index < 10; index += 1) {
			const videoId = await bench.create(['One.'], { background: 'user', music: 'off' });
			const [step] = (await bench.claim(videoId)).filter((claimed) => claimed.step === 'voiceover');
			bench.pass(2);
			await bench.complete(step);
		}
		ended(10, { completedAtMs: 2_000 });
		expect(await tick()).toEqual(['p95 open']);
	});

	it('tells when the day has cost more than $100, once, and that it is over on the next day', async () => {
		const day = new Date(bench.nowMs).toISOString().slice(0, 10);
		await bench.tracker.context.notes.add(`spent:${day}`, 100, 1e9);
		expect(await tick()).toEqual([]);
		await bench.tracker.context.notes.add(`spent:${day}`, 0.5, 1e9);
		expect(await tick()).toEqual(['cost open']);
		await bench.tracker.context.notes.add(`spent:${day}`, 10, 1e9);
		expect(await tick()).toEqual([]);
		expect(await calm(86_400)).toEqual(['cost recovered']);
	});

	it('tells when more than 10 callbacks are turned away within a minute, and when that is over', async () => {
		bench.tracker.recordRejected(10, '{"signature":10}');
		expect(await tick()).toEqual([]);
		bench.pass(30);
		bench.tracker.recordRejected(1, '{"signature":1}');
		expect(await tick()).toEqual(['signature_failures open']);
		expect(await calm(120)).toEqual(['signature_failures recovered']);
	});

	it('does not call it over while it only pauses', async () => {
		bench.tracker.recordRejected(11, '{}');
		expect(await tick()).toEqual(['signature_failures open']);
		bench.pass(90);
		expect(await tick()).toEqual([]);
		bench.tracker.recordRejected(11, '{}');
		expect(await tick()).toEqual([]);
		bench.pass(CALM_MS / 1000 - 1);
		expect(await tick()).toEqual([]);
	});

	it('tells that Airtable refuses for want of quota although it can’t be written down, and when it takes requests', async () => {
		const store = new MemoryStore();
		let isSpent = false;
		const spent = new Proxy(store, {
			get: (target, name: keyof MemoryStore) =>
				isSpent && ['list', 'create', 'update', 'upsert', 'remove'].includes(name)
					? async () => quotaRefusal()
					: Reflect.get(target, name),
		});
		const clock = { now: () => bench.nowMs, sleep: async () => {} };
		const settings = { ...DEFAULT_SETTINGS };
		const tracker = createTracker({ store: spent, clock, random: () => 0.5, settings, holderId: 'process-1' });
		Object.assign(bench, { tracker });
		expect(await tick()).toEqual([]);
		isSpent = true;
		bench.pass(3600);
		expect(await tick()).toEqual(['airtable_quota open']);
		expect(await tracker.findDue()).toMatchObject({ ok: false, code: 'quota_exceeded' });
		isSpent = false;
		bench.pass(30);
		expect(await tick()).toEqual(['airtable_quota recovered']);
		expect(store.stats().requests).toBeGreaterThan(0);
		expect(good(await tracker.context.store.remove('Alerts', []))).toBeUndefined();
	});

	it('ends the alert of a former process about a service that works', async () => {
		const first = bench;
		const videoId = await first.create(['One.'], { background: 'user', music: 'off' });
		const steps = await first.claim(videoId);
		const refused = { class: 'auth' as const, message: 'HTTP 401', began: 'no' as const, retryable: false };
		const [voice] = steps.filter((step) => step.service === 'elevenLabs');
		good(await first.tracker.fail(voice.jobKey, voice.attempt, refused));
		expect(await tick()).toContain('circuit_open open');

		bench = new TrackerBench(first.store, 'process-2');
		bench.nowMs = first.nowMs + 3600_000;
		expect(await tick()).toEqual([]);
		const other = await bench.create(['Two.'], { background: 'user', music: 'off' });
		const [step] = (await bench.claim(other)).filter((claimed) => claimed.service === 'elevenLabs');
		await bench.complete(step);
		bench.pass(bench.tracker.context.settings.safetyScanS);
		expect(await tick()).toContain('circuit_open recovered');
	});

	it('costs no request while nothing is wrong', async () => {
		await tick();
		const before = bench.store.requests;
		for (let round = 0; round < 10; round += 1) {
			bench.pass(30);
			expect(await tick()).toEqual([]);
		}
		expect(bench.store.requests).toBe(before);
	});

	it('reminds once, after a day, of a clip that is missing, across a restart, and says when it is there', async () => {
		const videoId = await bench.create(['one', 'two'], { background: 'user' });
		for (const step of await bench.claim(videoId)) await bench.complete(step);
		bench.putClip(videoId, 1, 'att1');
		const waits = async () => (await tick()).filter((told) => told.startsWith('missing_clip'));

		expect(await waits()).toEqual([]);
		bench.pass(24 * 3600 - 1);
		expect(await waits()).toEqual([]);
		bench.pass(30);
		const [item] = good(await bench.tracker.findDue()).filter(({ look }) => look === 'alert');
		expect(item).toMatchObject({ kind: 'missing_clip', videoId, message: expect.stringContaining('segment 2.') });
		expect(await waits()).toEqual(['missing_clip open']);
		bench.pass(24 * 3600);
		expect(await waits()).toEqual([]);

		const { nowMs } = bench;
		bench = new TrackerBench(bench.store, 'process-2');
		bench.nowMs = nowMs;
		good(await bench.tracker.getStatus(videoId));
		expect(await waits()).toEqual([]);

		bench.putClip(videoId, 2, 'att2');
		bench.pass(31);
		await tick();
		await bench.claim(videoId);
		expect(await waits()).toEqual(['missing_clip recovered']);
	});
});
