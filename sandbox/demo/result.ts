import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SandboxReport } from '../core/sandbox';
import { findMediaBinaries } from '../media/binaries';
import { probeMedia } from '../media/probe';
import { DemoError } from './errors';
import type { EndedVideo } from './progress';
import type { TrackerRecord } from './trackerView';

/** One step of the finished video, as the tracker recorded it. */
export interface StepResult {
	jobKey: string;
	service: string;
	/** ISO 8601, UTC. */
	startedAt: string | null;
	endedAt: string | null;
	attempts: number;
}

/** What `--json` prints. */
export interface DemoResult {
	videoId: string;
	status: string;
	finalUrl: string | null;
	out: string | null;
	durationS: number | null;
	narrationS: number | null;
	segments: number;
	/** From sending the script to the video's end. */
	wallS: number;
	steps: StepResult[];
	error?: string;
	report: SandboxReport;
}

interface ResultContext {
	ended: EndedVideo;
	wallS: number;
	out: string;
	report: SandboxReport;
}

/** Downloads the video from its permanent address, where there is one, and puts the result together. */
export async function collectResult({ ended, wallS, out, report }: ResultContext): Promise<DemoResult> {
	const { fields } = ended.video;
	const finalUrl = textOf(fields.video_url);
	const isDone = fields.status === 'completed' && finalUrl !== null;
	const durationS = isDone ? await download(finalUrl, out) : null;
	const error = textOf(fields.error_message);
	return {
		videoId: String(fields.video_id),
		status: String(fields.status),
		finalUrl,
		out: isDone ? out : null,
		durationS,
		narrationS: numberOf(fields.narration_s),
		segments: Number(fields.segment_count ?? 0),
		wallS: Math.round(wallS * 10) / 10,
		steps: ended.jobs.map(stepOf),
		...(error === null ? {} : { error }),
		report,
	};
}

/** Returns the length of what was downloaded, in seconds. */
async function download(url: string, out: string): Promise<number> {
	const response = await fetch(url);
	if (!response.ok || response.body === null) throw new DemoError(`${url} answered ${response.status}`);
	await mkdir(dirname(out), { recursive: true });
	await pipeline(Readable.fromWeb(response.body), createWriteStream(out));
	const { durationS } = await probeMedia(findMediaBinaries().ffprobePath, out);
	return durationS;
}

function stepOf({ fields }: TrackerRecord): StepResult {
	return {
		jobKey: String(fields.job_key),
		service: String(fields.service),
		startedAt: textOf(fields.claimed_at),
		endedAt: textOf(fields.completed_at),
		attempts: Number(fields.attempt ?? 0),
	};
}

function textOf(value: unknown): string | null {
	return typeof value === 'string' && value !== '' ? value : null;
}

function numberOf(value: unknown): number | null {
	return typeof value === 'number' ? value : null;
}
