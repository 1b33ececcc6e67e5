import { ALERTS_PER_HOUR_MAX, HELD_ALERT_MS, OPENINGS_PER_HOUR_MAX } from '../../tracker/constants';
import { raise, recover, type AlertItem, type Notice } from '../../tracker/notices';
import { good, TrackerBench } from '../support/trackerBench';

const CIRCUIT: Notice = {
	key: 'circuit_open|goApi',
	kind: 'circuit_open',
	severity: 'error',
	message: 'GoAPI fails; its steps wait.',
	version: 'open',
	service: 'goApi',
};
const HOUR_S = 3600;

/** What the alert flow does with a tick: claims each notice, and gives those that people are told. */
async function tick(bench: TrackerBench): Promise<AlertItem[]> {
	const told: AlertItem[] = [];
	for (const item of good(await bench.tracker.findDue())) {
		if (item.look !== 'alert') continue;
		const claim = good(await bench.tracker.claimAlert({ cause: item.title, notice: item }));
		if (claim.tell) told.push(claim.alert);
	}
	return told;
}

const rowsOf = (bench: TrackerBench) => bench.store.rows('Alerts').map(({ fields }) => fields);

describe('alerts about a cause', () => {
	let bench: TrackerBench;
	beforeEach(() => {
		bench = new TrackerBench();
	});
	const say = (notice: Partial<Notice> = {}, on = bench) => raise(on.tracker.context, { ...CIRCUIT, ...notice });
	const end = (on = bench) => recover(on.tracker.context, CIRCUIT.key, 'GoAPI works again.');

	it('are told once however often it fails, and once more when it is over', async () => {
		const told: AlertItem[] = [];
		for (let round = 0; round < 20; round += 1) {
			say();
			told.push(...(await tick(bench)));
			bench.pass(30);
		}
		expect(told.map(({ state, title }) => [state, title])).toEqual([['open', 'A service fails']]);
		expect(rowsOf(bench)).toMatchObject([
			{ alert_key: CIRCUIT.key, kind: 'circuit_open', state: 'open', severity: 'error', told: 1 },
		]);
		end();
		expect(await tick(bench)).toMatchObject([{ state: 'recovered', message: 'GoAPI works again.' }]);
		expect(await tick(bench)).toEqual([]);
		expect(rowsOf(bench)).toMatchObject([{ state: 'recovered', message: 'GoAPI works again.' }]);
		expect(rowsOf(bench)[0].recovered_at).toBeDefined();
	});

	it('are repeated when it changes, and counted', async () => {
		say();
		await tick(bench);
		say({ version: 'worse', severity: 'critical' });
		expect(await tick(bench)).toMatchObject([{ severity: 'critical' }]);
		expect(rowsOf(bench)).toMatchObject([{ told: 2, severity: 'critical' }]);
	});

	it('are told by one of two claims of the same tick', async () => {
		say();
		const [item] = good(await bench.tracker.findDue());
		if (item.look !== 'alert') throw new Error('no alert');
		const claims = await Promise.all(
			[1, 2].map(async () => await bench.tracker.claimAlert({ cause: '', notice: item })),
		);
		expect(claims.map((claim) => good(claim).tell)).toEqual([true, false]);
	});

	it('are not told when the cause has changed since the tick: the next one tells how it is then', async () => {
		say();
		const [item] = good(await bench.tracker.findDue());
		if (item.look !== 'alert') throw new Error('no alert');
		say({ version: 'worse' });
		expect(good(await bench.tracker.claimAlert({ cause: '', notice: item })).tell).toBe(false);
		end();
		expect(good(await bench.tracker.claimAlert({ cause: '', notice: item })).tell).toBe(false);
		expect(await tick(bench)).toEqual([]);
	});

	it('are not told twice after a restart, and their end is told by the next process', async () => {
		say();
		await tick(bench);
		const next = new TrackerBench(bench.store, 'process-2');
		next.nowMs = bench.nowMs + 60_000;
		say({}, next);
		const before = bench.store.requests;
		expect(await tick(next)).toEqual([]);
		// Two for the scan at start, one for what was told.
		expect(bench.store.requests - before).toBeLessThanOrEqual(3);
		end(next);
		expect(await tick(next)).toMatchObject([{ state: 'recovered' }]);
		expect(rowsOf(bench)).toMatchObject([{ state: 'recovered' }]);
	});

	it('are told of a second time after a restart only when the cause has changed', async () => {
		say();
		await tick(bench);
		const next = new TrackerBench(bench.store, 'process-2');
		say({ version: 'worse' }, next);
		expect(await tick(next)).toHaveLength(1);
		expect(rowsOf(next)).toMatchObject([{ told: 2 }]);
	});

	it('of two processes that share their notes are told by one', async () => {
		const other = new TrackerBench(bench.store, 'process-2');
		other.tracker.context.notes = bench.tracker.context.notes;
		say();
		say({}, other);
		expect(await tick(bench)).toHaveLength(1);
		expect(await tick(other)).toEqual([]);
		end();
		end(other);
		expect(await tick(bench)).toHaveLength(1);
		expect(await tick(other)).toEqual([]);
		say({}, other);
		expect(await tick(other)).toHaveLength(1);
	});

	it('of a tick of another process are told where they arrive, once', async () => {
		const other = new TrackerBench(bench.store, 'process-2');
		other.tracker.context.notes = bench.tracker.context.notes;
		const tellThere = async () => {
			const told: AlertItem[] = [];
			for (const item of good(await bench.tracker.findDue())) {
				if (item.look !== 'alert') continue;
				const claim = good(await other.tracker.claimAlert({ cause: '', notice: item }));
				if (claim.tell) told.push(claim.alert);
			}
			return told;
		};
		say();
		expect(await tellThere()).toEqual([]);
		other.tracker.context.settings.lock = 'redis';
		bench.tracker.context.settings.lock = 'redis';
		expect(await tellThere()).toMatchObject([{ alertKey: CIRCUIT.key, state: 'open', title: 'A service fails' }]);
		expect(await tick(bench)).toEqual([]);
		end();
		expect(await tellThere()).toMatchObject([{ state: 'recovered', title: 'Over: A service fails' }]);
		expect(await tick(bench)).toEqual([]);
		expect(rowsOf(bench)).toMatchObject([{ state: 'recovered' }]);
	});

	it('that comes and goes are told a few times an hour, and later how it is then', async () => {
		const told: AlertItem[] = [];
		for (let round = 0; round < 10; round += 1) {
			say();
			told.push(...(await tick(bench)));
			end();
			told.push(...(await tick(bench)));
			bench.pass(60);
		}
		expect(told.filter(({ state }) => state === 'open')).toHaveLength(OPENINGS_PER_HOUR_MAX);
		expect(told).toHaveLength(2 * OPENINGS_PER_HOUR_MAX);
		say();
		expect(await tick(bench)).toEqual([]);
		// While it is held back, no tick even asks.
		expect(good(await bench.tracker.findDue())).toEqual([]);
		bench.pass(HOUR_S + HELD_ALERT_MS / 1000);
		expect(await tick(bench)).toHaveLength(1);
	});

	it('of many causes keep to a number an hour; what is critical goes out, the others follow', async () => {
		const many = ALERTS_PER_HOUR_MAX + 5;
		for (let index = 0; index < many; index += 1) say({ key: `stuck|${index}` });
		say({ key: 'quota', severity: 'critical' });
		const told = await tick(bench);
		expect(told).toHaveLength(ALERTS_PER_HOUR_MAX);
		expect(told[0].alertKey).toBe('quota');
		say({ key: 'quota 2', severity: 'critical' });
		expect(await tick(bench)).toHaveLength(1);
		bench.pass(HOUR_S);
		expect(await tick(bench)).toHaveLength(6);
	});

	it('go out from memory where Airtable refuses', async () => {
		const { store, tracker } = bench;
		good(await tracker.findDue());
		store.isDown = true;
		tracker.context.memory.airtable = { isWorking: false, sinceMs: 0 };
		say();
		expect(await tick(bench)).toHaveLength(1);
		bench.pass(HOUR_S);
		say({ key: 'other' });
		// Now the scan is refused, too: what people must know comes first, the refusal with the next tick.
		expect(await tick(bench)).toHaveLength(1);
		expect(await tracker.findDue()).toMatchObject({ ok: false });
	});

	it('read the table again where the first reading failed, and pass over rows that people spoiled', async () => {
		say();
		await tick(bench);
		bench.store
			.rows('Alerts')
			.push(
				{ id: 'recX', createdTime: '', fields: { alert_key: 'x', kind: 'nonsense', state: 'open' } },
				{ id: 'recY', createdTime: '', fields: { kind: 'cost', state: 'open' } },
				{ id: 'recZ', createdTime: '', fields: { alert_key: 'cost', kind: 'cost', state: 'open', first_at: 'soon' } },
			);
		const next = new TrackerBench(bench.store, 'process-2');
		good(await next.tracker.findDue());
		bench.store.isDown = true;
		say({ key: 'other' }, next);
		expect(await tick(next)).toHaveLength(1);
		bench.store.isDown = false;
		say({}, next);
		expect(await tick(next)).toEqual([]);
		expect([...next.tracker.context.memory.notices.keys()].sort()).toEqual([CIRCUIT.key, 'cost', 'other'].sort());
	});
});

