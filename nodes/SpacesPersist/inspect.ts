import type { Input, InputAudioTrack, InputVideoTrack } from 'mediabunny';
import { INSPECT_CACHE_BYTES, INSPECT_MAX_BYTES } from './constants';

/** What a media file holds. */
export interface MediaFacts {
	/** False when the file can't be read as audio or video. */
	readable: boolean;
	/** Name of the container, such as `MP4`. */
	container?: string;
	durationS?: number;
	hasVideo: boolean;
	hasAudio: boolean;
	videoCodec?: string;
	/** Pixels as shown, rotation applied. */
	width?: number;
	height?: number;
	audioCodec?: string;
}

export interface MediaSource {
	bytes: number;
	/** Bytes `from` to `to`, both included. */
	read: (from: number, to: number) => Promise<Uint8Array>;
}

const UNREADABLE: MediaFacts = { readable: false, hasVideo: false, hasAudio: false };
const MILLISECONDS = 1000;
const BARE_FRAMES = ['MP3', 'ADTS'];
/** Half of what may be read; the rest serves finding the tracks. At 320 kbit/s it lasts 14 minutes. */
const COUNTABLE_BYTES = INSPECT_MAX_BYTES / 2;

/**
 * Reads container, length, codecs and size of a stored file by its index, in a few ranged reads.
 * A file that no reader understands is told as `readable: false`; errors of `read` itself are thrown.
 */
export async function inspectMedia(source: MediaSource): Promise<MediaFacts> {
	const bunny = await import('mediabunny');
	// Its remarks about codecs go to the console otherwise; what matters of them is in the facts.
	bunny.Logging.level = bunny.LogLevel.Silent;
	const budget = new ReadBudget(source);
	const input = new bunny.Input({
		formats: bunny.ALL_FORMATS,
		source: new bunny.CustomSource({
			getSize: () => source.bytes,
			read: async (start, end) => await budget.read(start, end - 1),
			maxCacheSize: INSPECT_CACHE_BYTES,
			prefetchProfile: 'network',
			handleUnhandledError: () => undefined,
		}),
	});
	try {
		return await readFacts(input, source.bytes);
	} catch {
		// Whatever the reader stumbles over makes the file unreadable, unless it was the store that failed.
		return budget.failure === undefined ? UNREADABLE : await Promise.reject(budget.failure);
	} finally {
		input.dispose();
	}
}

async function readFacts(input: Input, bytes: number): Promise<MediaFacts> {
	const format = await input.getFormat();
	const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
	const tracks = [video, audio].filter((track) => track !== null);
	if (tracks.length === 0) return { ...UNREADABLE, container: format.name };
	const stated = await input.getDurationFromMetadata(tracks);
	// A fragmented MP4 may state 0, and streams of bare frames only allow a guess: then every packet is counted.
	const isGuess = stated === null || stated <= 0 || (BARE_FRAMES.includes(format.name) && bytes <= COUNTABLE_BYTES);
	const seconds = isGuess ? await input.computeDuration(tracks) : stated;
	return {
		readable: true,
		container: format.name,
		durationS: Math.round(seconds * MILLISECONDS) / MILLISECONDS,
		hasVideo: video !== null,
		hasAudio: audio !== null,
		...(await videoFacts(video)),
		...(await audioFacts(audio)),
	};
}

async function videoFacts(track: InputVideoTrack | null): Promise<Partial<MediaFacts>> {
	if (track === null) return {};
	const [videoCodec, width, height] = await Promise.all([
		track.getCodec(),
		track.getDisplayWidth(),
		track.getDisplayHeight(),
	]);
	return { videoCodec: videoCodec ?? 'unknown', width, height };
}

async function audioFacts(track: InputAudioTrack | null): Promise<Partial<MediaFacts>> {
	return track === null ? {} : { audioCodec: (await track.getCodec()) ?? 'unknown' };
}

/** Bounds what a hostile or headerless file can make us read, and keeps the store's errors apart from the reader's. */
class ReadBudget {
	failure: unknown;
	private left = INSPECT_MAX_BYTES;

	constructor(private readonly source: MediaSource) {}

	async read(from: number, to: number): Promise<Uint8Array> {
		this.left -= to - from + 1;
		if (this.left < 0) throw new RangeError('The index of this file is too large to read');
		return await this.source.read(from, to).catch(async (error: unknown) => {
			this.failure = error;
			return await Promise.reject(error);
		});
	}
}
