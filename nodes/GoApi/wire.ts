import type { Failure, OutputKind, ProviderOutput } from '../../engine/events';
import { ok, refuse, type Result } from '../../engine/result';
import { shorten } from '../shared/redact';
import { ZERO_TIME_PREFIX } from './constants';

type WireObject = Record<string, unknown>;

/** A task in our words. */
export interface Task {
	taskId: string;
	model: string;
	taskType: string;
	outcome: 'completed' | 'failed' | 'progress';
	/** The service's own word, in lower case. */
	status: string;
	/** Best first. */
	outputs: ProviderOutput[];
	/** Why it failed. */
	failure?: Failure;
	timings?: { runS?: number; queueS?: number; totalS?: number };
	/** In the service's own unit (`point`, `llm`). */
	usage?: { amount: number; unit: string };
}

/** Words for the end of a task; anything else means that it goes on. Documents, examples and clients differ. */
const SUCCESS = new Set(['completed', 'complete', 'success', 'succeeded']);
const FAILURE = new Set(['failed', 'failure', 'error', 'canceled', 'cancelled', 'rejected']);

const MS_PER_S = 1000;
const HTTP_OK = 200;

function asObject(value: unknown): WireObject | undefined {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as WireObject) : undefined;
}

function asText(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function asUrl(value: unknown): string | undefined {
	const text = asText(value);
	return text !== undefined && /^https?:\/\//i.test(text) ? text : undefined;
}

function asPositive(value: unknown): number | undefined {
	const number = Number(value);
	return value !== null && value !== '' && Number.isFinite(number) && number > 0 ? number : undefined;
}

function outputOf(url: string | undefined, kind: OutputKind, durationS?: number): ProviderOutput[] {
	if (url === undefined) return [];
	return [durationS === undefined ? { url, kind } : { url, kind, durationS }];
}

/** Kling's works: the copy without a watermark may be an empty text, and the length is in milliseconds. */
function outputsOfWorks(output: WireObject): ProviderOutput[] {
	const works = Array.isArray(output.works) ? output.works : [];
	const clips = works.map((work) => asObject(asObject(work)?.video)).filter((clip): clip is WireObject => !!clip);
	const milliseconds = asPositive(clips[0]?.duration);
	const durationS = milliseconds === undefined ? undefined : milliseconds / MS_PER_S;
	const main = asUrl(clips[0]?.resource_without_watermark) ?? asUrl(output.video_url) ?? asUrl(clips[0]?.resource);
	const more = clips.slice(1).flatMap((clip) => {
		const lengthMs = asPositive(clip.duration);
		const url = asUrl(clip.resource_without_watermark) ?? asUrl(clip.resource);
		return outputOf(url, 'video', lengthMs === undefined ? undefined : lengthMs / MS_PER_S);
	});
	return [...outputOf(main, 'video', durationS), ...more];
}

/** Songs come as a list (Udio) or as an object by clip id (Suno). */
function outputsOfSongs(output: WireObject): ProviderOutput[] {
	const listed = [output.songs, output.clips].flatMap((songs) =>
		Array.isArray(songs) ? songs : Object.values(asObject(songs) ?? {}),
	);
	return listed.flatMap((entry) => {
		const song = asObject(entry) ?? {};
		return outputOf(asUrl(song.song_path) ?? asUrl(song.audio_url), 'audio', asPositive(song.duration));
	});
}

function outputsOfImages(output: WireObject): ProviderOutput[] {
	const listed = Array.isArray(output.image_urls) ? output.image_urls : [];
	const urls = [output.image_url, ...listed].map(asUrl).filter((url): url is string => url !== undefined);
	return [...new Set(urls)].map((url) => ({ url, kind: 'image' as const }));
}

/** The results of a task, whatever its model calls them; the best one first. */
export function readOutputs(value: unknown): ProviderOutput[] {
	const output = asObject(value);
	if (!output) return [];
	const found = [
		...outputsOfWorks(output),
		...outputOf(asUrl(output.audio_url), 'audio', asPositive(output.duration)),
		...outputsOfSongs(output),
		...outputsOfImages(output),
	];
	return found.filter((candidate, index) => found.findIndex((other) => other.url === candidate.url) === index);
}

/** Milliseconds since the epoch; Go's zero time means "not yet", and its nine digits are more than `Date` reads. */
export function readTimeMs(value: unknown): number | undefined {
	const text = asText(value);
	if (text === undefined || text.startsWith(ZERO_TIME_PREFIX)) return undefined;
	const ms = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'));
	return Number.isNaN(ms) ? undefined : ms;
}

function secondsBetween(fromMs: number | undefined, toMs: number | undefined): number | undefined {
	return fromMs === undefined || toMs === undefined ? undefined : Math.max(0, (toMs - fromMs) / MS_PER_S);
}

function readTimings(meta: WireObject): Task['timings'] {
	const [createdMs, startedMs, endedMs] = [meta.created_at, meta.started_at, meta.ended_at].map(readTimeMs);
	const all = {
		runS: secondsBetween(startedMs, endedMs),
		queueS: secondsBetween(createdMs, startedMs),
		totalS: secondsBetween(createdMs, endedMs),
	};
	const known = Object.entries(all).filter(([, seconds]) => seconds !== undefined);
	return known.length === 0 ? undefined : Object.fromEntries(known);
}

function readUsage(meta: WireObject): Task['usage'] {
	const usage = asObject(meta.usage);
	const amount = Number(usage?.consume);
	return usage && Number.isFinite(amount) ? { amount, unit: asText(usage.type) ?? 'point' } : undefined;
}

/** `error` is an object on success, too: it is read only after the status has said that the task failed. */
function readFailure(task: WireObject, status: string): Failure {
	const error = asObject(task.error) ?? {};
	const words = asText(error.message) ?? asText(error.raw_message) ?? asText(task.error);
	const message = shorten(words ?? `The task ended as "${status}" without a reason.`);
	const isCancelled = status.startsWith('cancel');
	return { class: isCancelled ? 'cancelled' : 'provider_failed', message, began: 'yes', retryable: !isCancelled };
}

/**
 * Reads a task object, as create, get and webhooks hold it.
 *
 * Codes: `task_unreadable`.
 */
export function readTask(value: unknown): Result<Task> {
	const wire = asObject(value);
	const taskId = asText(wire?.task_id);
	if (!wire || taskId === undefined) return refuse('task_unreadable', 'The service sent no task.');
	const status = (asText(wire.status) ?? '').toLowerCase();
	const meta = asObject(wire.meta) ?? {};
	const base = {
		taskId,
		model: asText(wire.model) ?? '',
		taskType: asText(wire.task_type) ?? '',
		status,
		timings: readTimings(meta),
		usage: readUsage(meta),
	};
	if (FAILURE.has(status)) return ok({ ...base, outcome: 'failed', outputs: [], failure: readFailure(wire, status) });
	const outputs = readOutputs(wire.output);
	if (!SUCCESS.has(status)) return ok({ ...base, outcome: 'progress', outputs });
	if (outputs.length > 0 || isTextResult(wire.output)) return ok({ ...base, outcome: 'completed', outputs });
	const message = 'The task is completed but names no file.';
	return ok({
		...base,
		outcome: 'failed',
		outputs,
		failure: { class: 'provider_failed', message, began: 'yes', retryable: true },
	});
}

/** Some tasks give text (lyrics, descriptions), which is a result without a file. */
function isTextResult(value: unknown): boolean {
	const output = asObject(value) ?? {};
	return ['lyrics_pairs', 'lyrics', 'text', 'result'].some((name) => output[name] !== undefined);
}

/** A webhook's body is `{ timestamp, data }`; the task itself is taken, too, as older documents show it. */
export function readWebhookTask(body: unknown): Result<Task> {
	const wire = asObject(body);
	return readTask(asObject(wire?.data) ?? wire);
}

/** An answer of the API: `{ code, data, message }`. */
export interface Envelope {
	/** True when `code` says that the request was taken; HTTP 200 alone does not. */
	isOk: boolean;
	code?: number;
	message: string;
	data: unknown;
}

/** Reads the envelope of create and get. */
export function readEnvelope(body: unknown): Envelope {
	const wire = asObject(body) ?? {};
	const code = Number(wire.code);
	const message = asText(wire.message) ?? asText(asObject(wire.error)?.message) ?? asText(body) ?? '';
	return { isOk: code === HTTP_OK, code: Number.isFinite(code) ? code : undefined, message, data: wire.data };
}
