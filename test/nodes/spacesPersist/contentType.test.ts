import { decideContentType, kindOfType, sniffContentType, typeOfKey } from '../../../nodes/SpacesPersist/contentType';

const bytes = (...parts: (string | number)[]) =>
	Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part, 'latin1'))));
const box = (brand: string) => bytes(0, 0, 0, 24, `ftyp${brand}`, 0, 0, 2, 0, 'isom');

const EBML = '\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84';
const HTML = bytes('<!DOCTYPE html><html lang="en"><head><title>403</title>');

describe('sniffContentType', () => {
	it.each([
		['MP4', box('isom'), 'video/mp4'],
		['MP4 of a phone', box('mp42'), 'video/mp4'],
		['M4A', box('M4A '), 'audio/mp4'],
		['MOV', box('qt  '), 'video/quicktime'],
		['MOV without a brand', bytes(0, 0, 0, 8, 'wide', 0, 0, 0, 0, 'mdat'), 'video/quicktime'],
		['AVIF', box('avif'), 'image/avif'],
		['WebM', bytes(EBML, 'webm'), 'video/webm'],
		['Matroska', bytes(EBML, 'matroska'), 'video/x-matroska'],
		['MP3 with ID3', bytes('ID3', 4, 0, 0), 'audio/mpeg'],
		['MP3 without ID3', bytes(0xff, 0xfb, 0x90, 0x64), 'audio/mpeg'],
		['MP3 of MPEG-2', bytes(0xff, 0xf3, 0x84, 0xc4), 'audio/mpeg'],
		['AAC', bytes(0xff, 0xf1, 0x50, 0x80), 'audio/aac'],
		['FLAC', bytes('fLaC', 0, 0, 0, 0x22), 'audio/flac'],
		['WAV', bytes('RIFF', 1, 2, 3, 4, 'WAVEfmt '), 'audio/wav'],
		['Ogg', bytes('OggS', 0, 2), 'audio/ogg'],
		['PNG', bytes('\x89PNG\r\n\x1a\n'), 'image/png'],
		['JPEG', bytes(0xff, 0xd8, 0xff, 0xe0), 'image/jpeg'],
		['GIF', bytes('GIF89a'), 'image/gif'],
		['WebP', bytes('RIFF', 1, 2, 3, 4, 'WEBPVP8 '), 'image/webp'],
		['a web page', HTML, undefined],
		['a few set bits', bytes(0xff, 0xff, 0xff, 0xff), undefined],
		['too little', bytes(0xff), undefined],
		['nothing', bytes(), undefined],
	])('recognises %s', (_name, head, type) => expect(sniffContentType(head)).toBe(type));
});

describe('decideContentType', () => {
	const decide = (head: Buffer, hints: { wanted?: string; objectKey?: string; declared?: string } = {}) => {
		const decided = decideContentType(head, { objectKey: 'k', ...hints });
		return decided.ok ? decided.value : `${decided.code}: ${decided.message}`;
	};

	it('believes the bytes before the header', () => {
		expect(decide(box('isom'), { declared: 'binary/octet-stream' })).toBe('video/mp4');
		expect(decide(box('isom'), { objectKey: 'a.mp4', declared: 'text/html' })).toBe('video/mp4');
		expect(decide(box('qt  '), { objectKey: 'a.mp4' })).toBe('video/quicktime');
	});

	it('keeps the name that fits where one container has two', () => {
		expect(decide(box('isom'), { wanted: 'audio/mp4' })).toBe('audio/mp4');
		expect(decide(box('isom'), { objectKey: 'music.mp3' })).toBe('video/mp4');
	});

	it('takes unknown bytes for what they are due to be', () => {
		expect(decide(bytes(0x00, 0x01, 0x02), { objectKey: 'a.mp3' })).toBe('audio/mpeg');
		expect(decide(bytes(0x00, 0x01), { objectKey: 'a', declared: 'application/pdf' })).toBe('application/pdf');
		expect(decide(bytes(0x00, 0x01), { objectKey: 'a', declared: 'binary/octet-stream' })).toBe(
			'application/octet-stream',
		);
		expect(decide(bytes(0x00, 0x01), { objectKey: 'a', declared: 'x/y\r\nset-cookie: a' })).toBe(
			'application/octet-stream',
		);
	});

	it('refuses pages and messages where media is due', () => {
		expect(decide(HTML, { objectKey: 'a.mp4' })).toMatch(/^not_media: .*a web page instead of a video file/);
		expect(decide(bytes('{"message":"expired"}'), { wanted: 'audio/mpeg' })).toMatch(
			/a JSON message instead of an audio/,
		);
		expect(decide(bytes('<?xml version="1.0"?><Error/>'), { objectKey: 'a.png' })).toMatch(/an XML message/);
		expect(decide(bytes('Not found'), { objectKey: 'a.png' })).toMatch(/text instead of an image/);
	});

	it('refuses media of another kind', () => {
		expect(decide(bytes('\x89PNG\r\n\x1a\n'), { objectKey: 'a.mp4' })).toMatch(/^wrong_kind/);
		expect(decide(bytes('ID3', 4, 0, 0), { objectKey: 'a.mp4' })).toMatch(/^wrong_kind/);
		expect(decide(box('isom'), { objectKey: 'a.png' })).toMatch(/^wrong_kind/);
	});

	it('takes anything where no media is due', () => {
		expect(decide(HTML, { objectKey: 'a.txt' })).toBe('text/plain; charset=utf-8');
		expect(decide(HTML, { objectKey: 'page', declared: 'text/html' })).toBe('text/html');
	});
});

describe('names', () => {
	it('give types by their ending', () => {
		expect(typeOfKey('a/b.MP4')).toBe('video/mp4');
		expect(typeOfKey('a/b.constructor')).toBeUndefined();
		expect(typeOfKey('a.mp4/b')).toBeUndefined();
	});

	it('sort types into kinds', () => {
		expect(['audio/mpeg', 'video/mp4', 'image/png', 'application/json', 'text/vtt'].map(kindOfType)).toEqual([
			...['audio', 'video', 'image', 'json', 'text'],
		]);
	});
});
