import fc from 'fast-check';

import type { Failure } from '../../../engine/events';
import { shortHash } from '../../../engine/hash';
import { deriveVideo } from '../../../engine/video/derive';
import { inputJobsOf } from '../../../engine/video/graph';
import { adoptResult, claimJob, completeJob, failJob, judgeEvent, submitJob } from '../../../engine/video/lifecycle';
import { planVideo } from '../../../engine/video/planner';
import { isVideoEnded } from '../../../engine/video/transitions';
import type { JobFacts, VideoSnapshot } from '../../../engine/video/types';
import { buildVideo } from '../../support/videoBuilder';

const TICK_MS = 30_000;
const DEADLINE_MS = 30 * 60_000;
const TICKS_MAX = 2_000;

/** One call that is under way at a provider. */
interface Call {
	jobKey: string;
	attempt: number;
	h: string;
	answersAtMs: number;
	outcome: 'completed' | 'failed' | 'silent';
}

interface Delivery {
	call: Call;
	outcome: 'completed' | 'failed';
}

/** Chance, as fast-check draws it, so that a failing run shrinks and replays. */
interface Dice {
	below(limit: number): number;
}

const LOST: Failure = { class: 'lost', message: 'gone', began: 'unknown', retryable: true };
const FAILED: Failure = { class: 'provider_failed', message: 'the provider said no', began: 'yes', retryable: true };

/** A world of providers that lose, double, delay and reorder what they send, and a person who swaps clips. */
class World {
	nowMs = 1_000;
	calls: Call[] = [];
	mailbox: Delivery[] = [];
	paid: string[] = [];

	constructor(
		readonly snapshot: VideoSnapshot,
		private readonly dice: Dice,
	) {}

	private replace(job: JobFacts): void {
		this.snapshot.jobs = this.snapshot.jobs.map((other) => (other.jobKey === job.jobKey ? job : other));
		this.snapshot.video = deriveVideo(this.snapshot, planVideo(this.snapshot, this.nowMs).waitingForClip, this.nowMs);
	}

	advance(): void {
		const plan = planVideo(this.snapshot, this.nowMs);
		for (const adoption of plan.adoptions) this.replace(adoptResult(adoption, this.nowMs));
		for (const claim of plan.claims) {
			const isTaken = this.calls.some((call) => call.jobKey === claim.job.jobKey && call.attempt === claim.attempt);
			expect(isTaken).toBe(false);
			for (const input of inputJobsOf(this.snapshot, claim.job)) expect(input.status).toBe('completed');
			const claimed = claimJob(this.snapshot, claim, { nowMs: this.nowMs, holder: 'me', tickS: TICK_MS / 1000 });
			this.replace(claimed);
			this.submit(claimed);
		}
	}

	private submit(job: JobFacts): void {
		const outcome = (['completed', 'completed', 'completed', 'failed', 'silent'] as const)[this.dice.below(5)];
		const call: Call = {
			jobKey: job.jobKey,
			attempt: job.attempt,
			h: shortHash(job.inputHash ?? ''),
			answersAtMs: this.nowMs + this.dice.below(90_000),
			outcome,
		};
		this.calls.push(call);
		this.paid.push(`${call.jobKey}|${call.attempt}`);
		if (this.dice.below(4) > 0) {
			const note = { attempt: job.attempt, externalId: `x${this.calls.length}`, nowMs: this.nowMs, tickS: 30 };
			const submitted = submitJob(this.snapshot, job, note);
			if (submitted) this.replace(submitted);
		}
	}

	/** Providers that are done send their callbacks: none, one or several. */
	callbacks(): void {
		for (const call of this.calls) {
			if (call.outcome === 'silent' || call.answersAtMs > this.nowMs || this.dice.below(3) === 0) continue;
			for (let copies = this.dice.below(3); copies > 0; copies -= 1) {
				this.mailbox.splice(this.dice.below(this.mailbox.length + 1), 0, { call, outcome: call.outcome });
			}
		}
		while (this.mailbox.length > 0 && this.dice.below(4) > 0) {
			const delivery = this.mailbox.shift();
			if (delivery) this.deliver(delivery);
		}
	}

	private deliver({ call, outcome }: Delivery): void {
		const job = this.snapshot.jobs.find((candidate) => candidate.jobKey === call.jobKey);
		if (!job) throw new Error('no such job');
		const verdict = judgeEvent(this.snapshot, { ...call, outcome });
		if (verdict === 'take') {
			const output = { url: `https://spaces.test/${call.h}`, bytes: 1, durationS: 10 };
			const completed = completeJob(job, { output, nowMs: this.nowMs });
			if (!completed.ok) throw new Error(completed.message);
			expect(shortHash(job.inputHash ?? '')).toBe(call.h);
			this.replace(completed.value);
		}
		if (verdict === 'failed') this.fail(job, call.attempt, FAILED);
	}

	private fail(job: JobFacts, attempt: number, failure: Failure): void {
		const failed = failJob(this.snapshot, job, { attempt, failure, nowMs: this.nowMs, random: () => 0.5 });
		if (failed) this.replace(failed);
	}

