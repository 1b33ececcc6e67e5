import { writeFile } from 'node:fs/promises';

import { buildCaptionPayload } from '../../engine/nca/caption';
import { buildCombinePayload, type CombineInput } from '../../engine/nca/combine';
import { buildConcatenatePayload } from '../../engine/nca/concatenate';
import { buildImageToVideoPayload } from '../../engine/nca/imageToVideo';
import { buildMixPayload } from '../../engine/nca/mix';
import type { NcaPayload } from '../../engine/nca/payload';
import { parseNcaEnvelope } from '../../engine/nca/wire';
import type { Result } from '../../engine/result';
import {
	colourAt,
	decoderHeader,
	hasFaststart,
	levelOf,
	loudnessOf,
	onsets,
	probe,
	samplesOf,
} from '../engine/nca/support/measure';
import { createMediaFolder, type MediaFolder } from '../engine/nca/support/media';
import { startMediaServer, type MediaServer } from '../engine/nca/support/servers';
import { withSandbox } from '../support/sandbox';

const KEYS = { accessKey: 'SANDBOXNCA', secretKey: 'sandbox-nca-secret', bucket: 'nca-toolkit-local' };
const BEEP_AT_S = 0.5;
const MUSIC_HZ = 440;

// Twenty segments are some hundred starts of ffmpeg, beside other tests.
jest.setTimeout(300_000);

let folder: MediaFolder;
let media: MediaServer;
let results = 0;
const sandbox = withSandbox(['nca', 'spaces'], { settings: { spaces: KEYS, nca: { s3: KEYS } } });

beforeAll(async () => {
	folder = await createMediaFolder();
	media = await startMediaServer(folder.path);
	// One second each of red, green and blue, with sound that nobody should hear.
	const colours = ['red', 'lime', 'blue'].flatMap((colour) => [
		'-f',
		'lavfi',
		'-i',
		`color=${colour}:s=320x240:r=25:d=1`,
	]);
	const joined = ['-filter_complex', '[0:v][1:v][2:v]concat=n=3,format=yuv420p[v]', '-map', '[v]', '-map', '3:a'];
	const noise = ['-f', 'lavfi', '-i', 'anoisesrc=a=0.9:d=3.2'];
	await folder.make('clip.mp4', [
		...colours,
		...noise,
		...joined,
		'-c:v',
		'libx264',
		'-preset',
		'ultrafast',
		'-bf',
		'2',
	]);
	await folder.make('long.mp4', [
		'-f',
		'lavfi',
		'-i',
		'testsrc2=s=256x144:r=60:d=6',
		'-c:v',
		'libx264',
		'-preset',
		'ultrafast',
		'-pix_fmt',
		'yuv420p',
	]);
	await folder.make('upright.jpg', ['-f', 'lavfi', '-i', 'color=lime:s=300x401', '-frames:v', '1']);
	await folder.make('music.mp3', ['-f', 'lavfi', '-i', `sine=f=${MUSIC_HZ}:r=44100:d=5`, '-b:a', '128k']);
	await folder.make('voice.wav', speech(5.37));
});

afterAll(async () => {
	await media.close();
	await folder.remove();
});

/** Bursts of noise with pauses, about as loud as a speaker. */
function speech(seconds: number): string[] {
	const bursts = "volume='if(lt(mod(t,1.2),0.8),1,0)':eval=frame";
	return ['-f', 'lavfi', '-i', `anoisesrc=c=pink:r=22050:a=0.5:d=${seconds},${bursts}`];
}

/** A single short beep, to see where a voice ended up. */
function beep(seconds: number): string[] {
	const once = `volume='if(between(t,${BEEP_AT_S},${BEEP_AT_S + 0.1}),1,0)':eval=frame`;
	return ['-f', 'lavfi', '-i', `anoisesrc=c=pink:r=44100:a=0.6:d=${seconds},asetnsamples=64,${once}`];
}

/** Sends a payload, waits for the result and gives it as a local file and as its URL. */
async function perform(built: Result<NcaPayload>): Promise<{ url: string; file: string; durationS?: number }> {
	if (!built.ok) throw new Error(built.message);
	const { baseUrl, apiKey } = sandbox().credentials('nca');
	const response = await fetch(`${baseUrl}${built.value.path}`, {
		method: 'POST',
		headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
		body: JSON.stringify(built.value.body),
	});
	const answer = parseNcaEnvelope(await response.json(), response.status);
	if (!answer.ok || answer.value.kind !== 'finished') throw new Error(JSON.stringify(answer));
	const { outputs, error } = answer.value.envelope;
	if (error) throw new Error(error.message);
	results += 1;
	const file = folder.file(`result_${results}.mp4`);
	await writeFile(file, Buffer.from(await (await fetch(outputs[0].url)).arrayBuffer()));
	return { url: outputs[0].url, file, durationS: outputs[0].durationS };
}

