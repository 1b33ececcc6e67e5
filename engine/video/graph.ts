import { inputHash, shortHash } from '../hash';
import { GRAPH_VERSION } from './constants';
import { findJob, findSegment } from './lookup';
import type { JobFacts, SegmentFacts, Step, StepService, VideoOptions, VideoSnapshot } from './types';

const ORDER_DIGITS = 3;
const SEGMENT_STEPS: readonly Step[] = ['voiceover', 'background', 'combine'];

/** `{video_id}.{step}[.{order, 3 digits}]`: the name of a job in keys, callbacks and messages. */
export function jobKeyOf(videoId: string, step: Step, order?: number): string {
	const base = `${videoId}.${step}`;
	return order === undefined ? base : `${base}.${String(order).padStart(ORDER_DIGITS, '0')}`;
}

/** The video of a job key; video ids hold no dots. */
export function videoIdOf(jobKey: string): string {
	return jobKey.split('.')[0];
}

/** The hash by which a job's wanted result is known in keys and callbacks; empty before its first claim. */
export function hashOf(job: JobFacts): string {
	return shortHash(job.inputHash ?? '');
}

/** Every job of a video, all pending, in the order in which a person reads them. */
export function createJobs(videoId: string, segments: SegmentFacts[], newId: () => string): JobFacts[] {
	const make = (step: Step, order?: number): JobFacts => ({
		jobKey: jobKeyOf(videoId, step, order),
		jobId: newId(),
		step,
		order,
		status: 'pending',
		attempt: 0,
		retries: 0,
		paidAgain: 0,
		history: [],
	});
	const perSegment = SEGMENT_STEPS.flatMap((step) => segments.map((segment) => make(step, segment.order)));
	return [...perSegment, make('concatenate'), make('music'), make('mix')];
}

/** What a step asks of its service, and the identity of the result. */
export interface StepWork {
	service: StepService;
	/** What the node needs to know; URLs in it may be temporary. */
	input: Record<string, unknown>;
	inputHash: string;
	objectKey: string;
	contentType: string;
}

/** The jobs whose results a job needs; a segment that was skipped is none of them, and neither is skipped music. */
export function inputJobsOf(snapshot: VideoSnapshot, job: JobFacts): JobFacts[] {
	return possibleInputsOf(snapshot, job).filter((input) => !input.skipped);
}

/** The jobs whose results a job needs where nothing is skipped. */
function possibleInputsOf(snapshot: VideoSnapshot, job: JobFacts): JobFacts[] {
	const present = (jobs: Array<JobFacts | undefined>) => jobs.filter((found): found is JobFacts => found !== undefined);
	switch (job.step) {
		case 'combine':
			return present([findJob(snapshot, 'voiceover', job.order), findJob(snapshot, 'background', job.order)]);
		case 'concatenate':
			return snapshot.jobs.filter((other) => other.step === 'combine').sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
		case 'mix':
			return present([findJob(snapshot, 'concatenate'), findJob(snapshot, 'music')]);
		default:
			return [];
	}
}

/** All jobs that depend on a job, directly or not. */
export function dependentsOf(snapshot: VideoSnapshot, job: JobFacts): JobFacts[] {
	const direct = snapshot.jobs.filter((other) =>
		possibleInputsOf(snapshot, other).some((input) => input.jobKey === job.jobKey),
	);
	const all = new Map(direct.map((other) => [other.jobKey, other]));
	for (const other of direct) for (const further of dependentsOf(snapshot, other)) all.set(further.jobKey, further);
	return [...all.values()];
}

function extensionOf(fileName: string, fallback: string): string {
	const match = /\.([a-z0-9]{2,4})$/i.exec(fileName);
	return match ? match[1].toLowerCase() : fallback;
}

function audioExtension(outputFormat: string): string {
	const codec = outputFormat.split('_')[0];
	return ['mp3', 'wav', 'opus', 'pcm'].includes(codec) ? codec : 'mp3';
}

interface WorkDraft {
	service: StepService;
	input: Record<string, unknown>;
	/** Everything that shapes the result. */
	identity: unknown;
	fileName: string;
	contentType: string;
}

function voiceoverWork(options: VideoOptions, segment: SegmentFacts): WorkDraft {
	const { voiceId, modelId, outputFormat, languageCode, settings } = options.voice;
	const input = { text: segment.text, voiceId, modelId, outputFormat, languageCode, voiceSettings: settings };
	return {
		service: 'elevenLabs',
		input,
		identity: input,
		fileName: `segment_${segment.segmentId}_voiceover.${audioExtension(outputFormat)}`,
		contentType: 'audio/mpeg',
	};
}

function personsClipWork(segment: SegmentFacts): WorkDraft | undefined {
	const clip = segment.clip;
	if (!clip) return undefined;
	return {
		service: 'spaces',
		input: { source: 'user', clipUrl: clip.url, fileName: clip.fileName },
		identity: { clip: clip.id },
		fileName: `segment_${segment.segmentId}_background.${extensionOf(clip.fileName, 'mp4')}`,
		contentType: 'video/mp4',
	};
}