	/** The tick: asks every provider about what is under way, and gives up what is past its deadline. */
	tick(): void {
		for (const job of this.snapshot.jobs.filter((candidate) => candidate.status === 'processing')) {
			const call = this.calls.find((candidate) => candidate.jobKey === job.jobKey && candidate.attempt === job.attempt);
			if (call && call.outcome !== 'silent' && call.answersAtMs <= this.nowMs)
				this.deliver({ call, outcome: call.outcome });
			else if (this.nowMs - (job.claimedAtMs ?? 0) > DEADLINE_MS) this.fail(job, job.attempt, LOST);
		}
	}

	person(): void {
		if (this.dice.below(6) > 0) return;
		const index = this.dice.below(this.snapshot.segments.length);
		const clip = { id: `att${this.dice.below(1_000)}`, url: 'https://airtable.test/clip.mp4', fileName: 'clip.mp4' };
		this.snapshot.segments = this.snapshot.segments.map((segment, at) =>
			at === index ? { ...segment, clip } : segment,
		);
	}

	/** In the end a person has put a clip into every segment that waits for one. */
	giveAllClips(): void {
		this.snapshot.segments = this.snapshot.segments.map((segment) => ({
			...segment,
			clip: segment.clip ?? { id: `att-${segment.order}`, url: 'https://airtable.test/c.mp4', fileName: 'c.mp4' },
		}));
	}
}

function run(world: World): void {
	for (let ticks = 0; ticks < TICKS_MAX && !isVideoEnded(world.snapshot.video.status); ticks += 1) {
		if (ticks < 20) world.person();
		if (ticks === 20) world.giveAllClips();
		world.callbacks();
		world.advance();
		world.nowMs += TICK_MS;
		world.tick();
	}
}

const shape = fc.record({
	texts: fc.array(fc.constantFrom('one', 'two', 'two', 'three'), { minLength: 1, maxLength: 6 }),
	background: fc.constantFrom('user' as const, 'generated' as const),
});

describe('the planner, under lost, doubled, late and reordered events', () => {
	it('brings every video to completed or to failed with a reason', () => {
		fc.assert(
			fc.property(shape, fc.infiniteStream(fc.nat(1_000_000)), (video, stream) => {
				const dice: Dice = { below: (limit) => (limit <= 0 ? 0 : stream.next().value % limit) };
				const world = new World(buildVideo(video), dice);

				run(world);

				const { status, errorMessage } = world.snapshot.video;
				expect(['completed', 'failed']).toContain(status);
				if (status === 'failed') expect(errorMessage).toMatch(/gone|said no/);
				if (status === 'completed') {
					expect(world.snapshot.jobs.every((job) => job.status === 'completed' && job.output)).toBe(true);
				}
				expect(new Set(world.paid).size).toBe(world.paid.length);
			}),
			{ numRuns: 300 },
		);
	});

	it('plans nothing for a video that has ended', () => {
		fc.assert(
			fc.property(shape, fc.constantFrom('completed' as const, 'failed' as const), (video, status) => {
				const snapshot = buildVideo(video);
				snapshot.video.status = status;

				const plan = planVideo(snapshot, 0);

				expect(plan.claims).toEqual([]);
				expect(plan.adoptions).toEqual([]);
			}),
		);
	});

	it('makes one call of equal segments', () => {
		const snapshot = buildVideo({ texts: ['the same', 'the same', 'another'] });

		const claims = planVideo(snapshot, 0).claims;

		expect(claims.filter((claim) => claim.job.step === 'voiceover')).toHaveLength(2);
		expect(claims.filter((claim) => claim.job.step === 'background')).toHaveLength(2);
	});

	describe('where an equal segment was paid for and waits for its next attempt', () => {
		const voices = (snapshot: VideoSnapshot, nowMs: number) =>
			planVideo(snapshot, nowMs).claims.filter(({ job }) => job.step === 'voiceover');

		function lostOnce(changes: Partial<JobFacts> = {}): VideoSnapshot {
			const snapshot = buildVideo({ texts: ['the same', 'the same', 'another'] });
			const [{ job, work }] = voices(snapshot, 0);
			const waiting = { attempt: 1, inputHash: work.inputHash, paidHash: work.inputHash, nextCheckAtMs: 60_000 };
			snapshot.jobs = snapshot.jobs.map((one) => (one === job ? { ...one, ...waiting, ...changes } : one));
			return snapshot;
		}

		it('waits with it, so that only the attempt that looks for the paid result is made', () => {
			const before = voices(lostOnce(), 0);
			const after = voices(lostOnce(), 60_000);

			expect(before.map(({ job }) => job.order)).toEqual([3]);
			expect(after.map(({ job, attempt }) => [job.order, attempt])).toEqual([
				[1, 2],
				[3, 1],
			]);
		});

		it('lets the paid one go first after a person’s retry, too', () => {
			const snapshot = lostOnce({ inputHash: undefined, nextCheckAtMs: undefined });
			snapshot.jobs.reverse();

			expect(voices(snapshot, 0).map(({ job, attempt }) => [job.order, attempt])).toEqual([
				[3, 1],
				[1, 2],
			]);
		});

		it('starts where the paid one is to say something else by now', () => {
			const snapshot = lostOnce();
			snapshot.segments = snapshot.segments.map((one) => (one.order === 1 ? { ...one, text: 'new' } : one));

			expect(voices(snapshot, 0).map(({ job }) => job.order)).toEqual([2, 3]);
		});

		it('starts where nothing was paid', () => {
			expect(voices(lostOnce({ paidHash: undefined }), 0).map(({ job }) => job.order)).toEqual([2, 3]);
		});
	});
});
