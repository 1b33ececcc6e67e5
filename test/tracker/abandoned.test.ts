import type { ClaimedStep } from '../../tracker/types';
import { good, TrackerBench } from '../support/trackerBench';

const DEADLINE_S = 30 * 60;

/** Combines of new videos, submitted to these queues in turn, one second apart. */
async function submitTo(bench: TrackerBench, queueIds: string[]): Promise<ClaimedStep[]> {
	const submitted: ClaimedStep[] = [];
	for (const [index, queueId] of queueIds.entries()) {
		const videoId = await bench.create([`Story ${index} of ${bench.nowMs}.`]);
		for (const step of await bench.claim(videoId)) await bench.complete(step);
		const [combine] = await bench.claim(videoId);
		const { jobKey, attempt } = combine;
		bench.pass(1);
		good(await bench.tracker.markSubmitted({ jobKey, attempt, externalId: jobKey, queueId }));
		submitted.push(combine);
	}
	return submitted;
}

async function lookAt(bench: TrackerBench, { jobKey, h }: ClaimedStep): Promise<string> {
	return good(await bench.tracker.matchNews({ jobKey, attempt: 1, h, evidence: 'queued' })).reason;
}

describe('a job that stands in the queue of a toolkit that was restarted', () => {
	it('is given up at its deadline, once many later jobs went to other queues', async () => {
		const bench = new TrackerBench();
		const [old] = await submitTo(bench, ['before']);
		await submitTo(
			bench,
			Array.from({ length: 8 }, () => 'after'),
		);

		const early = await lookAt(bench, old);
		bench.pass(DEADLINE_S);

		expect([early, await lookAt(bench, old)]).toEqual(['waiting', 'timeout']);
	});

	it('keeps its extended deadline while its queue is given work, or while little went elsewhere', async () => {
		const busy = new TrackerBench();
		const [first] = await submitTo(busy, ['one']);
		await submitTo(busy, [...Array.from({ length: 8 }, () => 'two'), 'one']);
		const quiet = new TrackerBench();
		const [only] = await submitTo(quiet, ['one']);
		await submitTo(quiet, ['two', 'two']);
		busy.pass(DEADLINE_S);
		quiet.pass(DEADLINE_S);

		expect(await lookAt(busy, first)).toBe('queued');
		expect(await lookAt(quiet, only)).toBe('queued');
	});
});
