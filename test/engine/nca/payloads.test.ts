import fc from 'fast-check';

import { buildCaptionPayload, type CaptionInput } from '../../../engine/nca/caption';
import { buildCombinePayload, type CombineInput } from '../../../engine/nca/combine';
import { buildConcatenatePayload } from '../../../engine/nca/concatenate';
import { buildImageToVideoPayload } from '../../../engine/nca/imageToVideo';
import { buildMixPayload, type MixInput } from '../../../engine/nca/mix';
import type { NcaPayload } from '../../../engine/nca/payload';
import {
	formatRate,
	frameRateOf,
	type FrameRate,
	framesFor,
	repeatsToFill,
	samplesFor,
} from '../../../engine/nca/timing';
import type { Result } from '../../../engine/result';
import { SCHEMAS } from '../../../sandbox/nca/schemas';
import { findProblem } from '../../../sandbox/nca/validate';

const COMBINE: CombineInput = {
	voiceUrl: 'https://s.test/voice.mp3',
	voiceS: 5.37,
	clipUrl: 'https://s.test/clip.mp4',
	width: 1920,
	height: 1080,
	fps: 30,
	fit: 'loop',
	preset: 'veryfast',
};

const MIX: MixInput = {
	videoUrl: 'https://s.test/video.mp4',
	musicUrl: 'https://s.test/music.mp3',
	durationS: 61,
	musicVolumeDb: -18,
	fadeOutS: 3,
};

function bodyOf(result: Result<NcaPayload>): NcaPayload['body'] {
	if (!result.ok) throw new Error(result.message);
	const schema = SCHEMAS[result.value.path as keyof typeof SCHEMAS];
	expect(findProblem(result.value.body, schema)).toBeUndefined();
	return result.value.body;
}

function rateOf(fps: number): FrameRate {
	const rate = frameRateOf(fps);
	if (!rate.ok) throw new Error(rate.message);
	return rate.value;
}

function textOf(result: Result<NcaPayload>): string {
	return JSON.stringify(bodyOf(result));
}

const HOSTILE_URLS = [
	'',
	'clip.mp4',
	'file:///etc/passwd',
	'concat:a|b',
	'-i',
	'ftp://s.test/a.mp4',
	'https://user:pass@s.test/a.mp4',
	"https://s.test/a'b.mp4",
	'https://s.test/a b.mp4',
	'https://s.test/a\nb.mp4',
	'https://s.test/"x"',
	'https://',
	'https://[s.test/a.mp4',
	`https://s.test/${'x'.repeat(5000)}`,
];

const HOSTILE_NUMBERS = [NaN, Infinity, -1, 1e9, '5' as unknown as number, null as unknown as number];

describe('combine', () => {
	it('repeats a short clip a finite number of times and trims to whole frames of the voice', () => {
		const text = textOf(buildCombinePayload({ ...COMBINE, clipS: 2 }));

		expect(text).toContain('"option":"-stream_loop","argument":2');
		expect(text).toContain('trim=end_frame=162');
		expect(text).toContain(`atrim=end_sample=${162 * 1600}`);
	});

	it('holds the last frame without repeating, and a still for the whole length', () => {
		expect(textOf(buildCombinePayload({ ...COMBINE, fit: 'freeze' }))).not.toContain('-stream_loop');
		expect(textOf(buildCombinePayload({ ...COMBINE, clipIsImage: true }))).not.toContain('-stream_loop');
		expect(textOf(buildCombinePayload({ ...COMBINE, clipS: 60 }))).not.toContain('-stream_loop');
	});

	it('assumes clips of at least a second where the length is unknown or zero', () => {
		expect(textOf(buildCombinePayload(COMBINE))).toContain('"-stream_loop","argument":5');
		expect(textOf(buildCombinePayload({ ...COMBINE, clipS: 0 }))).toContain('"-stream_loop","argument":5');
	});

	it('cuts the edges or adds bars', () => {
		expect(textOf(buildCombinePayload(COMBINE))).toContain('crop=1920:1080');
		expect(textOf(buildCombinePayload({ ...COMBINE, framing: 'pad' }))).toContain('pad=1920:1080');
	});

	it.each(HOSTILE_URLS)('refuses %j as a source', (url) => {
		expect(buildCombinePayload({ ...COMBINE, clipUrl: url })).toMatchObject({
			ok: false,
			code: 'invalid_url',
			field: 'clipUrl',
		});
		expect(buildCombinePayload({ ...COMBINE, voiceUrl: url })).toMatchObject({ ok: false, field: 'voiceUrl' });
	});

	it.each(['voiceS', 'clipS', 'width', 'height', 'fps'] as const)('refuses hostile numbers as %s', (field) => {
		for (const value of HOSTILE_NUMBERS) {
			expect(buildCombinePayload({ ...COMBINE, [field]: value })).toMatchObject({
				ok: false,
				code: 'invalid_number',
				field,
			});
		}
	});

	it.each([
		['fit', 'stretch'],
		['preset', 'veryfast -f tee'],
		['framing', 'crop,drawtext'],
	])('refuses an unknown %s', (field, value) => {
		expect(buildCombinePayload({ ...COMBINE, [field]: value })).toMatchObject({
			ok: false,
			code: 'invalid_choice',
			field,
		});
	});

	it('refuses odd sides and odd frame rates', () => {
		expect(buildCombinePayload({ ...COMBINE, width: 1919 })).toMatchObject({ field: 'width' });
		expect(buildCombinePayload({ ...COMBINE, fps: 29 })).toMatchObject({ field: 'fps' });
		expect(buildCombinePayload({ ...COMBINE, fps: 29.5 })).toMatchObject({ field: 'fps' });
	});

	it('never lets a URL into the filters', () => {
		fc.assert(
			fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
				const built = buildCombinePayload({ ...COMBINE, clipUrl: url, voiceUrl: url });
				if (!built.ok) return;
				const { filters, outputs } = built.value.body;
				expect(JSON.stringify({ filters, outputs })).not.toContain('http');
			}),
		);
	});
});

