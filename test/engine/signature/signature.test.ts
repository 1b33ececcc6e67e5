import { createHmac } from 'node:crypto';

import fc from 'fast-check';

import { canonicalJson, inputHash, shortHash } from '../../../engine/hash';
import { constantTimeEquals } from '../../../engine/signature/constantTime';
import { verifyElevenLabsSignature } from '../../../engine/signature/elevenLabs';
import { hmacSha256Hex } from '../../../engine/signature/hmac';

const NOW_S = 1_800_000_000;
const BODY = Buffer.from('{"type":"speech_to_text_transcription","text":"Grüße 🎬"}');

function sign(body: Buffer, secret: string, timestampS: number): string {
	const hex = createHmac('sha256', secret).update(`${timestampS}.`).update(body).digest('hex');
	return `t=${timestampS},v0=${hex}`;
}

function verify(change: Partial<Parameters<typeof verifyElevenLabsSignature>[0]>): string {
	const input = { rawBody: BODY, header: sign(BODY, 'key', NOW_S), secrets: ['key'], nowS: NOW_S, ...change };
	const result = verifyElevenLabsSignature(input);
	return result.ok ? `ok ${result.value.timestampS}` : result.code;
}

describe('the HMAC', () => {
	it('is the same as that of node:crypto, for any key and any bytes', () => {
		fc.assert(
			fc.property(fc.string(), fc.uint8Array({ maxLength: 300 }), (secret, bytes) => {
				expect(hmacSha256Hex(secret, bytes)).toBe(createHmac('sha256', secret).update(bytes).digest('hex'));
			}),
		);
	});
});

describe('strings', () => {
	it('are compared whatever their lengths', () => {
		expect(constantTimeEquals('abc', 'abc')).toBe(true);
		expect(constantTimeEquals('abc', 'abd')).toBe(false);
		expect(constantTimeEquals('abc', 'abcd')).toBe(false);
	});
});

describe('a webhook of ElevenLabs', () => {
	it('with its own signature is good, in any order of the parts', () => {
		const [time, signature] = sign(BODY, 'key', NOW_S).split(',');

		expect(verify({})).toBe(`ok ${NOW_S}`);
		expect(verify({ header: ` ${signature} , ${time} ` })).toBe(`ok ${NOW_S}`);
	});

	it('with the previous secret is good while both are set', () => {
		expect(verify({ secrets: ['new', 'key'] })).toBe(`ok ${NOW_S}`);
	});

	it.each([
		[
			'a body altered by a byte',
			{ rawBody: Buffer.concat([BODY.subarray(0, -1), Buffer.from(']')]) },
			'signature_forged',
		],
		['another secret', { secrets: ['other'] }, 'signature_forged'],
		['no secret', { secrets: [''] }, 'no_secret'],
		['no header', { header: undefined }, 'signature_missing'],
		['an empty header', { header: '' }, 'signature_missing'],
		['a header without a time', { header: 'v0=abc' }, 'signature_malformed'],
		['a header without a signature', { header: `t=${NOW_S}` }, 'signature_malformed'],
		['an old time', { header: sign(BODY, 'key', NOW_S - 1801) }, 'signature_stale'],
		['a future time', { header: sign(BODY, 'key', NOW_S + 301) }, 'signature_future'],
		[
			'a time beyond a tolerance of one’s own',
			{ header: sign(BODY, 'key', NOW_S - 10), pastToleranceS: 5 },
			'signature_stale',
		],
		[
			'a time ahead of a tolerance of one’s own',
			{ header: sign(BODY, 'key', NOW_S + 10), futureToleranceS: 5 },
			'signature_future',
		],
	])('with %s is refused', (_case, change, code) => {
		expect(verify(change)).toBe(code);
	});
});

describe('an input hash', () => {
	it('does not depend on the order of keys, nor on members that are not set', () => {
		expect(inputHash({ a: 1, b: [{ c: null, d: undefined }] })).toBe(
			inputHash({ b: [{ c: null }], a: 1, e: undefined }),
		);
	});

	it('depends on every value', () => {
		expect(inputHash({ a: 1 })).not.toBe(inputHash({ a: 2 }));
		expect(inputHash(['a', 'b'])).not.toBe(inputHash(['b', 'a']));
	});

	it('is stable over versions, since object keys hold it', () => {
		expect(shortHash(inputHash({ step: 'voiceover', text: 'Hello' }))).toBe('fd34833d8c5cd08b');
	});

	it('writes JSON that parses back', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
			}),
		);
		expect(canonicalJson([undefined])).toBe('[null]');
		expect(canonicalJson(undefined)).toBe('null');
	});
});
