import { fileAt } from './files';
import { MediaError } from './ffmpeg';
import { decodeMedia } from './media';

/** What ffprobe would say of a file. */
export async function probeMedia(_path: string, file: string): Promise<Record<string, unknown>> {
	const bytes = fileAt(file);
	const media = bytes && decodeMedia(bytes);
	if (!bytes || !media) throw new MediaError('ffprobe failed', `${file}: Invalid data found when processing input`);
	const { durationS, hasVideo, hasAudio } = media;
	const duration = durationS.toFixed(6);
	const video = hasVideo ? { codec_type: 'video', codec_name: 'h264', duration } : undefined;
	const audio = hasAudio ? { codec_type: 'audio', codec_name: 'aac', duration } : undefined;
	const streams = [video, audio].filter((stream) => stream !== undefined);
	return { formatName: media.container, durationS, bytes: bytes.length, bitRate: 0, streams, video, audio };
}
