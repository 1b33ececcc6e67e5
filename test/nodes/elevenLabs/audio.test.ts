import { joinSpeech, parseOutputFormat, speechSeconds } from '../../../nodes/ElevenLabs/audio';
import { id3v2, infoFrame, mp3, mp3Seconds, wav } from './audioBytes';

function joined(parts: Uint8Array[], codec: string): Buffer {
	const result = joinSpeech(parts, codec);
	if (!result.ok) throw new Error(result.message);
	return Buffer.from(result.value);
}

describe('parseOutputFormat', () => {
	it.each([
		['mp3_44100_128', 'mp3', 44_100, 'audio/mpeg', 'mp3'],
		['pcm_24000', 'pcm', 24_000, 'audio/L16', 'pcm'],
		['opus_48000_64', 'opus', 48_000, 'audio/ogg', 'ogg'],
		['wav_16000', 'wav', 16_000, 'audio/wav', 'wav'],
	])('reads %s', (name, codec, sampleRateHz, mimeType, extension) => {
		expect(parseOutputFormat(name)).toEqual({ codec, sampleRateHz, mimeType, extension });
	});
});

describe('speechSeconds', () => {
	it.each([
		['mp3_44100_128', mp3(100), mp3Seconds(100)],
		['wav_16000', wav(24_000), 1.5],
		['pcm_24000', Buffer.alloc(48_000), 1],
		['ulaw_8000', Buffer.alloc(16_000), 2],
	])('measures %s from its bytes', async (name, bytes, seconds) => {
		expect(await speechSeconds(bytes, parseOutputFormat(name))).toBeCloseTo(seconds, 2);
	});

	it('gives nothing for bytes that are no audio', async () => {
		expect(await speechSeconds(Buffer.from('<html></html>'), parseOutputFormat('wav_16000'))).toBeUndefined();
	});
});

describe('joinSpeech', () => {
	it('joins MP3 without the tags and length frames of the parts', async () => {
		const tag = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125)]);
		const part = Buffer.concat([id3v2(200), infoFrame(), mp3(50), tag]);

		const bytes = joined([part, part], 'mp3');

		expect(bytes.equals(mp3(100))).toBe(true);
		expect(await speechSeconds(bytes, parseOutputFormat('mp3_44100_128'))).toBeCloseTo(mp3Seconds(100), 2);
	});

	it('joins WAV under one header, also when a streamed part names no true size', () => {
		const bytes = joined([wav(100), wav(50, 16_000, 0xffffffff)], 'wav');

		expect(bytes.readUInt32LE(40)).toBe(300);
		expect(bytes.readUInt32LE(4)).toBe(36 + 300);
		expect(bytes.length).toBe(44 + 300);
	});

	it('joins headerless samples end to end, and leaves a single part as it is', () => {
		const single = id3v2(5);

		expect([...joined([Buffer.from([1, 2]), Buffer.from([3, 4])], 'pcm')]).toEqual([1, 2, 3, 4]);
		expect(joined([single], 'mp3').equals(single)).toBe(true);
	});

	it('refuses what can’t be joined', () => {
		expect(joinSpeech([mp3(1), mp3(1)], 'opus')).toMatchObject({ ok: false, code: 'not_joinable' });
		expect(joinSpeech([wav(1), mp3(1)], 'wav')).toMatchObject({ ok: false, code: 'audio_unreadable' });
	});
});