describe('lengths', () => {
	const rates = [10, 15, 23.976, 24, 25, 29.97, 30, 50, 59.94, 60];

	it('never cuts the voice and errs by less than a frame', () => {
		fc.assert(
			fc.property(fc.constantFrom(...rates), fc.integer({ min: 10, max: 3_600_000 }), (fps, voiceMs) => {
				const rate = rateOf(fps);
				const frameS = rate.denominator / rate.numerator;
				const lengthS = framesFor(voiceMs / 1000, rate) * frameS;
				expect(lengthS).toBeGreaterThanOrEqual(voiceMs / 1000 - 0.001 - 1e-9);
				expect(lengthS).toBeLessThan(voiceMs / 1000 + frameS);
			}),
		);
	});

	it('gives no frame away for the rounding of a measured length', () => {
		const rate = { numerator: 30, denominator: 1 };

		expect(framesFor(5.4, rate)).toBe(162);
		expect(framesFor(5.4009, rate)).toBe(162);
		expect(framesFor(5.402, rate)).toBe(163);
		expect(framesFor(0.0001, rate)).toBe(1);
	});

	it('counts samples exactly at NTSC rates, too', () => {
		const rate = rateOf(29.97);

		expect(formatRate(rate)).toBe('30000/1001');
		expect(samplesFor(30_000, rate)).toBe(1001 * 48_000);
		expect(repeatsToFill(10, 10)).toBe(0);
		expect(repeatsToFill(10.1, 5)).toBe(2);
	});
});

describe('concatenate', () => {
	it('keeps the order', () => {
		const body = bodyOf(buildConcatenatePayload({ videoUrls: ['https://s.test/1.mp4', 'https://s.test/2.mp4'] }));

		expect(body).toEqual({
			video_urls: [{ video_url: 'https://s.test/1.mp4' }, { video_url: 'https://s.test/2.mp4' }],
		});
	});

	it('refuses nothing, too much, and hostile URLs', () => {
		const tooMany = Array.from({ length: 1001 }, () => 'https://s.test/1.mp4');

		expect(buildConcatenatePayload({ videoUrls: [] })).toMatchObject({ code: 'invalid_list' });
		expect(buildConcatenatePayload({ videoUrls: 'x' as unknown as string[] })).toMatchObject({ code: 'invalid_list' });
		expect(buildConcatenatePayload({ videoUrls: tooMany })).toMatchObject({ code: 'invalid_list' });
		expect(buildConcatenatePayload({ videoUrls: ['https://s.test/1.mp4', 'file:///x'] })).toMatchObject({
			field: 'videoUrls[1]',
		});
	});
});

