import type { VideoSnapshot } from '../../engine/video/types';
import type { VideoEntry } from '../videoCache';

interface EntryText {
	snapshot: VideoSnapshot;
	videoRecordId: string;
	segmentRecordIds: Array<[number, string]>;
	jobRecordIds: Array<[string, string]>;
	written: Array<[string, string]>;
	segmentsReadAtMs: number;
}

/** A video in memory as text; its version is no part of it. */
export function entryToText(entry: VideoEntry): string {
	const { snapshot, videoRecordId, segmentsReadAtMs } = entry;
	const text: EntryText = {
		snapshot,
		videoRecordId,
		segmentRecordIds: [...entry.segmentRecordIds],
		jobRecordIds: [...entry.jobRecordIds],
		written: [...entry.written],
		segmentsReadAtMs,
	};
	return JSON.stringify(text);
}

/** The video that {@link entryToText} wrote down. */
export function entryFromText(text: string): VideoEntry {
	const { snapshot, videoRecordId, segmentsReadAtMs, ...maps } = JSON.parse(text) as EntryText;
	return {
		snapshot,
		videoRecordId,
		segmentsReadAtMs,
		segmentRecordIds: new Map(maps.segmentRecordIds),
		jobRecordIds: new Map(maps.jobRecordIds),
		written: new Map(maps.written),
	};
}
