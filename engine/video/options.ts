import { ok, refuse, type Result } from '../result';
import { DEADLINE_DEFAULT_S, MAX_ATTEMPTS_DEFAULT } from './constants';
import type { BackgroundSource, ClipFit, VideoOptions } from './types';

const TEXT_MAX_CHARS = 2_000;

/** Reads single settings and collects the first refusal, so that the reading itself stays a plain list. */
class SettingsReader {
	refusal?: Result<never>;

	constructor(private readonly settings: Record<string, unknown>) {}

	private reject(field: string, message: string): void {
		this.refusal ??= refuse('invalid_setting', message, field);
	}

	private isAbsent(field: string): boolean {
		const value = this.settings[field];
		return value === undefined || value === null || value === '';
	}

	text(field: string, fallback: string): string {
		if (this.isAbsent(field)) return fallback;
		const value = this.settings[field];
		if (typeof value !== 'string') this.reject(field, `${field} must be text.`);
		else if (value.length > TEXT_MAX_CHARS) this.reject(field, `${field} is longer than ${TEXT_MAX_CHARS} characters.`);
		else return value;
		return fallback;
	}

	/** The name of a model or the like, which goes into a request's body. */
	name(field: string, fallback: string): string {
		const value = this.text(field, fallback);
		if (!/^[\w./:-]{1,100}$/.test(value)) this.reject(field, `${field} may hold letters, digits and . / : _ - only.`);
		return value;
	}

	/** An identifier that becomes part of a URL's path or of an object key. */
	identifier(field: string, fallback: string): string {
		const value = this.text(field, fallback);
		if (!/^[\w-]{1,100}$/.test(value)) this.reject(field, `${field} may hold letters, digits, _ and - only.`);
		return value;
	}

	number(field: string, fallback: number, min: number, max: number): number {
		if (this.isAbsent(field)) return fallback;
		const value = Number(this.settings[field]);
		if (Number.isFinite(value) && value >= min && value <= max) return value;
		this.reject(field, `${field} must be a number from ${min} to ${max}.`);
		return fallback;
	}

	oneOf<T extends string>(field: string, fallback: T, allowed: readonly T[]): T {
		if (this.isAbsent(field)) return fallback;
		const found = allowed.find((candidate) => candidate === this.settings[field]);
		if (found === undefined) this.reject(field, `${field} must be one of: ${allowed.join(', ')}.`);
		return found ?? fallback;
	}

	record(field: string): Record<string, unknown> {
		const value = this.settings[field];
		if (this.isAbsent(field)) return {};
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
		this.reject(field, `${field} must be an object.`);
		return {};
	}

	flag(field: string, fallback: boolean): boolean {
		return this.isAbsent(field) ? fallback : this.settings[field] === true || this.settings[field] === 'true';
	}
}

function readVoice(read: SettingsReader): VideoOptions['voice'] {
	const languageCode = read.text('language_code', '');
	return {
		voiceId: read.identifier('voice_id', 'JBFqnCBsd6RMkjVDRZzb'),
		modelId: read.name('voice_model', 'eleven_multilingual_v2'),
		outputFormat: read.identifier('voice_output_format', 'mp3_44100_128'),
		...(languageCode === '' ? {} : { languageCode }),
		settings: {
			stability: read.number('voice_stability', 0.5, 0, 1),
			similarity_boost: read.number('voice_similarity_boost', 0.75, 0, 1),
			style: read.number('voice_style', 0, 0, 1),
			use_speaker_boost: read.flag('voice_speaker_boost', true),
			speed: read.number('voice_speed', 1, 0.7, 1.2),
		},
	};
}

function readBackground(read: SettingsReader): VideoOptions['background'] {
	return {
		source: read.oneOf<BackgroundSource>('background', 'user', ['user', 'generated']),
		model: read.name('background_model', 'kling'),
		taskType: read.name('background_task_type', 'video_generation'),
		taskInput: { duration: 5, aspect_ratio: '16:9', mode: 'std', ...read.record('background_task_input') },
		promptPrefix: read.text('background_prompt_prefix', 'Cinematic background footage, no text, no people speaking: '),
	};
}

function readMusic(read: SettingsReader): VideoOptions['music'] {
	return {
		prompt: read.text('music_prompt', 'Calm, warm instrumental background music without vocals'),
		model: read.name('music_model', 'Qubico/diffrhythm'),
		taskType: read.name('music_task_type', 'txt2audio-base'),
		taskInput: read.record('music_task_input'),
		extension: read.identifier('music_extension', 'flac'),
		volumeDb: read.number('music_volume_db', -20, -60, 0),
		fadeOutS: read.number('music_fade_out', 3, 0, 30),
	};
}

/** Even sizes only: H.264 with 4:2:0 colour takes no others. */
function readPicture(read: SettingsReader): VideoOptions['picture'] {
	const even = (size: number) => Math.round(size / 2) * 2;
	return {
		width: even(read.number('width', 1920, 320, 3840)),
		height: even(read.number('height', 1080, 180, 3840)),
		fps: Math.round(read.number('fps', 30, 15, 60)),
		fit: read.oneOf<ClipFit>('clip_fit', 'loop', ['loop', 'freeze']),
		preset: read.oneOf('encoder_preset', 'veryfast', [
			'ultrafast',
			'superfast',
			'veryfast',
			'faster',
			'fast',
			'medium',
		]),
	};
}

/**
 * The options of a video from flat settings, as a request or the "Configure me" node gives them.
 * What is absent or empty takes its default; what is wrong is refused with code `invalid_setting` and the field's name.
 */
export function readVideoOptions(settings: Record<string, unknown>): Result<VideoOptions> {
	const read = new SettingsReader(settings);
	const options: VideoOptions = {
		voice: readVoice(read),
		background: readBackground(read),
		picture: readPicture(read),
		music: readMusic(read),
		maxAttempts: Math.round(read.number('max_attempts', MAX_ATTEMPTS_DEFAULT, 1, 10)),
		deadlineS: read.number('deadline_minutes', DEADLINE_DEFAULT_S / 60, 1, 180) * 60,
	};
	return read.refusal ?? ok(options);
}
