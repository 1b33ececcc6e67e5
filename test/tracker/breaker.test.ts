import type { Failure } from '../../engine/events';
import type { ClaimedStep } from '../../tracker/types';
import { good, TrackerBench } from '../support/trackerBench';

const DOWN: Failure = { class: 'unavailable', message: 'Bad\ngateway', began: 'no', retryable: true };
const find = <T extends { step: string }>(steps: T[], step: string): T => steps.find((found) => found.step === step)!;

/** GoAPI fails for one video after the other, until it is left alone. */
async function breakGoApi(bench: TrackerBench): Promise<string[]> {
	const videoIds = [];
	for (let count = 0; count < 5; count += 1) {
		const videoId = await bench.create([`text ${count}`]);
		videoIds.push(videoId);
		const music = find(await bench.claim(videoId), 'music');
		good(await bench.tracker.fail(music.jobKey, 1, DOWN));
	}
	return videoIds;
}

describe('a service that fails', () => {
	it('is left alone: its steps wait and say why, the others go on', async () => {
		const bench = new TrackerBench();
		await breakGoApi(bench);
		const videoId = await bench.create(['next']);

		const steps = await bench.claim(videoId);

		expect(steps.map((step) => step.service)).toEqual(['elevenLabs']);
		expect(bench.video(videoId).waiting_for).toMatch(
			/^GoAPI has failed since 2026-01-01T00:00:00.000Z \(Bad gateway\); its steps wait/,
		);
		expect(bench.job(`${videoId}.music`)).toMatchObject({ status: 'pending', attempt: 0 });
	});

	it('does not keep the recovery flow busy, and people are told of it once', async () => {
		const bench = new TrackerBench();
		const [videoId] = await breakGoApi(bench);
		bench.pass(10);
		const due = async () => good(await bench.tracker.findDue()).filter((item) => item.videoId === videoId);

		expect(await due()).toEqual([{ look: 'advance', videoId }]);
		expect(await bench.claim(videoId)).toEqual([]);
		expect(await due()).toEqual([]);
		expect(bench.video(videoId).waiting_for).toContain('GoAPI');
	});

	it('is tried with one step after its rest; when that succeeds all go on, and nothing is shown any more', async () => {
		const bench = new TrackerBench();
		const videoIds = await breakGoApi(bench);
		bench.pass(61);

		const probes = [];
		for (const videoId of videoIds) probes.push(...(await bench.claim(videoId)));
		good(await bench.tracker.markSubmitted({ jobKey: probes[0].jobKey, attempt: probes[0].attempt, externalId: 't' }));
		const others = [];
		for (const videoId of videoIds) others.push(...(await bench.claim(videoId)));

		expect(probes.map((step) => step.service)).toEqual(['goApi']);
		expect(others).toHaveLength(4);
		for (const videoId of videoIds) expect(bench.video(videoId).waiting_for).toBeUndefined();
	});

	it('is offered to one of the videos that wait, and their rows are not written again', async () => {
		const bench = new TrackerBench();
		const videoIds = await breakGoApi(bench);
		bench.pass(10);
		for (const videoId of videoIds) await bench.claim(videoId);
		const advances = async () => {
			bench.pass(30);
			const due = good(await bench.tracker.findDue()).filter((item) => item.look === 'advance');
			for (const { videoId } of due) {
				for (const probe of await bench.claim(videoId))
					good(await bench.tracker.fail(probe.jobKey, probe.attempt, DOWN));
			}
			return due.length;
		};

		const counts = [await advances(), await advances(), await advances(), await advances()];

		// The one that probed in vain says again what it waits for.
		expect(counts).toEqual([1, 1, 1, 1]);
	});

	it('rests longer each time its probe fails', async () => {
		const bench = new TrackerBench();
		const [videoId] = await breakGoApi(bench);
		bench.pass(61);
		const [probe] = await bench.claim(videoId);

		good(await bench.tracker.fail(probe.jobKey, probe.attempt, DOWN));
		bench.pass(40);

		expect(await bench.claim(videoId)).toEqual([]);
		bench.pass(30);
		expect(await bench.claim(videoId)).toHaveLength(1);
	});

	it('is one failure a tick where many jobs could not be looked at', async () => {
		const bench = new TrackerBench();
		const jobs: ClaimedStep[] = [];
		for (let count = 0; count < 6; count += 1)
			jobs.push(find(await bench.claim(await bench.create([`${count}`])), 'music'));
		const look = async () => {
			for (const { jobKey, h } of jobs) {
				const news = { jobKey, attempt: 1, h, evidence: 'unreachable' as const, service: 'goApi' as const };
				good(await bench.tracker.matchNews({ ...news, failure: DOWN }));
			}
		};
		const held = async () =>
			(await bench.claim(await bench.create(['next']))).every((step) => step.step === 'voiceover');

		await look();
		expect(await held()).toBe(false);
		for (let tick = 0; tick < 4; tick += 1) {
			bench.pass(30);
			await look();
		}
		expect(await held()).toBe(true);
	});

	it('is told to people once, and its end, too', async () => {
		const bench = new TrackerBench();
		const [videoId] = await breakGoApi(bench);
		const { notices } = bench.tracker.context.memory;
		const opened = [...notices.values()].map(({ notice, isOver }) => ({ key: notice.key, isOver }));
		for (const open of notices.values()) open.toldVersion = 'open';

		bench.pass(61);
		const [probe] = await bench.claim(videoId);
		good(await bench.tracker.fail(probe.jobKey, probe.attempt, { ...DOWN, message: 'other words' }));
		const stillKnown = notices.get('circuit_open|goApi');
		expect({ told: stillKnown?.toldVersion, now: stillKnown?.notice.version }).toEqual({ told: 'open', now: 'open' });
		bench.pass(121);
		const [second] = await bench.claim(videoId);
		good(await bench.tracker.markSubmitted({ jobKey: second.jobKey, attempt: second.attempt, externalId: 't' }));

		expect(opened).toEqual([{ key: 'circuit_open|goApi', isOver: false }]);
		expect(notices.get('circuit_open|goApi')).toMatchObject({
			isOver: true,
			notice: { message: 'GoAPI works again.' },
		});
	});

	it('is not meant by a refusal of what was asked for', async () => {
		const bench = new TrackerBench();
		for (let count = 0; count < 10; count += 1) {
			const music = find(await bench.claim(await bench.create([`text ${count}`])), 'music');
			good(await bench.tracker.fail(music.jobKey, 1, { ...DOWN, class: 'refused' }));
		}

		expect((await bench.claim(await bench.create(['next']))).map((step) => step.step)).toContain('music');
	});

	it('is still shown after a restart until it is known to work', async () => {
		const bench = new TrackerBench();
		await breakGoApi(bench);
		const videoId = await bench.create(['next']);
		await bench.claim(videoId);

		const next = new TrackerBench(bench.store, 'process-2');
		next.nowMs = bench.nowMs + 1_000;
		const due = good(await next.tracker.findDue());
		await next.claim(videoId);

		expect(due).toContainEqual({ look: 'advance', videoId });
		expect(next.video(videoId).waiting_for).toBeUndefined();
	});
});
