import { shortHash } from '../engine/hash';
import { videoIdOf } from '../engine/video/graph';
import { formulaField, formulaString } from './airtable/formula';
import type { StoredRecord } from './airtable/types';
import { dropOldest } from './bounded';
import { REUSE_ASKED_MAX, REUSE_FORGET_MS, REUSE_PER_STEP_MAX, REUSE_REMEMBERED } from './constants';
import type { TrackerContext } from './context';
import { TABLES } from './rows';
import type { ClaimedStep } from './types';

/** A result of another video for the same input. It may be gone by now: whoever uses it looks first. */
export interface ReusableObject {
	objectKey: string;
	/** Permanent URL. */
	url: string;
}

/** What is known of an input hash: objects of other videos, or that there were none a while ago. */
export interface ReuseNote {
	found: Array<ReusableObject & { videoId: string }>;
	atMs: number;
}

/** Steps whose work can be found elsewhere; a person's clip is copied anyway. */
function canReuse(step: ClaimedStep): boolean {
	return step.service !== 'spaces';
}

function remember(context: TrackerContext, hash: string, note: ReuseNote): void {
	const { reuse } = context.memory;
	reuse.delete(hash);
	reuse.set(hash, note);
	dropOldest(reuse, REUSE_REMEMBERED);
}

/** Completed jobs of the videos in memory, by input hash; only those that are asked for. */
function fromMemory(context: TrackerContext, hashes: ReadonlySet<string>): Map<string, ReuseNote['found']> {
	const found = new Map<string, ReuseNote['found']>();
	for (const { snapshot } of context.cache.all()) {
		for (const { status, inputHash, objectKey, output } of snapshot.jobs) {
			if (status !== 'completed' || !inputHash || !objectKey || !output || !hashes.has(inputHash)) continue;
			const list = found.get(inputHash) ?? [];
			found.set(inputHash, [...list, { objectKey, url: output.url, videoId: snapshot.video.videoId }]);
		}
	}
	return found;
}

function readRow({ fields }: StoredRecord): { hash: string; found: ReuseNote['found'][number] } | undefined {
	const { input_hash: hash, object_key: objectKey, output_url: url, job_key: jobKey } = fields;
	if (typeof hash !== 'string' || typeof jobKey !== 'string') return undefined;
	if (typeof objectKey !== 'string' || typeof url !== 'string') return undefined;
	// A row says where its result belongs; a folder of another hash is one that a person has changed.
	if (!objectKey.includes(`/${shortHash(hash)}/`)) return undefined;
	return { hash, found: { objectKey, url, videoId: videoIdOf(jobKey) } };
}

/** One request for all hashes that nothing is known of, or nothing new. */
async function askTable(context: TrackerContext, hashes: string[]): Promise<void> {
	const anyHash = hashes.map((hash) => `${formulaField('input_hash')}=${formulaString(hash)}`).join(',');
	const rows = await context.store.list(TABLES.jobs, {
		filterByFormula: `AND(${formulaField('status')}='completed',OR(${anyHash}))`,
		fields: ['job_key', 'input_hash', 'object_key', 'output_url'],
		maxRecords: hashes.length * REUSE_PER_STEP_MAX,
	});
	// Where the table can't be asked, the step is done as if there were nothing.
	if (!rows.ok) return;
	const atMs = context.clock.now();
	const byHash = new Map<string, ReuseNote['found']>(hashes.map((hash) => [hash, []]));
	for (const row of rows.value.map(readRow)) if (row) byHash.get(row.hash)?.push(row.found);
	for (const [hash, found] of byHash) remember(context, hash, { found, atMs });
}

/**
 * Hands claimed steps what other videos have made of the very same input, where the setting allows it. The nodes look
 * at it before they call; what is gone by then costs a look. At most one request for all steps.
 *
 * @param ahead input hashes of steps that are claimed next, which are asked for in the same request
 */
export async function withReusable(
	context: TrackerContext,
	steps: ClaimedStep[],
	ahead: string[] = [],
): Promise<ClaimedStep[]> {
	const wanted = context.settings.reuseAcrossVideos ? steps.filter(canReuse) : [];
	if (wanted.length === 0) return steps;
	const near = fromMemory(context, new Set(wanted.map(({ inputHash }) => inputHash)));
	const nowMs = context.clock.now();
	const isOld = (hash: string) => nowMs - (context.memory.reuse.get(hash)?.atMs ?? -Infinity) > REUSE_FORGET_MS;
	const hasOther = ({ inputHash, videoId }: ClaimedStep) =>
		near.get(inputHash)?.some((one) => one.videoId !== videoId) === true;
	const unknown = wanted.filter((step) => !hasOther(step) && isOld(step.inputHash)).map(({ inputHash }) => inputHash);
	if (unknown.length > 0) {
		const hashes = new Set([...unknown, ...ahead.filter(isOld)]);
		await askTable(context, [...hashes].slice(0, REUSE_ASKED_MAX));
	}

	return steps.map((step) => {
		if (!canReuse(step)) return step;
		const known = context.memory.reuse.get(step.inputHash)?.found ?? [];
		const others = [...(near.get(step.inputHash) ?? []), ...known].filter(({ videoId }) => videoId !== step.videoId);
		const byKey = new Map(others.map(({ objectKey, url }) => [objectKey, { objectKey, url }]));
		const reuse = [...byKey.values()].slice(0, REUSE_PER_STEP_MAX);
		return reuse.length === 0 ? step : { ...step, reuse };
	});
}
