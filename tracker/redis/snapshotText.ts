import type { VideoSnapshot } from '../../engine/video/types';
import type { Strikes } from '../strikes';
import type { VideoEntry } from '../videoCache';

interface EntryText {
	snapshot: VideoSnapshot;
	videoRecordId: string;
	segmentRecordIds: Array<[number, string]>;
	jobRecordIds: Array<[string, string]>;
	written: Array<[string, string]>;
	segmentsReadAtMs: number;
	/** How often jobs of it were found missing. */
	strikes: Array<[string, Strikes]>;
}

/** A video in memory as text, with what looks for its jobs have found; its version is no part of it. */
export function entryToText(entry: VideoEntry, strikes: Array<[string, Strikes]>): string {
	const { snapshot, videoRecordId, segmentsReadAtMs } = entry;
	const text: EntryText = {
		snapshot,
		videoRecordId,
		segmentRecordIds: [...entry.segmentRecordIds],
		jobRecordIds: [...entry.jobRecordIds],
		written: [...entry.written],
		segmentsReadAtMs,
		strikes,
	};
	return JSON.stringify(text);
}

/** What {@link entryToText} wrote down. */
export function entryFromText(text: string): { entry: VideoEntry; strikes: Array<[string, Strikes]> } {
	const { snapshot, videoRecordId, segmentsReadAtMs, strikes, ...maps } = JSON.parse(text) as EntryText;
	const entry = {
		snapshot,
		videoRecordId,
		segmentsReadAtMs,
		segmentRecordIds: new Map(maps.segmentRecordIds),
		jobRecordIds: new Map(maps.jobRecordIds),
		written: new Map(maps.written),
	};
	return { entry, strikes };
}
