import type { ProviderEvent } from '../../engine/events';
import { readVideoOptions } from '../../engine/video/options';
import { DEFAULT_SETTINGS } from '../../tracker/settings';
import { createTracker, type Tracker } from '../../tracker/tracker';
import type { ClaimedStep } from '../../tracker/types';
import { openBase, type TestBase, valueOf } from './airtable/support';

const SEGMENTS = 10;
const SEGMENT_S = 10;
/** How long each step takes at its service, and how many of it run at a time; as in recorded runs. */
const PACE: Record<ClaimedStep['service'], { seconds: number; atATime: number }> = {
	elevenLabs: { seconds: 3, atATime: 2 },
	goApi: { seconds: 110, atATime: 50 },
	nca: { seconds: 13.5, atATime: 1 },
	spaces: { seconds: 2, atATime: 50 },
};

let base: TestBase;
afterEach(async () => await base.close());

/** Lets services work on one video at their pace, as the workflows do, until nothing is left. */
class Services {
	private readonly busy = new Map<string, number>();
	private readonly queues = new Map<string, Array<() => void>>();

	constructor(private readonly tracker: Tracker) {}

	private async work(service: ClaimedStep['service']): Promise<void> {
		const { seconds, atATime } = PACE[service];
		const queue = this.queues.get(service) ?? [];
		this.queues.set(service, queue);
		while ((this.busy.get(service) ?? 0) >= atATime) await new Promise<void>((resume) => queue.push(resume));
		this.busy.set(service, (this.busy.get(service) ?? 0) + 1);
		await base.clock.sleep(seconds * 1_000);
		this.busy.set(service, (this.busy.get(service) ?? 0) - 1);
		queue.shift()?.();
	}

	private async run(step: ClaimedStep): Promise<void> {
		const { tracker } = this;
		const { jobKey, attempt, h, service, objectKey } = step;
		const isAsync = service === 'goApi' || service === 'nca';
		if (isAsync) valueOf(await tracker.markSubmitted({ jobKey, attempt, externalId: `task of ${jobKey}` }));
		await this.work(service);
		const isWhole = step.step === 'concatenate' || step.step === 'mix';
		const durationS = isWhole ? SEGMENTS * SEGMENT_S : SEGMENT_S;
		const url = `http://127.0.0.1:1/${objectKey}`;
		const outputs = [{ url, kind: 'video' as const, durationS, bytes: 100, persisted: true }];
		const event: ProviderEvent = {
			...{ service, jobKey, attempt, h, externalId: null, outcome: 'completed', outputs },
			receivedAt: '',
		};
		if (isAsync) tracker.recordEvent(event);
		valueOf(await tracker.matchNews({ jobKey, attempt, h, event }));
		await base.clock.sleep(1_000);
		valueOf(await tracker.complete(event));
		await this.advance(step.videoId);
	}

	async advance(videoId: string): Promise<void> {
		const steps = valueOf(await this.tracker.claimReadySteps(videoId));
		await Promise.all(steps.map(async (step) => await this.run(step)));
	}
}

describe('the requests of a video', () => {
	it('stay few per segment, paid calls and all', async () => {
		base = await openBase();
		const settings = { ...DEFAULT_SETTINGS };
		const tracker = createTracker({
			...{ store: base.openStore(), clock: base.clock, random: () => 0.5, settings, holderId: 'process-1' },
		});
		const segments = Array.from({ length: SEGMENTS }, (_, index) => ({
			...{ order: index + 1, text: `Sentence ${index + 1}.`, startS: index * SEGMENT_S, endS: (index + 1) * SEGMENT_S },
		}));
		const options = valueOf(readVideoOptions({ background: 'generated' }));
		const before = base.requests.length;
		const request = { title: 'Title', script: 'Script', segments, options };
		const { videoId } = valueOf(await base.drive(tracker.createVideo(request)));
		await base.drive(new Services(tracker).advance(videoId));
		await base.drive(base.clock.sleep(5_000));

		// Signs of life of the process are as many however many segments there are.
		const sent = base.requests.slice(before).filter(({ table }) => table !== 'Instances').length;
		const videos = await base.rows('Videos');
		expect(videos[0].fields).toMatchObject({ status: 'completed', progress: 100 });
		// 11.1 before calls were written down and projections shared their requests.
		expect(sent / SEGMENTS).toBeLessThan(11);
	});
});
