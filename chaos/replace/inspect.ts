import { decodeMedia } from './media';

interface MediaSource {
	bytes: number;
	read: (from: number, to: number) => Promise<Uint8Array>;
}

/** As nodes/SpacesPersist/inspect, for the files of this world; errors of `read` go on to the caller. */
export async function inspectMedia(source: MediaSource): Promise<Record<string, unknown>> {
	const media = decodeMedia(await source.read(0, source.bytes - 1));
	if (!media) return { readable: false, hasVideo: false, hasAudio: false };
	const { durationS, hasVideo, hasAudio, width, height } = media;
	const container = { mp4: 'MP4', mp3: 'MP3', flac: 'FLAC', jpg: 'JPEG' }[media.container];
	const sizes = hasVideo ? { videoCodec: 'avc', width, height } : {};
	return {
		readable: true,
		container,
		durationS,
		hasVideo,
		hasAudio,
		...sizes,
		...(hasAudio ? { audioCodec: 'aac' } : {}),
	};
}
