import { MediaError } from './ffmpeg';
import { runProgram, type RunOptions } from './run';

/** One stream, in ffprobe's own words. Numbers come as text. */
export interface ProbedStream {
	codec_type: string;
	codec_name?: string;
	codec_long_name?: string;
	width?: number;
	height?: number;
	pix_fmt?: string;
	sample_aspect_ratio?: string;
	r_frame_rate?: string;
	avg_frame_rate?: string;
	time_base?: string;
	duration?: string;
	nb_frames?: string;
	bit_rate?: string;
	sample_rate?: string;
	channels?: number;
	profile?: string;
	has_b_frames?: number;
	start_time?: string;
}

/** What ffprobe says of a file. */
export interface MediaProbe {
	formatName: string;
	/** 0 where the container doesn't say. */
	durationS: number;
	bytes: number;
	bitRate: number;
	streams: ProbedStream[];
	video?: ProbedStream;
	audio?: ProbedStream;
}

interface ProbeOutput {
	format?: { format_name?: string; duration?: string; size?: string; bit_rate?: string };
	streams?: ProbedStream[];
}

/**
 * Reads container and streams of a local file or URL. Throws {@link MediaError} when it isn't media.
 */
export async function probeMedia(ffprobePath: string, file: string, options: RunOptions = {}): Promise<MediaProbe> {
	const args = ['-v', 'error', '-print_format', 'json', '-show_format', '-show_streams', file];
	const result = await runProgram(ffprobePath, args, options);
	if (result.code !== 0) throw new MediaError('ffprobe failed', result.stderr);
	const { format = {}, streams = [] } = JSON.parse(result.stdout) as ProbeOutput;
	return {
		formatName: format.format_name ?? '',
		durationS: Number(format.duration ?? 0),
		bytes: Number(format.size ?? 0),
		bitRate: Number(format.bit_rate ?? 0),
		streams,
		video: streams.find((stream) => stream.codec_type === 'video'),
		audio: streams.find((stream) => stream.codec_type === 'audio'),
	};
}
