import { stat } from 'node:fs/promises';

import { MediaError } from '../../media/ffmpeg';
import { probeMedia } from '../../media/probe';
import { ENCODER_THREADS } from '../constants';
import { TaskError } from '../taskError';
import type { Body, Task, Work } from '../work';

interface Option {
	option: string;
	argument?: string | number | null;
}

interface ComposeBody {
	inputs: Array<{ file_url: string; options?: Option[] }>;
	filters?: Array<{ filter: string }>;
	outputs: Array<{ options: Option[] }>;
	global_options?: Option[];
	metadata?: Partial<Record<'thumbnail' | 'filesize' | 'duration' | 'bitrate' | 'encoder', boolean>>;
}

/** `/v1/ffmpeg/compose`: any ffmpeg command over downloaded inputs. */
export const compose: Task = async (work, body) => {
	const request = body as unknown as ComposeBody;
	const files: string[] = [];
	for (const input of request.inputs) files.push(await work.download(input.file_url));
	const graph = await graphOf(work, request.filters ?? []);
	const names = request.outputs.map(({ options }, index) => `${work.jobId}_output_${index}.${extensionOf(options)}`);

	await runCommand(work, [
		...flatten(request.global_options),
		...request.inputs.flatMap(({ options }, index) => [...flatten(options), '-i', files[index]]),
		...(graph === '' ? [] : ['-filter_complex', graph]),
		...request.outputs.flatMap(({ options }, index) => [...flatten(withThreads(options)), work.path(names[index])]),
	]);

	const results: Body[] = [];
	for (const name of names) {
		const url = await work.publish(name);
		results.push({ file_url: url, ...(await describe(work, name, request.metadata ?? {})) });
	}
	return results;
};

async function runCommand(work: Work, args: string[]): Promise<void> {
	await work.run(args).catch((error: unknown) => {
		work.signal.throwIfAborted();
		throw error instanceof MediaError ? new TaskError(`FFmpeg command failed: ${error.stderr}`) : error;
	});
}

/** The filters as one graph; subtitles named by URL are fetched first. */
async function graphOf(work: Work, filters: Array<{ filter: string }>): Promise<string> {
	const parts: string[] = [];
	for (const { filter } of filters) {
		const url = /subtitles='(https?:\/\/[^']+)'/.exec(filter)?.[1];
		parts.push(url === undefined ? filter : filter.replace(url, await work.download(url)));
	}
	return parts.join(';');
}

function flatten(options: Option[] = []): string[] {
	return options.flatMap(({ option, argument }) =>
		argument === undefined || argument === null || argument === '' ? [option] : [option, String(argument)],
	);
}

/** Jobs share the machine: an encoder that wasn't told otherwise gets few threads. */
function withThreads(options: Option[]): Option[] {
	const isCopy = options.some(
		({ option, argument }) => /^-(?:c|codec|vcodec|c:v)$/.test(option) && argument === 'copy',
	);
	const isTold = options.some(({ option }) => option.startsWith('-threads'));
	return isCopy || isTold ? options : [...options, { option: '-threads', argument: ENCODER_THREADS }];
}

function extensionOf(options: Option[]): string {
	const format = options.find(({ option }) => option === '-f')?.argument;
	return typeof format === 'string' && /^\w+$/.test(format) ? format : 'mp4';
}

async function describe(work: Work, name: string, wanted: NonNullable<ComposeBody['metadata']>): Promise<Body> {
	const file = work.path(name);
	const bytes = (await stat(file)).size;
	const media = await probeMedia(work.ffmpeg.ffprobePath, file, { signal: work.signal });
	return {
		...(wanted.filesize === true ? { filesize: bytes } : {}),
		...(wanted.duration === true ? { duration: media.durationS } : {}),
		...(wanted.bitrate === true ? { bitrate: media.bitRate } : {}),
		...(wanted.encoder === true
			? { encoder: { video: media.video?.codec_name ?? null, audio: media.audio?.codec_name ?? null } }
			: {}),
		...(wanted.thumbnail === true ? { thumbnail_url: await publishThumbnail(work, name) } : {}),
	};
}

async function publishThumbnail(work: Work, name: string): Promise<string> {
	const thumbnail = `${name.replace(/\.\w+$/, '')}_thumbnail.jpg`;
	await work.run(['-i', work.path(name), '-frames:v', '1', '-q:v', '3', work.path(thumbnail)]);
	return await work.publish(thumbnail);
}
