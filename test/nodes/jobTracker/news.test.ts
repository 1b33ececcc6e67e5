import type { IDataObject } from 'n8n-workflow';

import { readEvent, readFailure, readNews } from '../../../nodes/JobTracker/news';

const H = 'a1b2c3d4e5f60718';
const IDENTITY = { jobKey: 'vid_1.music', attempt: 2, h: H };
const OUTPUT = { url: 'https://spaces.test/x', kind: 'audio' };
const COMPLETED = { ...IDENTITY, service: 'goApi', externalId: 't', outcome: 'completed', outputs: [OUTPUT] };

describe('a failure', () => {
	const failure = {
		class: 'quota',
		message: 'No credit',
		began: 'no',
		retryable: false,
		httpStatus: 402,
		retryAfterS: 9,
	};
	const unsaid = { class: 'unknown', began: 'unknown', retryable: true };

	it.each<[string, IDataObject, object]>([
		['of an error output is taken as it is', { error: 'x', message: 'y', details: { failure } }, failure],
		['of Match Result is taken as it is', { verdict: 'failed', failure }, failure],
		['of another node’s error output is made from its words', { error: 'Broken', details: 'x' }, { message: 'Broken' }],
		['without words or with odd members keeps what is known', { failure: { class: 'odd', began: 1 } }, unsaid],
		['of another node is made from its words', { error: 'Broken pipe' }, { ...unsaid, message: 'Broken pipe' }],
		['of another node may be an object', { error: { message: 'Broken' } }, { ...unsaid, message: 'Broken' }],
		['says so when nothing was said', {}, { ...unsaid, message: 'The step failed.' }],
		['says so when the words are empty', { error: { message: '' } }, { ...unsaid, message: 'The step failed.' }],
	])('%s', (_case, item, expected) => {
		expect(readFailure(item)).toMatchObject(expected);
	});

	it('shows no signed URL', () => {
		const { message } = readFailure({ error: 'GET https://n8n.test/webhook/x?sig=abc failed' });

		expect(message).toBe('GET https://n8n.test/webhook/x failed');
	});
});

describe('an event', () => {
	it('is handed on with its identity in order', () => {
		const item = { ...COMPLETED, h: undefined, inputHash: `${H}${'0'.repeat(48)}`, attempt: '2' };

		expect(readEvent(item)).toEqual({ ok: true, value: expect.objectContaining({ ...IDENTITY, outputs: [OUTPUT] }) });
	});

	it('needs no output unless it is completed', () => {
		const item = { ...COMPLETED, outcome: 'progress', outputs: undefined };

		expect(readEvent(item)).toMatchObject({ ok: true, value: { outputs: [] } });
	});

	it.each<[string, unknown]>([
		['event', null],
		['event', [COMPLETED]],
		['jobKey', { ...COMPLETED, jobKey: '' }],
		['jobKey', { ...COMPLETED, jobKey: 7 }],
		['h', { ...COMPLETED, h: undefined }],
		['h', { ...COMPLETED, h: 'no hash' }],
		['attempt', { ...COMPLETED, attempt: 0 }],
		['attempt', { ...COMPLETED, attempt: 'first' }],
		['outcome', { ...COMPLETED, outcome: 'done' }],
		['outputs', { ...COMPLETED, outputs: [] }],
		['outputs', { ...COMPLETED, outputs: 'https://spaces.test/x' }],
		['outputs', { ...COMPLETED, outputs: [null] }],
	])('is refused for its %s (%#)', (field, item) => {
		expect(readEvent(item)).toMatchObject({ ok: false, code: 'invalid_event', field });
	});
});

describe('news', () => {
	it.each<[string, IDataObject, object]>([
		['a result', COMPLETED, { event: { outcome: 'completed' } }],
		[
			'a failure without a reason',
			{ ...COMPLETED, outcome: 'failed' },
			{ event: { error: { class: 'provider_failed', began: 'yes', message: 'The provider gave no reason.' } } },
		],
		[
			'a failure in bare words',
			{ ...COMPLETED, outcome: 'failed', error: 'Too long' },
			{ event: { error: { class: 'provider_failed', message: 'Too long' } } },
		],
		['work in a queue', { ...IDENTITY, evidence: 'queued' }, { evidence: 'queued' }],
		['work under way', { ...IDENTITY, evidence: 'running' }, { evidence: 'running' }],
		['an empty bucket', { ...IDENTITY, evidence: 'absent' }, { evidence: 'absent' }],
		[
			'a job that its service does not know',
			{ ...IDENTITY, evidence: 'unknown', notFound: true },
			{ evidence: 'unknown' },
		],
		['a look that proves nothing', { ...IDENTITY, evidence: 'unknown' }, { evidence: 'unreachable' }],
		['a finding of another kind', { ...IDENTITY, evidence: 'lost' }, { evidence: 'unreachable' }],
		[
			'a look that failed',
			{ ...IDENTITY, error: 'Bad gateway' },
			{ evidence: 'unreachable', failure: { message: 'Bad gateway' } },
		],
	])('%s', (_case, item, expected) => {
		expect(readNews(item)).toMatchObject({ ok: true, value: { ...IDENTITY, ...expected } });
	});

	it.each<[string, IDataObject]>([
		['outputs', { ...COMPLETED, outputs: [] }],
		['h', { jobKey: 'vid_1.music', attempt: 1, evidence: 'queued' }],
	])('of no job of ours is refused for its %s', (field, item) => {
		expect(readNews(item)).toMatchObject({ ok: false, code: 'invalid_event', field });
	});
});
