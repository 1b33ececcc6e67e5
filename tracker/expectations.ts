import { bookKey, expectationsOf, quantilesOf, type Expectations } from '../engine/expectations/expectations';
import { isSample, sizeOf, sizeUpToS, withSample, type Samples } from '../engine/expectations/samples';
import type { ProviderEvent } from '../engine/events';
import { isPersonsClip } from '../engine/video/lifecycle';
import { mediaSecondsOf } from '../engine/video/progress';
import { STEPS, type JobFacts, type Step, type VideoSnapshot } from '../engine/video/types';
import { LINGER_LONG_MS } from './airtable/constants';
import type { StoredRecord } from './airtable/types';
import { EXPECTATION_WRITE_MS, MS_PER_S } from './constants';
import type { TrackerContext } from './context';
import { TABLES } from './rows';

/** How long steps took, in memory; the table keeps it over restarts. */
export interface Learned {
	/** Samples by step and size. */
	book: Map<string, Samples>;
	expect: Expectations;
	/** What is not written yet, by key. */
	changed: Map<string, { step: Step; size: number }>;
	/** When a row was last written, by key. */
	writtenAtMs: Map<string, number>;
	/** When the table may be read; Infinity once it was. */
	readAfterMs: number;
}

export function createLearned(): Learned {
	const book = new Map<string, Samples>();
	return { book, expect: expectationsOf(book), changed: new Map(), writtenAtMs: new Map(), readAfterMs: 0 };
}

/** How long steps take, as far as it is known. */
export function expectations(context: TrackerContext): Expectations {
	return context.memory.learned.expect;
}

/** Seconds that a job took, where they tell something of its service: not of results that were there already. */
function secondsTaken(snapshot: VideoSnapshot, job: JobFacts, event: ProviderEvent): number | undefined {
	const begunMs = job.step === 'voiceover' ? event.usage && job.claimedAtMs : job.submittedAtMs;
	if (begunMs === undefined || job.completedAtMs === undefined || isPersonsClip(snapshot, job)) return undefined;
	return (job.completedAtMs - begunMs) / MS_PER_S;
}

/** Learns from a completed job. The row is written on the side, when its time has come. */
export function learn(context: TrackerContext, snapshot: VideoSnapshot, job: JobFacts, event: ProviderEvent): void {
	const seconds = secondsTaken(snapshot, job, event);
	if (!isSample(seconds)) return;
	const { learned } = context.memory;
	const size = sizeOf(mediaSecondsOf(snapshot, job));
	const key = bookKey(job.step, size);
	learned.book.set(key, withSample(learned.book.get(key) ?? [], seconds));
	learned.changed.set(key, { step: job.step, size });
	writeChanged(context);
}

/** Writes what has changed, each row at most once a minute; nobody waits, and a write that is lost costs little. */
function writeChanged(context: TrackerContext): void {
	const { learned } = context.memory;
	const nowMs = context.clock.now();
	// Before the table was read, a row would be written over with less.
	if (learned.readAfterMs !== Infinity) return;
	for (const [key, { step, size }] of learned.changed) {
		if (nowMs - (learned.writtenAtMs.get(key) ?? -Infinity) < EXPECTATION_WRITE_MS) continue;
		const samples = learned.book.get(key) ?? [];
		const { p50S, p90S, p99S } = quantilesOf(samples);
		const row = {
			expectation_key: key,
			step,
			size_up_to_s: sizeUpToS(size),
			count: samples.length,
			p50_s: p50S,
			p90_s: p90S,
			p99_s: p99S,
			samples: JSON.stringify(samples.map((seconds) => Math.round(seconds * MS_PER_S) / MS_PER_S)),
			updated_at: new Date(nowMs).toISOString(),
		};
		// The steps of a video end one after the other: their rows share a request.
		void context.store.upsert(TABLES.expectations, 'expectation_key', row, { mayWaitMs: LINGER_LONG_MS });
		learned.writtenAtMs.set(key, nowMs);
		learned.changed.delete(key);
	}
}

function samplesFrom(value: unknown): number[] {
	if (typeof value !== 'string') return [];
	try {
		const parsed: unknown = JSON.parse(value);
		return Array.isArray(parsed) ? parsed.filter(isSample) : [];
	} catch {
		return [];
	}
}

function isKnownKey(key: unknown): key is string {
	return typeof key === 'string' && STEPS.some((step) => new RegExp(`^${step}\\.\\d{1,2}$`).test(key));
}

/** What the table holds comes first: it is older than what this process has learned. */
function takeOver(learned: Learned, rows: StoredRecord[]): void {
	for (const { fields } of rows) {
		if (!isKnownKey(fields.expectation_key)) continue;
		const own = learned.book.get(fields.expectation_key) ?? [];
		const all = [...samplesFrom(fields.samples), ...own].reduce<Samples>(withSample, []);
		if (all.length > 0) learned.book.set(fields.expectation_key, all);
	}
}

/** Reads the table once something is under way, in one request, and writes what waits to be written. */
export async function keepExpectations(context: TrackerContext): Promise<void> {
	const { learned } = context.memory;
	const nowMs = context.clock.now();
	if (nowMs >= learned.readAfterMs && context.cache.active().length > 0) {
		const rows = await context.store.list(TABLES.expectations, {
			fields: ['expectation_key', 'samples'],
			maxRecords: EXPECTATION_ROWS_MAX,
		});
		// A base without this table works all the same; it is asked again after a while.
		learned.readAfterMs = rows.ok ? Infinity : nowMs + context.settings.safetyScanS * MS_PER_S;
		if (rows.ok) takeOver(learned, rows.value);
	}
	writeChanged(context);
}

/** One page: six steps of at most 17 sizes would be 102 rows, but no step works on all sizes. */
const EXPECTATION_ROWS_MAX = 100;
