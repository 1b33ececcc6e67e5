import { MemoryStore } from '../support/memoryStore';
import { good, TrackerBench } from '../support/trackerBench';

const find = <T extends { step: string }>(steps: T[], step: string): T => steps.find((found) => found.step === step)!;
const flush = async () => await new Promise(setImmediate);

/** A music task that takes so long. */
async function music(bench: TrackerBench, seconds: number): Promise<void> {
	const step = find(await bench.claim(await bench.create(['one'])), 'music');
	good(await bench.tracker.markSubmitted({ jobKey: step.jobKey, attempt: 1, externalId: 't' }));
	bench.pass(seconds);
	await bench.complete(step);
	await flush();
}

async function tick(bench: TrackerBench): Promise<void> {
	good(await bench.tracker.findDue());
	await flush();
}

function expected(bench: TrackerBench) {
	return bench.tracker.context.memory.learned.expect('music', 10);
}

describe('what was learned of a step', () => {
	it('follows its latest runs', async () => {
		const bench = new TrackerBench();
		for (let run = 0; run < 5; run += 1) await music(bench, 7);

		expect(expected(bench)).toEqual({ p50S: 7, p90S: 7, p99S: 600 });
	});

	it('leaves out results that were there already, and files of people', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one'], { background: 'user' });
		bench.putClip(videoId, 1, 'att1');
		bench.pass(31);
		for (const step of await bench.claim(videoId)) await bench.complete(step);

		expect(bench.tracker.context.memory.learned.book.size).toBe(0);
	});

	it('includes the voices that were paid for', async () => {
		const bench = new TrackerBench();
		const voice = find(await bench.claim(await bench.create(['one'])), 'voiceover');
		bench.pass(3);
		await bench.complete(voice, { usage: { amount: 3, unit: 'characters' } });

		expect([...bench.tracker.context.memory.learned.book]).toEqual([['voiceover.4', [3]]]);
	});

	it('stands in the table, written at most once a minute and row', async () => {
		const bench = new TrackerBench();
		await bench.create(['one']);
		await tick(bench);
		bench.pass(30);
		await tick(bench);
		for (let run = 0; run < 4; run += 1) await music(bench, 7);
		const first = structuredClone(bench.store.rows('Expectations'));
		bench.pass(61);
		await tick(bench);

		expect(first.map((row) => row.fields)).toEqual([expect.objectContaining({ count: 1, samples: '[7]' })]);
		expect(bench.store.rows('Expectations').map((row) => row.fields)).toEqual([
			expect.objectContaining({
				expectation_key: 'music.4',
				step: 'music',
				size_up_to_s: 16,
				count: 4,
				p50_s: 7,
				p90_s: 7,
				p99_s: 7,
				samples: '[7,7,7,7]',
			}),
		]);
	});

	it('survives a restart, together with what the new process has learned', async () => {
		const bench = new TrackerBench();
		await tick(bench);
		bench.pass(30);
		await bench.create(['one']);
		await tick(bench);
		for (let run = 0; run < 4; run += 1) {
			await music(bench, 7);
			bench.pass(61);
			await tick(bench);
		}
		const next = new TrackerBench(bench.store, 'process-2');
		next.nowMs = bench.nowMs;
		await music(next, 9);
		expect(next.store.rows('Expectations')[0].fields.count).toBe(4);

		await tick(next);
		next.pass(30);
		await tick(next);

		expect(next.tracker.context.memory.learned.book.get('music.4')).toEqual([7, 7, 7, 7, 9]);
		expect(next.store.rows('Expectations')[0].fields).toMatchObject({ count: 5, p50_s: 7 });
	});

	it('is read with care: a person may have typed there', async () => {
		const bench = new TrackerBench();
		const odd = ['[1,2', '{}', '["a",-1]', 7, undefined];
		for (const [index, samples] of odd.entries())
			await bench.store.create('Expectations', { expectation_key: `music.${index}`, samples });
		await bench.store.create('Expectations', { expectation_key: 'dance.4', samples: '[1]' });
		await bench.store.create('Expectations', { expectation_key: 'mix.4', samples: '[1]' });
		await bench.create(['one']);
		await tick(bench);
		bench.pass(30);
		await tick(bench);

		expect([...bench.tracker.context.memory.learned.book.keys()]).toEqual(['mix.4']);
	});

	it('is not missed where the table is not there, and asked for again after a while', async () => {
		class WithoutTable extends MemoryStore {
			asked = 0;

			override async list(...[table, options]: Parameters<MemoryStore['list']>) {
				if (table !== 'Expectations') return await super.list(table, options);
				this.asked += 1;
				return { ok: false as const, code: 'not_found', message: 'No such table.' };
			}
		}
		const store = new WithoutTable();
		const bench = new TrackerBench(store);
		await bench.create(['one']);
		for (let count = 0; count < 40; count += 1) {
			await tick(bench);
			bench.pass(30);
		}

		expect(store.asked).toBe(2);
	});

	it('costs nothing while nothing is under way', async () => {
		const bench = new TrackerBench();
		for (let count = 0; count < 20; count += 1) {
			await tick(bench);
			bench.pass(30);
		}

		expect(bench.store.requests).toBe(2);
	});
});

describe('expectations decide', () => {
	it('how long an attempt may take: twice what nearly all took, up to three hours', async () => {
		const bench = new TrackerBench();
		const deadlineAfter = async () => {
			const step = find(await bench.claim(await bench.create(['one'])), 'music');
			return (Date.parse(String(bench.job(step.jobKey).deadline_at)) - bench.nowMs) / 1000;
		};

		const before = await deadlineAfter();
		for (let run = 0; run < 20; run += 1) await music(bench, 2_000);
		const learned = await deadlineAfter();
		for (let run = 0; run < 20; run += 1) await music(bench, 20_000);

		expect([before, learned, await deadlineAfter()]).toEqual([1_800, 4_000, 10_800]);
	});

	it('how long a task is waited for of which nothing is known', async () => {
		const bench = new TrackerBench();
		for (let run = 0; run < 20; run += 1) await music(bench, 40);
		const step = find(await bench.claim(await bench.create(['one'])), 'music');
		const absent = { jobKey: step.jobKey, attempt: 1, h: step.h, evidence: 'absent' as const };
		// As after the end of the process that made the call.
		bench.tracker.context.claims.release(step);

		bench.pass(39);
		expect(good(await bench.tracker.matchNews(absent)).reason).toBe('waiting');
		bench.pass(2);
		expect(good(await bench.tracker.matchNews(absent)).reason).toBe('lost');
	});

	it('what a video still needs', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const before = good(await bench.tracker.getStatus(videoId)).etaS ?? 0;
		await bench.claim(videoId);
		bench.pass(60);
		const [active] = good(await bench.tracker.listActive());
		await bench.finish(videoId);

		expect(before).toBeGreaterThan(120);
		expect(active.etaS).toBeLessThan(before);
		expect(active.etaS).toBeGreaterThan(0);
	});
});
