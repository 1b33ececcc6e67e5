import type { ProviderEvent } from '../../engine/events';
import type { Result } from '../../engine/result';
import { readVideoOptions } from '../../engine/video/options';
import type { Fields } from '../../tracker/airtable/types';
import { createClaimRegistry } from '../../tracker/claimRegistry';
import { createKeyedMutex } from '../../tracker/concurrency';
import { createMemory } from '../../tracker/context';
import { DEFAULT_SETTINGS } from '../../tracker/settings';
import { createSharedNotes } from '../../tracker/sharedNotes';
import { Tracker } from '../../tracker/tracker';
import type { ClaimedStep, DueItem } from '../../tracker/types';
import { VideoCache } from '../../tracker/videoCache';
import { MemoryStore } from './memoryStore';

/** The value of a result that must be good. */
export function good<T>(result: Result<T>): T {
	if (!result.ok) throw new Error(`${result.code}: ${result.message}`);
	return result.value;
}

/** A tracker over a store in memory, on a clock that the test moves. */
export class TrackerBench {
	nowMs = Date.UTC(2026, 0, 1);
	readonly store: MemoryStore;
	readonly tracker: Tracker;

	/** @param store the tables of a former process, to start as the next one */
	constructor(
		store = new MemoryStore(),
		readonly holderId = 'process-1',
	) {
		this.store = store;
		const clock = { now: () => this.nowMs, sleep: async () => {} };
		this.tracker = new Tracker({
			store,
			clock,
			random: () => 0.5,
			settings: { ...DEFAULT_SETTINGS },
			holderId,
			cache: new VideoCache(store, clock),
			claims: createClaimRegistry(),
			locks: createKeyedMutex(),
			notes: createSharedNotes(clock.now),
			memory: createMemory(),
		});
	}

	pass(seconds: number): void {
		this.nowMs += seconds * 1000;
	}

	async create(texts: string[], settings: Record<string, unknown> = { background: 'generated' }): Promise<string> {
		const segments = texts.map((text, index) => ({
			order: index + 1,
			text,
			startS: index * 10,
			endS: index * 10 + 10,
		}));
		const options = good(readVideoOptions(settings));
		return good(await this.tracker.createVideo({ title: 'Title', script: texts.join(' '), segments, options })).videoId;
	}

	async claim(videoId: string): Promise<ClaimedStep[]> {
		return good(await this.tracker.claimReadySteps(videoId));
	}

	/** What is due in a process that has just started, once it has read the videos that are to be advanced. */
	async dueAfterStart(): Promise<DueItem[]> {
		const first = good(await this.tracker.findDue());
		for (const { look, videoId } of first) if (look === 'advance') good(await this.tracker.getStatus(videoId));
		return [...first, ...good(await this.tracker.findDue())];
	}

	/** What a provider reports of a claimed step that went well. */
	done(step: ClaimedStep, changes: Partial<ProviderEvent> = {}): ProviderEvent {
		const output = {
			url: `https://spaces.test/${step.objectKey}`,
			kind: 'video' as const,
			durationS: 10,
			bytes: 100,
			persisted: true,
		};
		return {
			service: step.service,
			jobKey: step.jobKey,
			attempt: step.attempt,
			h: step.h,
			externalId: `ext-${step.jobKey}`,
			outcome: 'completed',
			outputs: [output],
			receivedAt: new Date(this.nowMs).toISOString(),
			...changes,
		};
	}

	async complete(step: ClaimedStep, changes: Partial<ProviderEvent> = {}) {
		return good(await this.tracker.complete(this.done(step, changes)));
	}

	/** Claims and completes until nothing more can be claimed. */
	async finish(videoId: string): Promise<ClaimedStep[]> {
		const all: ClaimedStep[] = [];
		for (let steps = await this.claim(videoId); steps.length > 0; steps = await this.claim(videoId)) {
			all.push(...steps);
			for (const step of steps)
				await this.complete(step, { outputs: [{ ...this.done(step).outputs[0], durationS: this.lengthOf(step) }] });
		}
		return all;
	}

	private lengthOf(step: ClaimedStep): number {
		const isPart = ({ video_id, step: name, skipped }: Fields) =>
			video_id === step.videoId && name === 'combine' && !skipped;
		const parts = this.store.rows('Jobs').filter(({ fields }) => isPart(fields)).length;
		return step.step === 'concatenate' || step.step === 'mix' ? 10 * parts : 10;
	}

	job(jobKey: string) {
		return this.store.row('Jobs', 'job_key', jobKey);
	}

	video(videoId: string) {
		return this.store.row('Videos', 'video_id', videoId);
	}

	/** What people see of a video, once what is on its way to its row has arrived. */
	async shown(videoId: string): Promise<Fields> {
		await new Promise(setImmediate);
		return this.video(videoId);
	}

	/** A person puts a clip into a segment's row. */
	putClip(videoId: string, order: number, id: string): void {
		const row = this.store
			.rows('Segments')
			.find((record) => record.fields.video_id === videoId && record.fields.order === order);
		if (!row) throw new Error('no such segment');
		row.fields.Video = [{ id, url: `https://airtable.test/${id}.mp4`, filename: `${id}.mp4`, size: 10 }];
	}
}
