/**
 * A thousand jobs of which not one callback arrives: the real tracker over the Airtable stand-in with its real limits,
 * on a virtual clock, with providers that work at the pace of recorded runs. The peer is the same work with every
 * callback in place. What is counted is virtual time and requests to Airtable, so that figures repeat.
 */
import type { ProviderEvent } from '../engine/events';
import { readVideoOptions } from '../engine/video/options';
import { openBase, valueOf, type TestBase } from '../test/tracker/airtable/support';
import { DEFAULT_SETTINGS } from '../tracker/settings';
import { createTracker, type Tracker } from '../tracker/tracker';
import type { ClaimedStep, DueItem } from '../tracker/types';
import { readSize, rounded, runProgram, type Finding } from './support/program';

const JOBS = 1_000;
const SEGMENTS = 5;
/** Voice, background and combine of each segment, and the three steps of the whole video. */
const JOBS_PER_VIDEO = SEGMENTS * 3 + 3;
const SEGMENT_S = 10;
const MS_PER_S = 1_000;
const GIVE_UP_S = 24 * 3_600;
/** Seconds of work, and how many run at a time. */
const PACE: Record<ClaimedStep['service'], { seconds: number; atATime: number }> = {
	elevenLabs: { seconds: 3, atATime: 10 },
	goApi: { seconds: 110, atATime: 100 },
	nca: { seconds: 13.5, atATime: 8 },
	spaces: { seconds: 2, atATime: 50 },
};

/** One step at its provider. */
interface Task {
	step: ClaimedStep;
	isDone: boolean;
}

/** What the workflows do, with providers that take their time and callbacks that may never come. */
class Flow {
	private readonly busy = new Map<string, number>();

	private readonly waiting = new Map<string, Array<() => void>>();

	/** Submitted work by the provider's id. */
	private readonly tasks = new Map<string, Task>();

	dropped = 0;

	constructor(
		private readonly base: TestBase,
		private readonly tracker: Tracker,
		private readonly hasCallbacks: boolean,
	) {}

	private async work(service: ClaimedStep['service']): Promise<void> {
		const { seconds, atATime } = PACE[service];
		const queue = this.waiting.get(service) ?? [];
		this.waiting.set(service, queue);
		while ((this.busy.get(service) ?? 0) >= atATime) await new Promise<void>((resume) => queue.push(resume));
		this.busy.set(service, (this.busy.get(service) ?? 0) + 1);
		await this.base.clock.sleep(seconds * MS_PER_S);
		this.busy.set(service, (this.busy.get(service) ?? 0) - 1);
		queue.shift()?.();
	}

	private resultOf({ service, jobKey, attempt, h, objectKey, step }: ClaimedStep): ProviderEvent {
		const isWhole = step === 'concatenate' || step === 'mix';
		const durationS = isWhole ? SEGMENTS * SEGMENT_S : SEGMENT_S;
		const url = `http://127.0.0.1:1/${objectKey}`;
		const outputs = [{ url, kind: 'video' as const, durationS, bytes: 100, persisted: true }];
		const receivedAt = new Date(this.base.clock.now()).toISOString();
		return { service, jobKey, attempt, h, externalId: null, outcome: 'completed', outputs, receivedAt };
	}

	private async settle(step: ClaimedStep): Promise<void> {
		const event = this.resultOf(step);
		const { jobKey, attempt, h } = step;
		const { verdict } = valueOf(await this.tracker.matchNews({ jobKey, attempt, h, event }));
		if (verdict !== 'take') return;
		await this.base.clock.sleep(MS_PER_S);
		valueOf(await this.tracker.complete(event));
		await this.advance(step.videoId);
	}

	private async run(step: ClaimedStep): Promise<void> {
		if (step.service !== 'goApi' && step.service !== 'nca') {
			await this.work(step.service);
			return await this.settle(step);
		}
		const { jobKey, attempt } = step;
		const externalId = `${jobKey}#${attempt}`;
		const task: Task = { step, isDone: false };
		this.tasks.set(externalId, task);
		valueOf(await this.tracker.markSubmitted({ jobKey, attempt, externalId, queueId: step.service }));
		await this.work(step.service);
		task.isDone = true;
		if (!this.hasCallbacks) {
			this.dropped += 1;
			return;
		}
		this.tracker.recordEvent(this.resultOf(step));
		await this.settle(step);
	}

