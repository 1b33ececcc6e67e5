import { theMachine } from '../world/machine';
import { fileAt, writeFile } from './files';
import { decodeMedia, encodeMedia, type Media } from './media';

/** As in the sandbox: ffmpeg ended with an error. */
export class MediaError extends Error {
	constructor(
		message: string,
		readonly stderr: string,
	) {
		super(message);
		this.name = 'MediaError';
	}
}

interface RunOptions {
	signal?: AbortSignal;
}

const PCM_SAMPLES_PER_S = 100;
const PCM_BYTES_PER_SAMPLE = 2;
const START_MS = 1_500;
const MS_PER_MEDIA_S = 300;

/** Does what ffmpeg would do for the commands of the stand-ins, and takes its time for it. */
export async function runFfmpeg(
	_path: string,
	args: string[],
	{ signal }: RunOptions = {},
): Promise<{ stderr: string }> {
	const output = args[args.length - 1];
	const inputs = args.flatMap((argument, index) => (argument === '-i' ? [args[index + 1]] : []));
	const isEncoding = args.includes('s16le') && inputs.length === 1;
	const made = isEncoding ? speechOf(inputs[0], output) : videoOf(args, inputs, output);
	if (!isEncoding) await theMachine().time.sleep(START_MS + made.durationS * MS_PER_MEDIA_S, signal);
	await writeFile(output, encodeMedia(made));
	return { stderr: '' };
}

function speechOf(input: string, output: string): Media {
	const pcm = fileAt(input);
	if (!pcm) throw new MediaError('ffmpeg failed', `${input}: No such file or directory`);
	const durationS = pcm.length / PCM_BYTES_PER_SAMPLE / PCM_SAMPLES_PER_S;
	return { container: 'mp3', durationS, hasVideo: false, hasAudio: true, id: output.slice(-28) };
}

function videoOf(args: string[], inputs: string[], output: string): Media {
	const isConcat = args.includes('concat');
	const sources = (isConcat ? listedIn(inputs[0]) : inputs).map(mediaAt);
	const graph = args[args.indexOf('-filter_complex') + 1] ?? '';
	const id = output.slice(-40);
	const base = { container: 'mp4' as const, hasVideo: true, hasAudio: true, width: 1920, height: 1080, id };
	if (isConcat) {
		const durationS = sources.reduce((sum, source) => sum + source.durationS, 0);
		return { ...base, ...sizeOf(sources[0]), durationS, isIndexLast: true };
	}
	requireStreams(graph, sources, inputs);
	const frames = /trim=end_frame=(\d+)/.exec(graph)?.[1];
	const rate = /fps=(\d+)(?:\/(\d+))?/.exec(graph);
	const size = /scale=(\d+):(\d+)/.exec(graph);
	if (frames !== undefined && rate) {
		const durationS = Number(frames) / (Number(rate[1]) / Number(rate[2] ?? 1));
		return { ...base, ...(size ? { width: Number(size[1]), height: Number(size[2]) } : {}), durationS };
	}
	return { ...base, ...sizeOf(sources[0]), durationS: sources[0].durationS };
}

/** A graph that names a stream which its file lacks ends with an error. */
function requireStreams(graph: string, sources: Media[], inputs: string[]): void {
	for (const [, index, kind] of graph.matchAll(/\[(\d):([av]):0\]/g)) {
		const source = sources[Number(index)];
		const has = kind === 'a' ? source?.hasAudio : source?.hasVideo;
		if (!has)
			throw new MediaError(
				'ffmpeg failed',
				`Stream specifier ':${kind}:0' matches no streams in ${inputs[Number(index)]}`,
			);
	}
}

function sizeOf({ width, height }: Media): Pick<Media, 'width' | 'height'> {
	return { width, height };
}

function mediaAt(path: string): Media {
	const media = decodeMedia(fileAt(path) ?? new Uint8Array());
	if (!media) throw new MediaError('ffmpeg failed', `${path}: Invalid data found when processing input`);
	return media;
}

function listedIn(path: string): string[] {
	const text = fileAt(path)?.toString('utf8') ?? '';
	return [...text.matchAll(/^file '([^']*)'$/gm)].map(([, file]) => file);
}