function backgroundWork(options: VideoOptions, segment: SegmentFacts): WorkDraft | undefined {
	const fromPerson = personsClipWork(segment);
	if (fromPerson || options.background.source === 'user') return fromPerson;

	const { model, taskType, taskInput, promptPrefix } = options.background;
	const prompt = `${promptPrefix}${segment.text}`.trim();
	const input = { source: 'generated', model, taskType, prompt, taskInput };
	return {
		service: 'goApi',
		input,
		identity: input,
		fileName: `segment_${segment.segmentId}_background.mp4`,
		contentType: 'video/mp4',
	};
}

function combineWork(options: VideoOptions, segment: SegmentFacts, voice: JobFacts, background: JobFacts): WorkDraft {
	return {
		service: 'nca',
		input: {
			voiceUrl: voice.output?.url,
			voiceS: voice.output?.durationS,
			clipUrl: background.output?.url,
			clipS: background.output?.durationS,
			...options.picture,
		},
		identity: {
			voice: voice.inputHash,
			voiceS: voice.output?.durationS,
			clip: background.inputHash,
			picture: options.picture,
		},
		fileName: `segment_${segment.segmentId}_combined.mp4`,
		contentType: 'video/mp4',
	};
}

function mixWork(videoId: string, options: VideoOptions, concatenated: JobFacts, music: JobFacts): WorkDraft {
	const { volumeDb, fadeOutS } = options.music;
	return {
		service: 'nca',
		input: {
			videoUrl: concatenated.output?.url,
			musicUrl: music.output?.url,
			durationS: concatenated.output?.durationS,
			musicVolumeDb: volumeDb,
			fadeOutS,
		},
		identity: { video: concatenated.inputHash, music: music.inputHash, volumeDb, fadeOutS },
		fileName: `${videoId}_final.mp4`,
		contentType: 'video/mp4',
	};
}

/** Music is asked for at the estimated length: it must not wait for the voices. */
function musicWork(videoId: string, options: VideoOptions): WorkDraft {
	const { model, taskType, taskInput, prompt, extension } = options.music;
	const input = { model, taskType, prompt, taskInput };
	return {
		service: 'goApi',
		input,
		identity: input,
		fileName: `${videoId}_music.${extension}`,
		contentType: 'audio/mpeg',
	};
}

function draftOf(snapshot: VideoSnapshot, job: JobFacts, inputs: JobFacts[]): WorkDraft | undefined {
	const { videoId, options } = snapshot.video;
	const segment = findSegment(snapshot, job.order);
	switch (job.step) {
		case 'voiceover':
			return segment && voiceoverWork(options, segment);
		case 'background':
			return segment && backgroundWork(options, segment);
		case 'combine':
			return segment && combineWork(options, segment, inputs[0], inputs[1]);
		case 'concatenate':
			return {
				service: 'nca',
				input: { videoUrls: inputs.map((input) => input.output?.url) },
				identity: { parts: inputs.map((input) => input.inputHash) },
				fileName: `${videoId}_concatenated.mp4`,
				contentType: 'video/mp4',
			};
		case 'music':
			return musicWork(videoId, options);
		default:
			return mixWork(videoId, options, inputs[0], inputs[1]);
	}
}

/** How many results a job works on at least; a person may have removed rows or skipped what they stand for. */
function inputsNeeded({ step, skipped }: JobFacts): number {
	if (step === 'combine') return 2;
	if (step === 'mix') return skipped ? 1 : 2;
	return step === 'concatenate' ? 1 : 0;
}

/** A mix that was skipped does nothing: the concatenated film is its result. */
function unmixedWork({ inputHash: hash = '', objectKey = '' }: JobFacts): StepWork {
	return { service: 'nca', input: {}, inputHash: hash, objectKey, contentType: 'video/mp4' };
}

/**
 * What a job would do now, or undefined while its inputs are not there
 * (an unfinished step before it, or a clip that a person has yet to choose).
 */
export function workOf(snapshot: VideoSnapshot, job: JobFacts): StepWork | undefined {
	const inputs = inputJobsOf(snapshot, job);
	if (inputs.some((input) => input.status !== 'completed' || !input.output)) return undefined;
	if (inputs.length < inputsNeeded(job)) return undefined;
	if (job.step === 'mix' && job.skipped) return unmixedWork(inputs[0]);
	const draft = draftOf(snapshot, job, inputs);
	if (!draft) return undefined;

	const hash = inputHash({ step: job.step, graph: GRAPH_VERSION, identity: draft.identity });
	return {
		service: draft.service,
		input: draft.input,
		inputHash: hash,
		objectKey: `videos/${snapshot.video.videoId}/${shortHash(hash)}/${draft.fileName}`,
		contentType: draft.contentType,
	};
}