function combine(more: Partial<CombineInput> = {}) {
	return buildCombinePayload({
		voiceUrl: `${media.url}/voice.wav`,
		voiceS: 5.37,
		clipUrl: `${media.url}/clip.mp4`,
		width: 320,
		height: 180,
		fps: 30,
		fit: 'loop',
		preset: 'ultrafast',
		...more,
	});
}

function mainColour([red, green, blue]: number[]): string {
	return red > 150 ? 'red' : green > 150 ? 'green' : blue > 150 ? 'blue' : 'dark';
}

describe('combine', () => {
	it('gives the normalised form, whatever the clip is like', async () => {
		const stills = { clipUrl: `${media.url}/upright.jpg`, clipIsImage: true };
		const variants: Array<Partial<CombineInput>> = [
			{ clipS: 3 },
			{ fit: 'freeze' },
			{ clipUrl: `${media.url}/long.mp4` },
			{ ...stills },
			{ ...stills, framing: 'pad' },
		];
		const headers = new Set<string>();
		for (const variant of variants) {
			const { file, durationS } = await perform(combine(variant));

			const { video, audio, durationS: probedS } = await probe(file);
			expect(video).toMatchObject({ codec_name: 'h264', width: 320, height: 180, pix_fmt: 'yuv420p' });
			expect(video).toMatchObject({
				sample_aspect_ratio: '1:1',
				r_frame_rate: '30/1',
				nb_frames: '162',
				has_b_frames: 0,
			});
			expect(video).toMatchObject({ time_base: '1/120000' });
			expect(audio).toMatchObject({ codec_name: 'aac', sample_rate: '48000', channels: 2 });
			expect(Number(video?.duration)).toBeCloseTo(5.4, 3);
			expect(Number(audio?.duration)).toBeCloseTo(5.4, 3);
			expect(probedS).toBeCloseTo(5.4, 1);
			expect(durationS).toBeCloseTo(5.4, 1);
			expect(await hasFaststart(file)).toBe(true);
			headers.add(await decoderHeader(file));
		}
		expect(headers.size).toBe(1);
	});

	it('repeats a short clip from its beginning, or holds its last frame', async () => {
		const looped = await perform(combine({ clipS: 3 }));
		const unknown = await perform(combine());
		const frozen = await perform(combine({ fit: 'freeze' }));

		for (const { file } of [looped, unknown]) {
			const colours = await Promise.all(
				[0, 1.5, 2.5, 3.7, 4.7].map(async (at) => mainColour(await colourAt(file, at))),
			);
			expect(colours).toEqual(['red', 'green', 'blue', 'red', 'green']);
		}
		const colours = await Promise.all(
			[0, 1.5, 2.5, 3.7, 5.3].map(async (at) => mainColour(await colourAt(frozen.file, at))),
		);
		expect(colours).toEqual(['red', 'green', 'blue', 'blue', 'blue']);
	});

	it('shows a still in its own colours, with bars where asked for', async () => {
		const still = { clipUrl: `${media.url}/upright.jpg`, clipIsImage: true };

		const filled = await perform(combine(still));
		const barred = await perform(combine({ ...still, framing: 'pad' }));

		const [red, green, blue] = await colourAt(filled.file, 2);
		expect([red, 255 - green, blue].map((distance) => Math.floor(distance / 25))).toEqual([0, 0, 0]);
		expect((await colourAt(barred.file, 2))[1]).toBeLessThan(170);
	});

	it('plays the whole voice and nothing of the clip’s sound', async () => {
		const voiceS = 2.018;
		await folder.make('late.wav', [
			'-f',
			'lavfi',
			'-i',
			`sine=f=700:r=44100:d=${voiceS},volume='if(gt(t,1.9),1,0)':eval=frame`,
		]);

		const { file } = await perform(combine({ voiceUrl: `${media.url}/late.wav`, voiceS }));

		const samples = await samplesOf(file);
		expect(levelOf(samples, 700, 1.96, voiceS)).toBeGreaterThan(levelOf(samples, 700, 0.2, 1.8) + 40);
		expect(Math.max(...samples.subarray(4800, 80_000))).toBeLessThan(50);
	});

	it('fails with a clip without a picture, and does not run for ever', async () => {
		await expect(perform(combine({ clipUrl: `${media.url}/music.mp3` }))).rejects.toThrow(/matches no streams/);
	});
});

