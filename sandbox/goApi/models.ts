import { randomUUID } from 'node:crypto';

import {
	KLING_DURATION_MS,
	KLING_POINTS_PER_5S,
	MUSIC_BASE_S,
	MUSIC_DEFAULT_S,
	MUSIC_FULL_S,
	MUSIC_MAX_S,
	MUSIC_MIN_S,
	VIDEO_HEIGHT_PX,
	VIDEO_WIDTH_PX,
} from './constants';
import type { MediaWish } from './rendering';

export type TaskInput = Record<string, unknown>;

/** Puts a file under a URL of the stand-in and gives that URL. */
export type Publish = (wish: MediaWish) => Promise<string>;

/** What a model's task type takes, costs and gives. */
export interface TaskKind {
	/** Input as the service echoes it, with its defaults. */
	complete(input: TaskInput): TaskInput;
	/** Why an input is refused; undefined when it is fine. */
	refuse(input: TaskInput): string | undefined;
	usage(input: TaskInput): { type: string; points: number };
	output(input: TaskInput, publish: Publish): Promise<Record<string, unknown>>;
}

function text(value: unknown): string {
	return typeof value === 'string' ? value : '';
}

const KLING: TaskKind = {
	complete: (input) => ({
		aspect_ratio: '16:9',
		cfg_scale: 0.5,
		duration: 5,
		mode: 'std',
		negative_prompt: '',
		prompt: '',
		version: '1.6',
		...input,
	}),
	refuse(input) {
		if (!(Number(input.duration) in KLING_DURATION_MS)) return 'invalid request: duration must be 5 or 10';
		if (!['16:9', '9:16', '1:1'].includes(text(input.aspect_ratio))) return 'invalid request: invalid aspect_ratio';
		if (!['std', 'pro'].includes(text(input.mode))) return 'invalid request: invalid mode';
		const hasWish = text(input.prompt).trim() !== '' || text(input.image_url) !== '';
		return hasWish ? undefined : 'invalid request: prompt or image_url is required';
	},
	usage: (input) => ({
		type: 'point',
		points: ((KLING_POINTS_PER_5S * Number(input.duration)) / 5) * (input.mode === 'pro' ? 1.75 : 1),
	}),
	async output(input, publish) {
		const durationMs = KLING_DURATION_MS[Number(input.duration)];
		const prompt = `${text(input.prompt)}|${text(input.image_url)}`;
		const size = { height: VIDEO_HEIGHT_PX, width: VIDEO_WIDTH_PX };
		const type = text(input.image_url) === '' ? 'm2v_txt2video' : 'm2v_img2video';
		const videoUrl = await publish({ kind: 'video', prompt, durationMs, aspectRatio: text(input.aspect_ratio) });
		const coverUrl = await publish({ kind: 'image', prompt });
		return {
			video_url: videoUrl,
			type,
			status: 99,
			works: [
				{
					content_type: 'video',
					status: 99,
					type,
					cover: { resource: coverUrl, resource_without_watermark: '', ...size, duration: 0 },
					video: {
						resource: `${videoUrl}?x-kcdn-pid=1`,
						resource_without_watermark: videoUrl,
						...size,
						duration: durationMs,
					},
				},
			],
		};
	},
};

function diffrhythm(durationS: number): TaskKind {
	return {
		complete: (input) => ({ lyrics: '', style_audio: '', style_prompt: '', ...input }),
		refuse: (input) =>
			[input.lyrics, input.style_audio, input.style_prompt].some((part) => text(part).trim() !== '')
				? undefined
				: 'invalid request: lyrics, style_prompt or style_audio is required',
		usage: () => ({ type: 'llm', points: 0 }),
		output: async (input, publish) => ({
			audio_url: await publish({ kind: 'music', prompt: text(input.style_prompt), durationS, format: 'flac' }),
		}),
	};
}

