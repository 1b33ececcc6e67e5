import { readJobContext } from '../../../nodes/shared/jobContext';
import {
	optionalNumber,
	optionalString,
	parseJsonParameter,
	readCollection,
	requirePositiveInteger,
	requireString,
} from '../../../nodes/shared/params';
import { mockExecuteCtx } from '../../support/mockExecuteCtx';
import { createToyNode } from './toyNode';

const HASH = 'a'.repeat(64);

function contextWith(params: Record<string, unknown>) {
	return mockExecuteCtx(createToyNode({}), { params }).ctx;
}

describe('requireString', () => {
	it('trims text and turns numbers into text', () => {
		expect(requireString(contextWith({ text: '  hi ' }), 'text', 'Text', 0)).toBe('hi');
		expect(requireString(contextWith({ text: 42 }), 'text', 'Text', 0)).toBe('42');
	});

	it.each([[''], ['   '], [null], [{ a: 1 }]])('names the empty field for %j', (text) => {
		expect(() => requireString(contextWith({ text }), 'text', 'Text', 0)).toThrow('Text is required');
	});

	it('unwraps a resource locator, in the modes that extract, too', () => {
		const listed = contextWith({ place: { __rl: true, mode: 'list', value: 'abc' } });
		const linked = contextWith({ place: { __rl: true, mode: 'url', value: 'https://x.test/place/p42?y=1' } });

		expect(requireString(listed, 'place', 'Place', 0)).toBe('abc');
		expect(requireString(linked, 'place', 'Place', 0)).toBe('p42');
	});
});

describe('numbers', () => {
	it('reads numbers that expressions give as text', () => {
		expect(optionalNumber(contextWith({ count: '2.5' }), 'count', 0)).toBe(2.5);
		expect(optionalNumber(contextWith({ count: 'many' }), 'count', 0)).toBeUndefined();
		expect(optionalString(contextWith({ text: '' }), 'text', 0)).toBeUndefined();
	});

	it.each([0, -1, 1.5, 'x'])('refuses %s as a whole number above zero', (count) => {
		expect(() => requirePositiveInteger(contextWith({ count }), 'count', 'Limit', 0)).toThrow(
			'Limit must be a whole number above zero',
		);
	});
});

describe('readCollection', () => {
	it('leaves out keys that reach a prototype', () => {
		const ctx = contextWith({});
		ctx.getNodeParameter = (() => JSON.parse('{"color":"blue","__proto__":{"admin":true}}')) as never;

		const copy = readCollection(ctx, 'options', 0);

		expect(Object.keys(copy)).toEqual(['color']);
		expect((copy as Record<string, unknown>).admin).toBeUndefined();
	});
});

describe('parseJsonParameter', () => {
	it('parses text, takes objects as they are and gives undefined for nothing', () => {
		expect(parseJsonParameter(contextWith({ data: '{"a":[1]}' }), 'data', 'Input', 0)).toEqual({ a: [1] });
		expect(parseJsonParameter(contextWith({ data: { a: 1 } }), 'data', 'Input', 0)).toEqual({ a: 1 });
		expect(parseJsonParameter(contextWith({ data: ' ' }), 'data', 'Input', 0)).toBeUndefined();
	});

	it('names the field that is not JSON', () => {
		expect(() => parseJsonParameter(contextWith({ data: '{' }), 'data', 'Input', 0)).toThrow('Input is not valid JSON');
	});
});

describe('readJobContext', () => {
	it('gives nothing when the node is used by itself', () => {
		expect(readJobContext(contextWith({}), 0)).toBeUndefined();
	});

	it('reads a job and shortens its hash', () => {
		const job = { jobKey: 'v1.music', attempt: '2', inputHash: HASH, objectKey: 'videos/v1/x.mp3' };

		expect(readJobContext(contextWith({ job }), 0)).toEqual({
			jobKey: 'v1.music',
			attempt: 2,
			inputHash: HASH,
			h: 'a'.repeat(16),
			objectKey: 'videos/v1/x.mp3',
		});
	});

	it.each([
		[{ inputHash: HASH }, 'Job Key is required'],
		[{ jobKey: 'v1.music', inputHash: 'short' }, 'Input Hash must be 64'],
		[{ jobKey: 'v1.music', inputHash: HASH, attempt: 0 }, 'Attempt must be'],
	])('refuses a job that is filled in only in part: %j', (job, message) => {
		expect(() => readJobContext(contextWith({ job }), 0)).toThrow(message);
	});
});