describe('twenty segments', () => {
	it('stay in step from the first to the last, and end with the music', async () => {
		const lengths = Array.from({ length: 20 }, (_, index) => 1.2 + ((index * 7919) % 1000) / 1000);
		const urls: string[] = [];
		const starts: number[] = [];
		let atS = 0;
		for (const [index, voiceS] of lengths.entries()) {
			const voice = `beep_${index}.wav`;
			await folder.make(voice, beep(voiceS));
			const fit = index % 2 === 0 ? 'loop' : 'freeze';
			const part = await perform(
				combine({ voiceUrl: `${media.url}/${voice}`, voiceS, clipS: 3, fit, width: 160, height: 90 }),
			);
			urls.push(part.url);
			starts.push(atS);
			atS += Number((await probe(part.file)).video?.duration);
		}
		const voicesS = lengths.reduce((sum, length) => sum + length, 0);

		const joined = await perform(buildConcatenatePayload({ videoUrls: urls }));
		const music = { musicUrl: `${media.url}/music.mp3`, musicVolumeDb: -40, fadeOutS: 2 };
		const mixed = await perform(
			buildMixPayload({ videoUrl: joined.url, durationS: (await probe(joined.file)).durationS, ...music }),
		);

		const { video, audio, durationS } = await probe(mixed.file);
		expect(Math.abs(durationS - voicesS)).toBeLessThan(0.5 + 0.02 * lengths.length);
		expect(video).toMatchObject({ codec_name: 'h264', r_frame_rate: '30/1', start_time: '0.000000' });
		expect(audio).toMatchObject({ codec_name: 'aac', sample_rate: '48000', channels: 2, start_time: '0.000000' });
		expect(Math.abs(Number(video?.duration) - Number(audio?.duration))).toBeLessThan(0.05);
		expect(await hasFaststart(mixed.file)).toBe(true);
		const heard = onsets(await samplesOf(mixed.file));
		expect(heard).toHaveLength(lengths.length);
		heard.forEach((at, index) => expect(Math.abs(at - starts[index] - BEEP_AT_S)).toBeLessThan(0.03));
	});
});

describe('mix', () => {
	async function mixOf(voiceS: number, musicVolumeDb = -12): Promise<{ file: string; durationS: number }> {
		const voice = `speech_${voiceS}.wav`;
		await folder.make(voice, speech(voiceS));
		const spoken = await perform(combine({ voiceUrl: `${media.url}/${voice}`, voiceS, width: 160, height: 90 }));
		const joined = await perform(buildConcatenatePayload({ videoUrls: [spoken.url] }));
		const { durationS } = await probe(joined.file);
		const music = { musicUrl: `${media.url}/music.mp3`, musicVolumeDb, fadeOutS: 2 };
		return { ...(await perform(buildMixPayload({ videoUrl: joined.url, durationS, ...music }))), durationS };
	}

	it.each([0.7, 1.4, 2.6, 3.5, 12])('is as loud as video sites want it, also at %d s', async (voiceS) => {
		const { file, durationS } = await mixOf(voiceS);

		const loudness = await loudnessOf(file);
		expect(loudness).toBeGreaterThan(-18);
		expect(loudness).toBeLessThan(-12);
		const { audio, video } = await probe(file);
		expect(Math.abs(Number(audio?.duration) - durationS)).toBeLessThan(0.05);
		expect(Math.abs(Number(audio?.duration) - Number(video?.duration))).toBeLessThan(0.06);
	});

	it('goes on with the music to the end, lowers it under the voice and fades it out', async () => {
		const { file } = await mixOf(12, -6);

		const samples = await samplesOf(file);
		// The voice speaks in the first 0.8 s of each 1.2 s; the music file is 5 s long.
		const [spokenDb, pauseDb] = [levelOf(samples, MUSIC_HZ, 7.6, 7.95), levelOf(samples, MUSIC_HZ, 8.2, 8.38)];
		expect(pauseDb).toBeGreaterThan(spokenDb + 3);
		expect(pauseDb).toBeGreaterThan(20);
		expect(levelOf(samples, MUSIC_HZ, 11.85, 11.98)).toBeLessThan(pauseDb - 15);
	});
});

describe('other operations', () => {
	it('make a video of a still that grows', async () => {
		await folder.make('wide.png', ['-f', 'lavfi', '-i', 'testsrc2=s=640x360', '-frames:v', '1']);

		const { file } = await perform(
			buildImageToVideoPayload({ imageUrl: `${media.url}/wide.png`, lengthS: 0.5, frameRate: 15, zoomSpeed: 50 }),
		);

		const { video, durationS } = await probe(file);
		expect(video).toMatchObject({ width: 1920, height: 1080, pix_fmt: 'yuv420p' });
		expect(durationS).toBeCloseTo(0.53, 1);
	});

	it('burn captions in without changing the length', async () => {
		const captions = { kind: 'text' as const, value: 'Words {\\pos(0,0)} over it, it’s 100% fine: [v];' };

		const { file } = await perform(
			buildCaptionPayload({ videoUrl: `${media.url}/clip.mp4`, captions, fontSizePx: 40, lineColor: '#FFCC00' }),
		);

		expect((await probe(file)).durationS).toBeCloseTo(3.2, 1);
	});
});
