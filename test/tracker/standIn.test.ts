import type { Failure, ProviderEvent } from '../../engine/events';
import { readVideoOptions } from '../../engine/video/options';
import { createMetaClient } from '../../tracker/airtable/metaClient';
import { SCHEMA, type TableSpec } from '../../tracker/airtable/schema';
import { DEFAULT_SETTINGS } from '../../tracker/settings';
import { createTracker, type Tracker } from '../../tracker/tracker';
import type { ClaimedStep } from '../../tracker/types';
import { openBase, type TestBase, valueOf } from './airtable/support';
import { NOBODY_URL } from '../support/nobody';

/** Where nobody listens: Airtable can't fetch the attachments of these tests. */
const SPACES = NOBODY_URL;
const REFUSED: Failure = { class: 'refused', message: 'No credit left', began: 'no', retryable: false };
const SEGMENT_S = 10;

let base: TestBase;
afterEach(async () => await base.close());

/** The schema as a person left it: a select without one of its options. */
function withoutOption(table: string, field: string, option: string): TableSpec[] {
	const spec = structuredClone(SCHEMA) as TableSpec[];
	const found = spec.find(({ name }) => name === table)?.fields.find(({ name }) => name === field);
	const choices = (found?.options?.choices ?? []) as Array<{ name: string }>;
	if (found) found.options = { choices: choices.filter(({ name }) => name !== option) };
	return spec;
}

function openTracker(): Tracker {
	const { clock } = base;
	const settings = { ...DEFAULT_SETTINGS };
	return createTracker({ store: base.openStore(), clock, random: () => 0.5, settings, holderId: 'process-1' });
}

async function create(tracker: Tracker, count: number): Promise<string> {
	const segments = Array.from({ length: count }, (_, index) => ({
		order: index + 1,
		text: `Sentence ${index + 1}.`,
		startS: index * SEGMENT_S,
		endS: (index + 1) * SEGMENT_S,
	}));
	const options = valueOf(readVideoOptions({ background: 'generated' }));
	const request = { title: 'Title', script: 'Script', segments, options };
	return valueOf(await base.drive(tracker.createVideo(request))).videoId;
}

async function claim(tracker: Tracker, videoId: string, step?: string): Promise<ClaimedStep[]> {
	const steps = valueOf(await base.drive(tracker.claimReadySteps(videoId)));
	return steps.filter((claimed) => step === undefined || claimed.step === step);
}

function done(step: ClaimedStep, durationS = SEGMENT_S): ProviderEvent {
	const { service, jobKey, attempt, h, objectKey } = step;
	const output = { url: `${SPACES}/${objectKey}`, kind: 'video' as const, durationS, bytes: 100, persisted: true };
	return { service, jobKey, attempt, h, externalId: null, outcome: 'completed', outputs: [output], receivedAt: '' };
}

async function rowOf(table: string, field: string, value: string): Promise<Record<string, unknown>> {
	const found = (await base.rows(table)).find(({ fields }) => fields[field] === value);
	if (!found) throw new Error(`no row of ${table} with ${field} ${value}`);
	return found.fields;
}

/** What nobody waits for is written at most two seconds later. */
async function written(): Promise<void> {
	await base.drive(base.clock.sleep(3_000));
}

/** A person runs the set-up again, a moment after everything else. */
async function addMissingOptions(): Promise<void> {
	await base.clock.advance(2_000);
	const { manualSteps } = valueOf(await createMetaClient({ request: base.meta }).ensureSchema(SCHEMA));
	expect(manualSteps).toEqual([]);
}

function requests(): number {
	return base.sandbox.report().airtable?.requests ?? 0;
}

