import type { JobFacts, Step } from '../../engine/video/types';
import { isClaimAlive } from '../../tracker/claimLife';
import type { ClaimPhase } from '../../tracker/claimRegistry';
import { claimRefOf } from '../../tracker/looks';
import { TrackerBench } from '../support/trackerBench';

const HOUR_S = 3_600;

/** Whether a claim is alive that has been in a phase for so long. */
async function isAliveAfter(step: Step, phase: ClaimPhase, seconds: number, deadlineS?: number): Promise<boolean> {
	const bench = new TrackerBench();
	const job = { jobKey: `vid_1.${step}`, step, attempt: 1, inputHash: 'a'.repeat(64) } as JobFacts;
	const deadlineAtMs = deadlineS === undefined ? undefined : bench.nowMs + deadlineS * 1_000;
	const { claims } = bench.tracker.context;
	await claims.take(claimRefOf(job), bench.nowMs);
	claims.mark(claimRefOf(job), phase, bench.nowMs);
	return await isClaimAlive(bench.tracker.context, { ...job, deadlineAtMs }, bench.nowMs + seconds * 1_000);
}

describe('a claim', () => {
	it.each<[Step, ClaimPhase, number]>([
		['music', 'waiting', 300],
		['background', 'waiting', 900],
		['music', 'calling', 900],
		['voiceover', 'settling', 600],
	])('for %s is alive while it is %s for less than %d seconds', async (step, phase, limitS) => {
		expect(await isAliveAfter(step, phase, limitS - 1)).toBe(true);
		expect(await isAliveAfter(step, phase, limitS)).toBe(false);
	});

	it('of a voice waits for a slot until the deadline of its attempt', async () => {
		expect(await isAliveAfter('voiceover', 'waiting', 9 * HOUR_S)).toBe(true);
		expect(await isAliveAfter('voiceover', 'waiting', HOUR_S, HOUR_S)).toBe(false);
	});

	it('whose call is under way outlives the deadline of its attempt', async () => {
		expect(await isAliveAfter('voiceover', 'calling', 60, 30)).toBe(true);
	});

	it('that nobody holds is not alive', async () => {
		const { context } = new TrackerBench().tracker;
		const job = { jobKey: 'vid_1.music', step: 'music', attempt: 1, inputHash: 'b' } as JobFacts;

		expect(await isClaimAlive(context, job, 0)).toBe(false);
	});
});