/** Its output is not recorded; documented as `audio_url`. */
const ACE_STEP: TaskKind = {
	complete: (input) => ({ duration: MUSIC_DEFAULT_S, lyrics: '', style_prompt: '', ...input }),
	refuse: (input) => (text(input.style_prompt).trim() === '' ? 'invalid request: style_prompt is required' : undefined),
	usage: () => ({ type: 'point', points: 100_000 }),
	output: async (input, publish) => ({
		audio_url: await publish({
			kind: 'music',
			prompt: text(input.style_prompt),
			durationS: clamp(Number(input.duration) || MUSIC_DEFAULT_S),
			format: 'mp3',
		}),
	}),
};

function clamp(seconds: number): number {
	return Math.min(MUSIC_MAX_S, Math.max(MUSIC_MIN_S, seconds));
}

function songPrompt(input: TaskInput): string {
	return text(input.gpt_description_prompt) || text(input.prompt) || text(input.tags);
}

async function song(input: TaskInput, publish: Publish, index: number) {
	const prompt = `${songPrompt(input)}|${index}`;
	const audioUrl = await publish({ kind: 'music', prompt, durationS: MUSIC_DEFAULT_S, format: 'mp3' });
	return { prompt, audioUrl, imageUrl: await publish({ kind: 'image', prompt }) };
}

/** Udio: a list of songs (documented, not recorded). */
const MUSIC_U: TaskKind = {
	complete: (input) => ({ gpt_description_prompt: '', lyrics: '', ...input }),
	refuse(input) {
		if (!['generate', 'user', 'instrumental'].includes(text(input.lyrics_type)))
			return 'invalid request: lyrics_type is required';
		return songPrompt(input).trim() === '' ? 'invalid request: gpt_description_prompt is required' : undefined;
	},
	usage: () => ({ type: 'point', points: 500_000 }),
	async output(input, publish) {
		const songs = await Promise.all([song(input, publish, 0), song(input, publish, 1)]);
		return {
			songs: songs.map(({ audioUrl, imageUrl }, index) => ({
				id: randomUUID(),
				title: text(input.title) || `Song ${index + 1}`,
				song_path: audioUrl,
				image_path: imageUrl,
				duration: MUSIC_DEFAULT_S,
				lyrics: text(input.lyrics),
				finished: true,
			})),
		};
	},
};

/** Suno: an object of clips by their id (documented, not recorded). */
const SUNO: TaskKind = {
	complete: (input) => ({ ...input }),
	refuse: (input) => (songPrompt(input).trim() === '' ? 'invalid request: prompt is required' : undefined),
	usage: () => ({ type: 'point', points: 400_000 }),
	async output(input, publish) {
		const songs = await Promise.all([song(input, publish, 0), song(input, publish, 1)]);
		const clips = songs.map(({ audioUrl, imageUrl }) => {
			const id = randomUUID();
			return [
				id,
				{ id, audio_url: audioUrl, image_url: imageUrl, title: text(input.title), duration: MUSIC_DEFAULT_S },
			];
		});
		return { clips: Object.fromEntries(clips) };
	},
};

const KINDS = new Map<string, TaskKind>([
	['kling/video_generation', KLING],
	['Qubico/diffrhythm/txt2audio-base', diffrhythm(MUSIC_BASE_S)],
	['Qubico/diffrhythm/txt2audio-full', diffrhythm(MUSIC_FULL_S)],
	['Qubico/ace-step/txt2audio', ACE_STEP],
	['music-u/generate_music', MUSIC_U],
	['music-s/generate_music', SUNO],
	['music-s/generate_music_custom', SUNO],
	['suno/generate_music', SUNO],
	['suno/generate_music_custom', SUNO],
]);

/** The kind of task, or why there is none. */
export function findKind(model: string, taskType: string): TaskKind | { reason: string } {
	const kind = KINDS.get(`${model}/${taskType}`);
	if (kind) return kind;
	const isModelKnown = [...KINDS.keys()].some((name) => name.startsWith(`${model}/`));
	return { reason: isModelKnown ? 'invalid request: invalid task_type' : 'invalid request: invalid model' };
}