describe('a status without its select option', () => {
	it('stays with its job, over writes and restarts, until the option is there', async () => {
		base = await openBase(withoutOption('Jobs', 'status', 'completed'), { mayUpdateOptions: true });
		const tracker = openTracker();
		const videoId = await create(tracker, 1);
		const [music] = await claim(tracker, videoId, 'music');
		const job = async () => await rowOf('Jobs', 'job_key', music.jobKey);
		const statusOf = async (reader: Tracker) =>
			valueOf(await base.drive(reader.getStatus(videoId))).jobs.find(({ jobKey }) => jobKey === music.jobKey)?.status;

		valueOf(await base.drive(tracker.complete(done(music))));
		const first = await job();
		valueOf(await base.drive(tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 'late' })));
		const second = await job();
		const read = [await statusOf(tracker), await statusOf(openTracker())];
		await addMissingOptions();
		valueOf(await base.drive(tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 'later' })));

		const note = 'status (refused by Airtable): completed';
		expect(first).toMatchObject({
			status: 'processing',
			error_message: note,
			output_url: `${SPACES}/${music.objectKey}`,
		});
		expect(second).toMatchObject({ status: 'processing', error_message: note, external_id: 'late' });
		expect(read).toEqual(['completed', 'completed']);
		expect(await job()).toMatchObject({ status: 'completed', external_id: 'later' });
		expect((await job()).error_message).toBeUndefined();
	});

	it('of a video is written again with the next change', async () => {
		base = await openBase(withoutOption('Videos', 'status', 'generating_tts'), { mayUpdateOptions: true });
		const tracker = openTracker();
		const videoId = await create(tracker, 2);
		const [first, second] = await claim(tracker, videoId, 'voiceover');
		const video = async () => {
			await written();
			return await rowOf('Videos', 'video_id', videoId);
		};

		const moved = await video();
		valueOf(await base.drive(tracker.complete(done(first))));
		const movedAgain = await video();
		const restarted = valueOf(await base.drive(openTracker().getStatus(videoId)));
		await addMissingOptions();
		valueOf(await base.drive(tracker.fail(second.jobKey, 1, { ...REFUSED, retryable: true })));

		const note = 'status (refused by Airtable): generating_tts';
		expect(moved).toMatchObject({ status: 'queued', error_message: note });
		expect(movedAgain).toMatchObject({ status: 'queued', error_message: note });
		expect(restarted).toMatchObject({ status: 'generating_tts' });
		expect(restarted.errorMessage).toBeUndefined();
		expect(await video()).toMatchObject({ status: 'generating_tts' });
		expect((await video()).error_message).toBeUndefined();
	});
});

describe('one bad record of ten', () => {
	it('is kept, and the nine others are written', async () => {
		base = await openBase(withoutOption('Jobs', 'status', 'failed'));
		const tracker = openTracker();
		const voices = await claim(tracker, await create(tracker, 10), 'voiceover');
		const [bad, ...others] = voices;

		const settled = await base.drive(
			Promise.all([
				...others.map(async (voice) => await tracker.complete(done(voice))),
				tracker.fail(bad.jobKey, 1, REFUSED),
			]),
		);

		expect(settled.map((settlement) => valueOf(settlement).outcome)).toEqual([
			...others.map(() => 'completed'),
			'failed',
		]);
		for (const { jobKey } of others)
			expect(await rowOf('Jobs', 'job_key', jobKey)).toMatchObject({ status: 'completed' });
		const kept = await rowOf('Jobs', 'job_key', bad.jobKey);
		expect(kept).toMatchObject({ status: 'processing', retry_count: 1 });
		expect(kept.error_message).toBe('No credit left\nstatus (refused by Airtable): failed');
	});
});

describe('Airtable’s limits', () => {
	it('cost at most two requests in ten idle minutes', async () => {
		base = await openBase();
		const tracker = openTracker();
		const before = requests();

		for (let tick = 0; tick < 20; tick += 1) {
			await base.clock.advance(30_000);
			expect(valueOf(await base.drive(tracker.findDue()))).toEqual([]);
		}

		expect(requests() - before).toBeLessThanOrEqual(2);
	});

	it('are never reached while videos of 20 segments are created and completed', async () => {
		base = await openBase();
		const tracker = openTracker();
		const before = requests();
		const videoIds = await Promise.all([create(tracker, 20), create(tracker, 20)]);

		const run = async (step: ClaimedStep) => {
			const { jobKey, attempt, h } = step;
			valueOf(await tracker.markSubmitted({ jobKey, attempt, externalId: `task of ${jobKey}` }));
			const isWhole = step.step === 'concatenate' || step.step === 'mix';
			const event = done(step, isWhole ? 20 * SEGMENT_S : SEGMENT_S);
			tracker.recordEvent(event);
			tracker.recordEvent(event);
			valueOf(await tracker.matchNews({ jobKey, attempt, h, event }));
			return valueOf(await tracker.complete(event)).outcome;
		};
		const finish = async (videoId: string) => {
			for (;;) {
				const steps = valueOf(await tracker.claimReadySteps(videoId));
				if (steps.length === 0) return;
				expect(new Set(await Promise.all(steps.map(run)))).toEqual(new Set(['completed']));
			}
		};
		await base.drive(Promise.all(videoIds.map(finish)));

		for (const videoId of videoIds) {
			expect(await rowOf('Videos', 'video_id', videoId)).toMatchObject({ status: 'completed', progress: 100 });
		}
		const { airtable } = base.sandbox.report();
		expect(airtable).toMatchObject({ tooManyRequests: 0 });
		expect(airtable?.peakPerSecond).toBeLessThanOrEqual(5);
		expect(requests() - before).toBeLessThan(150);
	});
});
