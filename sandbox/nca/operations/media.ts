import { MediaError } from '../../media/ffmpeg';
import { probeMedia, type MediaProbe, type ProbedStream } from '../../media/probe';
import { TaskError } from '../taskError';
import { codecArgs, type Body, type Task, type Work } from '../work';

/** `/v1/media/metadata`: ffprobe reads the URL itself. */
export const metadata: Task = async (work, { media_url: url }) => {
	const media = await probeMedia(work.ffmpeg.ffprobePath, String(url), { signal: work.signal }).catch(() => {
		work.signal.throwIfAborted();
		throw new TaskError('ffprobe error: ');
	});
	return {
		filesize: media.bytes,
		filesize_mb: rounded(media.bytes / 1_048_576),
		duration: media.durationS,
		duration_formatted: formatted(media.durationS),
		format: media.formatName,
		overall_bitrate: media.bitRate,
		overall_bitrate_mbps: rounded(media.bitRate / 1_000_000),
		has_video: media.video !== undefined,
		has_audio: media.audio !== undefined,
		...videoFields(media),
		...audioFields(media.audio),
	};
};

function videoFields({ video }: MediaProbe): Body {
	if (!video) return {};
	const bitrate = Number(video.bit_rate ?? 0);
	const [frames, seconds] = (video.r_frame_rate ?? '0/1').split('/').map(Number);
	return {
		video_codec: video.codec_name,
		video_codec_long: video.codec_long_name,
		width: video.width,
		height: video.height,
		resolution: `${video.width}x${video.height}`,
		fps: rounded(frames / (seconds || 1)),
		video_bitrate: bitrate,
		video_bitrate_mbps: rounded(bitrate / 1_000_000),
		pixel_format: video.pix_fmt,
	};
}

function audioFields(audio: ProbedStream | undefined): Body {
	if (!audio) return {};
	const bitrate = Number(audio.bit_rate ?? 0);
	const rate = Number(audio.sample_rate ?? 0);
	return {
		audio_codec: audio.codec_name,
		audio_codec_long: audio.codec_long_name,
		audio_channels: audio.channels,
		audio_sample_rate: rate,
		audio_sample_rate_khz: rounded(rate / 1000),
		audio_bitrate: bitrate,
		audio_bitrate_kbps: Math.round(bitrate / 1000),
	};
}

/** Seconds keep one digit before the point, as in the toolkit. */
function formatted(durationS: number): string {
	const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
	return `${two(durationS / 3600)}:${two((durationS % 3600) / 60)}:${(durationS % 60).toFixed(2)}`;
}

/** `/v1/media/silence` */
export const silence: Task = async (work, body) => {
	const file = await work.download(String(body.media_url));
	const part = [...(body.start ? ['-ss', String(body.start)] : []), ...(body.end ? ['-to', String(body.end)] : [])];
	const mono = body.mono === false ? [] : ['-ac', '1'];
	const filter = `silencedetect=noise=${String(body.noise ?? '-30dB')}:d=${String(body.duration)}`;
	const { stderr } = await runOrFail(work, ['-i', file, ...part, ...mono, '-af', filter, '-f', 'null', '-']);
	return spansOf(stderr);
};

function spansOf(log: string): Body[] {
	const starts = [...log.matchAll(/silence_start: (-?[\d.]+)/g)].map((match) => Number(match[1]));
	const ends = [...log.matchAll(/silence_end: ([\d.]+) \| silence_duration: ([\d.]+)/g)];
	return ends.map(([, end, duration], index) => ({
		start: clockTime(Math.max(starts[index] ?? 0, 0)),
		end: clockTime(Number(end)),
		duration: rounded(Number(duration)),
	}));
}

function clockTime(seconds: number): string {
	return new Date(seconds * 1000).toISOString().slice(11, 23);
}

/** `/v1/media/convert` */
export const convert: Task = async (work, body) => {
	const file = await work.download(String(body.media_url));
	const format = String(body.format).toLowerCase();
	if (!/^\w{2,5}$/.test(format)) throw new TaskError({ error: `Unsupported format: ${format}` });
	const name = `${work.jobId}_converted.${format}`;
	await runOrFail(work, ['-i', file, ...codecArgs(body), work.path(name)]).catch((error: unknown) => {
		throw error instanceof TaskError ? new TaskError({ error: error.message }) : error;
	});
	return await work.publish(name);
};

/** `/v1/media/convert/mp3` */
export const convertToMp3: Task = async (work, body) => {
	const file = await work.download(String(body.media_url));
	const name = `${work.jobId}.mp3`;
	const rate = body.sample_rate === undefined ? [] : ['-ar', String(body.sample_rate)];
	const sound = ['-vn', '-c:a', 'libmp3lame', '-b:a', String(body.bitrate ?? '128k'), ...rate];
	await work.runSilently(['-i', file, ...sound, work.path(name)]);
	return await work.publish(name);
};

async function runOrFail(work: Work, args: string[]): Promise<{ stderr: string }> {
	return await work.run(args).catch((error: unknown) => {
		work.signal.throwIfAborted();
		throw error instanceof MediaError ? new TaskError(`FFmpeg error: ${error.stderr}`) : error;
	});
}

function rounded(value: number): number {
	return Math.round(value * 100) / 100;
}