	async advance(videoId: string): Promise<void> {
		const steps = valueOf(await this.tracker.claimReadySteps(videoId));
		await Promise.all(steps.map(async (step) => await this.run(step)));
	}

	private async look(item: DueItem): Promise<void> {
		if (item.look === 'advance') return await this.advance(item.videoId);
		if (item.look !== 'nca' && item.look !== 'goApi' && item.look !== 'spaces') return;
		const task = this.tasks.get(item.externalId ?? '');
		if (task?.isDone) return await this.settle(task.step);
		const { jobKey, attempt, h } = item;
		const evidence = task ? 'running' : 'absent';
		const { verdict, failure } = valueOf(await this.tracker.matchNews({ jobKey, attempt, h, evidence }));
		if (verdict === 'failed' && failure) valueOf(await this.tracker.fail(jobKey, attempt, failure));
	}

	/** One tick of the recovery flow; what it starts goes on by itself. */
	async tick(going: Set<Promise<void>>): Promise<void> {
		for (const item of valueOf(await this.tracker.findDue())) {
			const work = this.look(item).finally(() => going.delete(work));
			going.add(work);
		}
	}
}

async function play(jobs: number, hasCallbacks: boolean) {
	const base = await openBase();
	try {
		const settings = { ...DEFAULT_SETTINGS };
		const store = base.openStore();
		const tracker = createTracker({ store, clock: base.clock, random: () => 0.5, settings, holderId: 'process-1' });
		const options = valueOf(readVideoOptions({ background: 'generated' }));
		const segments = (video: number) =>
			Array.from({ length: SEGMENTS }, (_, index) => ({
				order: index + 1,
				text: `Sentence ${index + 1} of story ${video}.`,
				startS: index * SEGMENT_S,
				endS: (index + 1) * SEGMENT_S,
			}));
		const flow = new Flow(base, tracker, hasCallbacks);
		const videos = Math.ceil(jobs / JOBS_PER_VIDEO);
		const startedMs = base.clock.now();
		const going = new Set<Promise<void>>();
		const started = Array.from({ length: videos }, async (_, video) => {
			const request = { title: `Story ${video}`, script: 'Script', segments: segments(video), options };
			const { videoId } = valueOf(await tracker.createVideo(request));
			const work = flow.advance(videoId).finally(() => going.delete(work));
			going.add(work);
		});
		await base.drive(Promise.all(started));
		while (tracker.context.cache.active().length > 0) {
			if (base.clock.now() - startedMs > GIVE_UP_S * MS_PER_S) throw new Error('the videos did not end in a day');
			await base.drive(flow.tick(going));
			await base.drive(base.clock.sleep(settings.tickS * MS_PER_S));
		}
		await base.drive(Promise.all(going));
		const minutes = (base.clock.now() - startedMs) / 60_000;
		await base.drive(base.clock.sleep(5 * MS_PER_S));
		const rows = await base.rows('Videos');
		const completed = rows.filter(({ fields }) => fields.status === 'completed').length;
		const { requests, tooManyRequests } = base.sandbox.report().airtable ?? { requests: 0, tooManyRequests: 0 };
		const done = completed * JOBS_PER_VIDEO;
		return {
			jobs: done,
			wanted: videos * JOBS_PER_VIDEO,
			dropped: flow.dropped,
			minutes: rounded(minutes),
			requests,
			tooManyRequests,
		};
	} finally {
		await base.close();
	}
}

async function measure(argv: string[]): Promise<Finding> {
	const jobs = readSize(argv, 'jobs', JOBS);
	const dropped = await play(jobs, false);
	const delivered = await play(jobs, true);
	if (dropped.jobs !== dropped.wanted || delivered.jobs !== delivered.wanted)
		throw new Error('not every job was completed');
	return {
		what: `${dropped.wanted} jobs of videos with ${SEGMENTS} segments, in virtual minutes`,
		rows: [
			{ name: 'every callback dropped', ...dropped },
			{ name: 'every callback delivered', ...delivered },
		],
		ratios: {
			seconds: dropped.minutes / delivered.minutes,
			requests: dropped.requests / delivered.requests,
		},
	};
}

runProgram(measure);
