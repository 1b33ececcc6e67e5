import { readFile, writeFile } from 'node:fs/promises';

import { MediaError } from '../../media/ffmpeg';
import { probeMedia } from '../../media/probe';
import { ENCODER_THREADS } from '../constants';
import { TaskError } from '../taskError';
import type { Body, Task, Work } from '../work';

const ALIGNMENTS: Record<string, number> = {
	bottom_left: 1,
	bottom_center: 2,
	bottom_right: 3,
	middle_left: 9,
	middle_center: 10,
	middle_right: 11,
	top_left: 5,
	top_center: 6,
	top_right: 7,
};

const DEFAULT_WORDS = 8;

/** `/v1/video/caption`: burns the given words in. Without captions it would need a transcription, which isn't here. */
export const caption: Task = async (work, body) => {
	const file = await work.download(String(body.video_url));
	const settings = (body.settings ?? {}) as Body;
	const captions = await captionsOf(work, body.captions);
	const kind = kindOf(captions);
	if (kind === 'srt' && (settings.style ?? 'classic') !== 'classic') {
		throw new TaskError({ error: `Only 'classic' style is supported for SRT captions.` }, 400);
	}
	const content = kind === 'text' ? await cuesOf(work, file, captions, settings) : captions;
	const script = kind === 'ass' ? 'captions.ass' : 'captions.srt';
	await writeFile(work.path(script), replaced(content, body.replace));

	const name = `${work.jobId}_captioned.mp4`;
	const style = kind === 'ass' ? '' : `:force_style='${styleOf(settings)}'`;
	const picture = [
		'-vf',
		`subtitles=${script}${style}`,
		'-c:v',
		'libx264',
		'-preset',
		'veryfast',
		'-pix_fmt',
		'yuv420p',
	];
	const args = ['-i', file, ...picture, '-threads', String(ENCODER_THREADS), '-c:a', 'copy', work.path(name)];
	await work.run(args).catch((error: unknown) => {
		work.signal.throwIfAborted();
		throw error instanceof MediaError ? new TaskError({ error: `FFmpeg error: ${error.stderr}` }) : error;
	});
	return await work.publish(name);
};

async function captionsOf(work: Work, captions: unknown): Promise<string> {
	if (typeof captions !== 'string' || captions === '') {
		throw new TaskError({ error: 'Transcription is not available: Whisper is not installed.' });
	}
	return /^https?:\/\//i.test(captions) ? await readFile(await work.download(captions), 'utf8') : captions;
}

function kindOf(captions: string): 'ass' | 'srt' | 'text' {
	if (/^\s*\[script info\]/i.test(captions)) return 'ass';
	return /\d{2}:\d{2}:\d{2},\d{3}\s+-->/.test(captions) ? 'srt' : 'text';
}

/** Plain words, spread evenly over the whole length. */
async function cuesOf(work: Work, file: string, text: string, settings: Body): Promise<string> {
	const { durationS } = await probeMedia(work.ffmpeg.ffprobePath, file);
	const words = text.split(/\s+/).filter(Boolean);
	const perLine = Math.max(1, Number(settings.max_words_per_line ?? DEFAULT_WORDS));
	const lines = Array.from({ length: Math.ceil(words.length / perLine) }, (_, index) =>
		words.slice(index * perLine, (index + 1) * perLine).join(' '),
	);
	const at = (index: number) => srtTime((durationS * index) / lines.length);
	return lines
		.map((line, index) => {
			const shown = settings.all_caps === true ? line.toUpperCase() : line;
			return `${index + 1}\n${at(index)} --> ${at(index + 1)}\n${shown}\n`;
		})
		.join('\n');
}

function srtTime(seconds: number): string {
	return new Date(seconds * 1000).toISOString().slice(11, 23).replace('.', ',');
}

function replaced(text: string, rules: unknown): string {
	const list = (rules ?? []) as Array<{ find: string; replace: string }>;
	return list.reduce((result, rule) => result.split(rule.find).join(rule.replace), text);
}

/** Only values of known shapes get into the filter's option. */
function styleOf(settings: Body): string {
	const style: string[] = [];
	const add = (name: string, value: unknown, pattern: RegExp, map: (text: string) => string = (text) => text) => {
		if (value !== undefined && pattern.test(String(value))) style.push(`${name}=${map(String(value))}`);
	};
	add('Fontname', settings.font_family, /^[\w -]+$/);
	add('Fontsize', settings.font_size, /^\d+$/);
	add('PrimaryColour', settings.line_color, /^#[0-9a-f]{6}$/i, assColour);
	add('OutlineColour', settings.outline_color, /^#[0-9a-f]{6}$/i, assColour);
	add('Outline', settings.outline_width, /^\d+$/);
	add('Bold', settings.bold, /^true$/, () => '-1');
	add('Italic', settings.italic, /^true$/, () => '-1');
	add('Alignment', ALIGNMENTS[String(settings.position)], /^\d+$/);
	return style.join(',');
}

function assColour(colour: string): string {
	const [, red, green, blue] = /^#(..)(..)(..)$/.exec(colour) ?? [];
	return `&H00${blue}${green}${red}`.toUpperCase();
}
