/** @needs n8n queue-mode */
import { setTimeout as sleep } from 'node:timers/promises';
import { QueueEngine, type Row } from '../support/n8n/queueEngine';
import { hasPostgres } from '../support/postgresServer';
import { hasProgram } from '../support/redisServer';

const START_MS = 300_000;
const VIDEOS_MS = 900_000;
const VIDEOS = 10;
const POLL_MS = 250;

const missing = [...(hasProgram('redis-server') ? [] : ['redis-server']), ...(hasPostgres() ? [] : ['PostgreSQL'])];
const suite = missing.length === 0 ? describe : describe.skip;
const name = missing.length === 0 ? 'queue mode' : `queue mode (skipped: ${missing.join(', ')} is not installed)`;

const NUMBERS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** Words of its own for each video: equal work of two videos would be one paid call. Every third one has two segments. */
function requestFor(index: number): Record<string, unknown> {
	const first = `This is the film with the number ${NUMBERS[index]}.`;
	const script = index % 3 === 0 ? `${first} It says one thing more about ${NUMBERS[index]}.` : first;
	return {
		script_text: script,
		background: 'generated',
		target_segment_duration: 3,
		music_prompt: `A quiet piece with the number ${NUMBERS[index]}`,
	};
}

const underWay = (jobs: Row[]) => jobs.filter(({ status }) => status === 'processing');

suite(name, () => {
	let engine: QueueEngine;

	beforeAll(async () => {
		engine = await QueueEngine.start(2);
	}, START_MS);

	afterAll(async () => {
		await engine?.stop();
	}, START_MS);

	/** Waits until something holds of the Jobs rows, and gives them. */
	async function jobsWhen(holds: (jobs: Row[]) => boolean, deadlineMs: number): Promise<Row[]> {
		for (;;) {
			const jobs = await engine.rows('Jobs');
			if (holds(jobs)) return jobs;
			if (Date.now() > deadlineMs) {
				const open = jobs
					.filter(({ status }) => status !== 'completed')
					.map(({ job_key, status, history }) => ({ job_key, status, history }));
				throw new Error(`Still open: ${JSON.stringify(open, null, 1)}\n${await engine.logTails()}`);
			}
			await sleep(POLL_MS);
		}
	}

	it(
		'finishes ten videos at once although one of two workers is killed midway',
		async () => {
			const deadlineMs = Date.now() + VIDEOS_MS - 60_000;
			const sent = Array.from({ length: VIDEOS }, async (_unused, index) => await engine.send(requestFor(index)));
			const videoIds = await Promise.all(sent);

			// Midway: both workers have claimed, some work has ended and some is under way in each.
			const before = await jobsWhen((jobs) => {
				const holders = new Set(underWay(jobs).map(({ holder }) => holder));
				const done = jobs.filter(({ status }) => status === 'completed').length;
				return holders.size >= 2 && done >= VIDEOS;
			}, deadlineMs);
			await engine.n8n.workers[0].kill();
			const atDeath = await engine.rows('Jobs');

			const isOver = (row: Row) => row.status === 'completed' || row.status === 'failed';
			for (;;) {
				const videos = await engine.rows('Videos');
				if (videos.length === VIDEOS && videos.every(isOver)) break;
				await jobsWhen(() => true, deadlineMs);
				if (Date.now() > deadlineMs) await jobsWhen(() => false, 0);
				await sleep(POLL_MS);
			}
			const videos = await engine.rows('Videos');
			expect(videos.map(({ status, error_message }) => ({ status, error_message }))).toEqual(
				videos.map(() => ({ status: 'completed', error_message: undefined })),
			);
			expect(videos.map(({ video_id }) => String(video_id)).sort()).toEqual([...videoIds].sort());

			// Both workers did work. One of them no longer renews its lease: that is the one that was killed.
			const holders = new Set([...before, ...atDeath].map(({ holder }) => String(holder ?? '')).filter(Boolean));
			expect(holders.size).toBe(2);
			const alive = await engine.livingHolders();
			const killed = [...holders].filter((holder) => !alive.has(holder));
			expect(killed).toHaveLength(1);

			// Paid again: at most what was under way in the killed worker.
			const calls = engine.sandbox.report().paidCalls;
			const distinct = new Set(calls.map(({ service, route, inputHash }) => `${service} ${route} ${inputHash}`));
			const again = calls.length - distinct.size;
			const ofKilled = underWay([...before, ...atDeath]).filter(({ holder }) => holder === killed[0]);
			const inFlight = new Set(ofKilled.map(({ job_key }) => job_key)).size;
			expect(again).toBeLessThanOrEqual(inFlight);
			expect(engine.sandbox.report().airtable?.tooManyRequests).toBe(0);
			expect(engine.n8n.workers.map(({ isRunning }) => isRunning)).toEqual([false, true]);
		},
		VIDEOS_MS,
	);
});
