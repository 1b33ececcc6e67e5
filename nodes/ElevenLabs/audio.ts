import { ok, refuse, type Result } from '../../engine/result';
import { measureAudioSeconds, rawAudioSeconds } from '../shared/mediaDuration';

/** What an `output_format` such as `mp3_44100_128` means. */
export interface AudioFormat {
	codec: string;
	sampleRateHz: number;
	mimeType: string;
	extension: string;
}

const MIME_BY_CODEC: Record<string, string> = {
	mp3: 'audio/mpeg',
	pcm: 'audio/L16',
	wav: 'audio/wav',
	opus: 'audio/ogg',
	ulaw: 'audio/basic',
	alaw: 'audio/x-alaw-basic',
};

const ID3V2_HEADER_BYTES = 10;
const ID3V1_BYTES = 128;
const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;

/** Takes an `output_format` apart. */
export function parseOutputFormat(outputFormat: string): AudioFormat {
	const [codec, rate] = outputFormat.split('_');
	const sampleRateHz = Number(rate) || 44_100;
	return {
		codec,
		sampleRateHz,
		mimeType: MIME_BY_CODEC[codec] ?? 'audio/mpeg',
		extension: codec === 'opus' ? 'ogg' : codec,
	};
}

/** Length of speech in seconds, from its bytes. */
export async function speechSeconds(bytes: Uint8Array, format: AudioFormat): Promise<number | undefined> {
	if (format.codec === 'pcm') return rawAudioSeconds(bytes.byteLength, format.sampleRateHz);
	if (format.codec === 'ulaw' || format.codec === 'alaw')
		return rawAudioSeconds(bytes.byteLength, format.sampleRateHz, 1);
	return await measureAudioSeconds(bytes, format.extension);
}

function skipId3v2(bytes: Buffer): Buffer {
	if (bytes.length < ID3V2_HEADER_BYTES || bytes.toString('latin1', 0, 3) !== 'ID3') return bytes;
	// The size is written in four bytes of seven bits each.
	const size = bytes.subarray(6, 10).reduce((sum, byte) => (sum << 7) | (byte & 0x7f), 0);
	return bytes.subarray(ID3V2_HEADER_BYTES + size);
}

function dropId3v1(bytes: Buffer): Buffer {
	const start = bytes.length - ID3V1_BYTES;
	return start >= 0 && bytes.toString('latin1', start, start + 3) === 'TAG' ? bytes.subarray(0, start) : bytes;
}

const MPEG1_LAYER3_KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_LAYER3_KBPS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const MPEG1_RATES_HZ = [44_100, 48_000, 32_000];

/** Bytes of the MPEG layer III frame at the start, or 0 when there is none. */
function frameBytes(bytes: Buffer): number {
	if (bytes.length < 4 || bytes[0] !== 0xff || (bytes[1] & 0xe6) !== 0xe2) return 0;
	const version = (bytes[1] >> 3) & 3;
	const isMpeg1 = version === 3;
	const kbps = (isMpeg1 ? MPEG1_LAYER3_KBPS : MPEG2_LAYER3_KBPS)[bytes[2] >> 4] ?? 0;
	const rate = (MPEG1_RATES_HZ[(bytes[2] >> 2) & 3] ?? 0) / (isMpeg1 ? 1 : version === 2 ? 2 : 4);
	if (kbps === 0 || rate === 0) return 0;
	const padding = (bytes[2] >> 1) & 1;
	return Math.floor(((isMpeg1 ? 144 : 72) * kbps * 1000) / rate) + padding;
}

/** The first frame may only describe the length of its own file, which would be wrong for the joined one. */
function dropInfoFrame(bytes: Buffer): Buffer {
	const length = frameBytes(bytes);
	if (length === 0 || length > bytes.length) return bytes;
	const frame = bytes.toString('latin1', 0, length);
	return /Xing|Info|VBRI/.test(frame) ? bytes.subarray(length) : bytes;
}

interface WavParts {
	/** From `RIFF` to the start of the samples. */
	head: Buffer;
	samples: Buffer;
	sizeAt: number;
}

function readWav(bytes: Buffer): WavParts | undefined {
	if (bytes.toString('latin1', 0, 4) !== 'RIFF') return undefined;
	let at = RIFF_HEADER_BYTES;
	while (at + CHUNK_HEADER_BYTES <= bytes.length) {
		const start = at + CHUNK_HEADER_BYTES;
		const size = bytes.readUInt32LE(at + 4);
		if (bytes.toString('latin1', at, at + 4) === 'data') {
			// A streamed file may name a size that it does not have.
			return {
				head: bytes.subarray(0, start),
				samples: bytes.subarray(start, Math.min(start + size, bytes.length)),
				sizeAt: at + 4,
			};
		}
		at = start + size + (size % 2);
	}
	return undefined;
}

function joinWav(parts: Buffer[]): Result<Buffer> {
	const wavs = parts.map(readWav).filter((wav): wav is WavParts => wav !== undefined);
	if (wavs.length !== parts.length) return refuse('audio_unreadable', 'The service sent a part that is not a WAV file');
	const samples = Buffer.concat(wavs.map((wav) => wav.samples));
	const head = Buffer.from(wavs[0].head);
	head.writeUInt32LE(samples.length, wavs[0].sizeAt);
	head.writeUInt32LE(head.length + samples.length - CHUNK_HEADER_BYTES, 4);
	return ok(Buffer.concat([head, samples]));
}

/** Whether speech of this format may be made in parts. */
export function isJoinable(codec: string): boolean {
	return codec !== 'opus';
}

/**
 * Joins parts of one speech into one file, without loss.
 *
 * Codes: `audio_unreadable`, `not_joinable`.
 */
export function joinSpeech(parts: Uint8Array[], codec: string): Result<Uint8Array> {
	const buffers = parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength));
	if (buffers.length === 1) return ok(parts[0]);
	if (!isJoinable(codec)) return refuse('not_joinable', `Audio of the format ${codec} cannot be joined`);
	if (codec === 'wav') return joinWav(buffers);
	if (codec !== 'mp3') return ok(Buffer.concat(buffers));
	return ok(Buffer.concat(buffers.map((part) => dropInfoFrame(dropId3v1(skipId3v2(part))))));
}