describe('mix', () => {
	it('copies the picture, repeats the music and fades it out before the end', () => {
		const text = textOf(buildMixPayload(MIX));

		expect(text).toContain('"-c:v","argument":"copy"');
		expect(text).toContain('"-stream_loop","argument":30');
		expect(text).toContain('volume=-18.00dB,afade=t=out:st=58.000:d=3.000');
		expect(text).toContain('loudnorm=I=-15:');
		expect(text).not.toContain('normalize');
	});

	it('leaves the fade out where none is wanted, and fits it into a short video', () => {
		expect(textOf(buildMixPayload({ ...MIX, fadeOutS: 0 }))).not.toContain('afade');
		expect(textOf(buildMixPayload({ ...MIX, durationS: 2, fadeOutS: 3 }))).toContain('afade=t=out:st=0.000:d=2.000');
	});

	it('repeats what is too short for the loudness filter, and cuts it again', () => {
		expect(textOf(buildMixPayload(MIX))).not.toContain('aloop');
		expect(textOf(buildMixPayload({ ...MIX, durationS: 2 }))).toMatch(
			/aloop=loop=2:size=96000.*loudnorm=I=-15:.*atrim=end_sample=96000/,
		);
	});

	it('refuses hostile values', () => {
		for (const url of HOSTILE_URLS) {
			expect(buildMixPayload({ ...MIX, videoUrl: url })).toMatchObject({ field: 'videoUrl' });
			expect(buildMixPayload({ ...MIX, musicUrl: url })).toMatchObject({ field: 'musicUrl' });
		}
		for (const value of [NaN, Infinity, 1e9, '1;[0:v]null' as unknown as number]) {
			for (const field of ['durationS', 'musicVolumeDb', 'fadeOutS', 'targetLufs']) {
				expect(buildMixPayload({ ...MIX, [field]: value })).toMatchObject({ ok: false, code: 'invalid_number', field });
			}
		}
	});
});

describe('image to video', () => {
	it('sends only what was given', () => {
		expect(bodyOf(buildImageToVideoPayload({ imageUrl: 'https://s.test/a.png' }))).toEqual({
			image_url: 'https://s.test/a.png',
		});
		const all = { imageUrl: 'https://s.test/a.png', lengthS: 7.5, frameRate: 25, zoomSpeed: 0 };
		expect(bodyOf(buildImageToVideoPayload(all))).toMatchObject({ length: 7.5, frame_rate: 25, zoom_speed: 0 });
	});

	it.each([{ lengthS: 401 }, { frameRate: 61 }, { zoomSpeed: NaN }, { imageUrl: 'x' }])('refuses %j', (wrong) => {
		expect(buildImageToVideoPayload({ imageUrl: 'https://s.test/a.png', ...wrong })).toMatchObject({ ok: false });
	});
});

describe('caption', () => {
	const base: CaptionInput = { videoUrl: 'https://s.test/a.mp4' };

	it('sends style and words', () => {
		const styled: CaptionInput = {
			...base,
			captions: { kind: 'srt', value: '1\n00:00:00,000 --> 00:00:01,000\nHi\n' },
			style: 'classic',
			position: 'top_center',
			fontFamily: 'DejaVu Sans',
			fontSizePx: 48,
			lineColor: '#FFCC00',
			maxWordsPerLine: 5,
			bold: true,
			language: 'en',
		};

		expect(bodyOf(buildCaptionPayload(styled))).toMatchObject({
			language: 'en',
			settings: { style: 'classic', position: 'top_center', font_family: 'DejaVu Sans', font_size: 48, bold: true },
		});
		expect(bodyOf(buildCaptionPayload(base))).toEqual({ video_url: 'https://s.test/a.mp4' });
	});

	it('takes commands of the caption script out of texts', () => {
		const captionsOf = (captions: CaptionInput['captions']) =>
			bodyOf(buildCaptionPayload({ ...base, captions })).captions;

		expect(captionsOf({ kind: 'text', value: 'a {\\pos(1,1)}b\\N' })).toBe('a (/pos(1,1))b/N');
		expect(captionsOf({ kind: 'text', value: 'https://evil.test/x.srt' })).toBe('\u2060https://evil.test/x.srt');
		expect(captionsOf({ kind: 'text', value: '[Script Info]' })).toBe('\u2060[Script Info]');
		expect(captionsOf({ kind: 'ass', value: '[Script Info]\n{\\b1}' })).toBe('[Script Info]\n{\\b1}');
		expect(captionsOf({ kind: 'url', value: 'https://s.test/x.srt' })).toBe('https://s.test/x.srt');
	});

	it.each([
		{ captions: { kind: 'url', value: 'file:///x' } },
		{ captions: { kind: 'text', value: '' } },
		{ fontFamily: 'Arial,Bold=1' },
		{ lineColor: 'red' },
		{ position: 'below' },
		{ style: 'bounce' },
		{ language: 'english' },
		{ fontSizePx: Infinity },
		{ outlineWidth: -1 },
		{ maxWordsPerLine: 1e6 },
	])('refuses %j', (wrong) => {
		expect(buildCaptionPayload({ ...base, ...(wrong as Partial<CaptionInput>) })).toMatchObject({ ok: false });
	});
});