describe('alerts about a failed video', () => {
	const failure = {
		class: 'refused' as const,
		message: 'No voice of that name',
		began: 'no' as const,
		retryable: false,
	};

	it('say what happened, where, and what the provider said; and are over when the video is finished', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['One. Two.']);
		const steps = await bench.claim(videoId);
		const [step] = steps.filter((claimed) => claimed.step === 'voiceover');
		good(await bench.tracker.fail(step.jobKey, step.attempt, failure));
		const claim = async () => good(await bench.tracker.claimAlert({ videoId, cause: 'x' }));
		expect(await claim()).toMatchObject({
			tell: true,
			alert: {
				alertKey: `job_failed|${videoId}`,
				kind: 'job_failed',
				title: 'A video could not be finished: Title',
				message: 'The step voiceover of segment 1 failed for good with attempt 1.',
				reason: expect.stringContaining('No voice of that name'),
				service: 'elevenLabs',
				videoId,
				jobKey: step.jobKey,
				step: 'voiceover',
				attempt: 1,
			},
		});
		expect(await claim()).toEqual({ tell: false });
		expect(rowsOf(bench)).toMatchObject([{ kind: 'job_failed', video_id: videoId, state: 'open', told: 1 }]);

		good(await bench.tracker.retry({ videoId }));
		for (const other of steps) if (other !== step) await bench.complete(other);
		await bench.finish(videoId);
		const told = await tick(bench);
		expect(told).toMatchObject([{ state: 'recovered', videoId, title: 'Over: A video could not be finished: Title' }]);
		expect(await tick(bench)).toEqual([]);
	});

	it('are told again when it fails anew after a retry', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['One.']);
		const failOnce = async () => {
			const [step] = (await bench.claim(videoId)).filter((claimed) => claimed.step === 'voiceover');
			good(await bench.tracker.fail(step.jobKey, step.attempt, failure));
			return good(await bench.tracker.claimAlert({ videoId, cause: 'x' })).tell;
		};
		expect(await failOnce()).toBe(true);
		good(await bench.tracker.retry({ videoId }));
		expect(await failOnce()).toBe(true);
		expect(rowsOf(bench)).toMatchObject([{ told: 2 }]);
	});

	it('are held back when people were told enough, and found again by the recovery flow', async () => {
		const bench = new TrackerBench();
		for (let index = 0; index < ALERTS_PER_HOUR_MAX; index += 1) {
			good(await bench.tracker.claimAlert({ cause: `broken ${index}` }));
		}
		expect(good(await bench.tracker.claimAlert({ cause: 'one more' })).tell).toBe(false);
		const videoId = await bench.create(['One.']);
		const [step] = (await bench.claim(videoId)).filter((claimed) => claimed.step === 'voiceover');
		good(await bench.tracker.fail(step.jobKey, step.attempt, failure));
		expect(good(await bench.tracker.claimAlert({ videoId, cause: 'x' })).tell).toBe(false);
		bench.pass(HOUR_S);
		const due = good(await bench.tracker.findDue());
		expect(due).toContainEqual(expect.objectContaining({ look: 'tell', videoId }));
		expect(good(await bench.tracker.claimAlert({ videoId, cause: 'x' })).tell).toBe(true);
	});
});

describe('alerts about a broken workflow', () => {
	it('are told once per hour, by the next process, too', async () => {
		const bench = new TrackerBench();
		const told = async (on: TrackerBench) => good(await on.tracker.claimAlert({ cause: 'Workflow 04: broken' })).tell;
		expect(await told(bench)).toBe(true);
		expect(await told(bench)).toBe(false);
		const next = new TrackerBench(bench.store, 'process-2');
		next.nowMs = bench.nowMs + 600_000;
		expect(await told(next)).toBe(false);
		next.pass(HOUR_S);
		expect(await told(next)).toBe(true);
		const late = new TrackerBench(bench.store, 'process-3');
		late.nowMs = next.nowMs + 2 * HOUR_S * 1000;
		expect(await told(late)).toBe(true);
		expect(rowsOf(bench)).toHaveLength(1);
	});
});
