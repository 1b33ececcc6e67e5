import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectMedia, type MediaFacts } from '../../../nodes/SpacesPersist/inspect';
import { openSpaces } from '../../../nodes/SpacesPersist/transport';
import { findMediaBinaries } from '../../../sandbox/media/binaries';
import { runFfmpeg } from '../../../sandbox/media/ffmpeg';
import { withSandbox } from '../../support/sandbox';
import { credentialsOf, INPUT_HASH, JOB, runOne } from './support';

const sandbox = withSandbox(['spaces']);
const VIDEO = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25:duration=2'];
const AUDIO = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=2'];
const FILES: Record<string, string[]> = {
	'clip.mp4': [...VIDEO, ...AUDIO, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
	'fast.mp4': [...VIDEO, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-movflags', 'faststart'],
	'fragmented.mp4': [...VIDEO, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-movflags', 'frag_keyframe+empty_moov'],
	'clip.mov': [...VIDEO, ...AUDIO, '-c:v', 'mpeg4', '-c:a', 'pcm_s16le'],
	'clip.webm': [...VIDEO, '-c:v', 'libvpx', '-b:v', '200k'],
	'voice.mp3': [...AUDIO, '-c:a', 'libmp3lame'],
	'vbr-without-header.mp3': [...AUDIO, '-c:a', 'libmp3lame', '-q:a', '4', '-write_xing', '0'],
	'voice.aac': [...AUDIO, '-c:a', 'aac'],
	'voice.wav': AUDIO,
	'voice.flac': AUDIO,
};

let dir: string;
beforeAll(async () => {
	dir = await mkdtemp(join(tmpdir(), 'inspect-'));
	const { ffmpegPath } = findMediaBinaries();
	for (const [name, args] of Object.entries(FILES)) await runFfmpeg(ffmpegPath, ['-y', ...args, join(dir, name)]);
}, 60_000);
afterAll(async () => await rm(dir, { recursive: true }));

async function inspect(name: string): Promise<{ facts: MediaFacts; bytesRead: number }> {
	const file = await readFile(join(dir, name));
	let bytesRead = 0;
	const read = async (from: number, to: number) => {
		bytesRead += to - from + 1;
		return await Promise.resolve(file.subarray(from, to + 1));
	};
	return { facts: await inspectMedia({ bytes: file.length, read }), bytesRead };
}

it.each([
	['clip.mp4', { container: 'MP4', hasVideo: true, hasAudio: true, videoCodec: 'avc', audioCodec: 'aac' }],
	['fast.mp4', { container: 'MP4', hasVideo: true, hasAudio: false, videoCodec: 'avc' }],
	['fragmented.mp4', { container: 'MP4', hasVideo: true, hasAudio: false, videoCodec: 'avc' }],
	['clip.mov', { container: 'QuickTime File Format', hasVideo: true, hasAudio: true }],
	['clip.webm', { container: 'WebM', hasVideo: true, hasAudio: false, videoCodec: 'vp8' }],
	['voice.mp3', { container: 'MP3', hasVideo: false, hasAudio: true, audioCodec: 'mp3' }],
	['vbr-without-header.mp3', { container: 'MP3', hasVideo: false, hasAudio: true, audioCodec: 'mp3' }],
	['voice.aac', { container: 'ADTS', hasVideo: false, hasAudio: true, audioCodec: 'aac' }],
	['voice.wav', { container: 'WAVE', hasVideo: false, hasAudio: true }],
	['voice.flac', { container: 'FLAC', hasVideo: false, hasAudio: true, audioCodec: 'flac' }],
])('reads length, codecs and size of %s', async (name, expected) => {
	const { facts } = await inspect(name);
	expect(facts).toMatchObject({ readable: true, ...expected });
	expect(Math.abs((facts.durationS ?? 0) - 2)).toBeLessThan(0.1);
	if (expected.hasVideo) expect(facts).toMatchObject({ width: 320, height: 180 });
});

it('reads little of a large file', async () => {
	const file = await readFile(join(dir, 'clip.mp4'));
	const large = Buffer.concat([file, Buffer.alloc(8), Buffer.alloc(64 * 1024 * 1024)]);
	// A box of type "free" that holds the rest, as editors leave it behind.
	large.writeUInt32BE(large.length - file.length, file.length);
	large.write('free', file.length + 4);
	let bytesRead = 0;
	const read = async (from: number, to: number) => {
		bytesRead += to - from + 1;
		return await Promise.resolve(large.subarray(from, to + 1));
	};
	expect(await inspectMedia({ bytes: large.length, read })).toMatchObject({ readable: true, width: 320 });
	expect(bytesRead).toBeLessThan(4 * 1024 * 1024);
});

it('calls noise and pages unreadable', async () => {
	for (const noise of [Buffer.from('<html>no</html>'), Buffer.alloc(100_000, 7), Buffer.alloc(3)]) {
		const read = async (from: number, to: number) => await Promise.resolve(noise.subarray(from, to + 1));
		expect(await inspectMedia({ bytes: noise.length, read })).toMatchObject({ readable: false });
	}
});

it('calls a truncated MP4 unreadable', async () => {
	const half = (await readFile(join(dir, 'clip.mp4'))).subarray(0, 20_000);
	const read = async (from: number, to: number) => await Promise.resolve(half.subarray(from, to + 1));
	expect((await inspectMedia({ bytes: half.length, read })).readable).toBe(false);
});

it('does not take trouble at the store for trouble with the file', async () => {
	const read = async () => await Promise.reject(new Error('store is down'));
	await expect(inspectMedia({ bytes: 1000, read })).rejects.toThrow('store is down');
});

it('is part of the event of a job, from persisting as from looking', async () => {
	const file = await readFile(join(dir, 'clip.mp4'));
	const credentials = credentialsOf(sandbox());
	const job = { ...JOB, objectKey: 'videos/rec1/a1/clip.mp4' };
	const binary = { data: { data: file.toString('base64'), mimeType: 'video/mp4' } };
	const persisted = await runOne(credentials, { source: 'binary', job }, { items: [{ json: {}, binary }] });
	const seen = await runOne(credentials, { operation: 'head', job });
	const media = { readable: true, container: 'MP4', hasVideo: true, hasAudio: true, width: 320, height: 180 };
	for (const event of [persisted, seen]) {
		expect(event.outputs).toMatchObject([
			{ kind: 'video', bytes: file.length, durationS: expect.closeTo(2, 0), media },
		]);
	}
});

it('is told about an object without a job when asked for', async () => {
	const spaces = await openSpaces(credentialsOf(sandbox()));
	const about = { contentType: 'audio/mpeg', inputHash: INPUT_HASH };
	await spaces.put('voice.mp3', await readFile(join(dir, 'voice.mp3')), about);
	spaces.close();
	const params = { operation: 'head', objectKey: 'voice.mp3', options: { inspectMedia: true } };
	expect(await runOne(credentialsOf(sandbox()), params)).toMatchObject({ media: { audioCodec: 'mp3' } });
});
