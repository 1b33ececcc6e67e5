/** @reads test/fixtures/goapi/ */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readEnvelope, readOutputs, readTask, readTimeMs, readWebhookTask } from '../../../nodes/GoApi/wire';

const fixture = (name: string): { data: Record<string, unknown> } =>
	JSON.parse(readFileSync(join(__dirname, '../../fixtures/goapi', name), 'utf8'));

function taskOf(task: Record<string, unknown>) {
	const result = readTask({ task_id: 't1', ...task });
	if (!result.ok) throw new Error(result.message);
	return result.value;
}

describe('readWebhookTask', () => {
	it.each([
		['kling_completed_10s.json', 'video', 10.433, 5_200_000, 'point', 312.8],
		['kling_duplicate_delivery_1.json', 'video', 5.1, 2_600_000, 'point', 226.8],
		['kling_duplicate_delivery_2.json', 'video', 5.1, 2_600_000, 'point', 226.8],
		['diffrhythm_completed.json', 'audio', undefined, 0, 'llm', 30.8],
	])('reads the recorded body %s', (name, kind, durationS, amount, unit, runS) => {
		const result = readWebhookTask(fixture(name));

		if (!result.ok) throw new Error(result.message);
		const { outcome, outputs, usage, timings, failure } = result.value;
		expect({ outcome, usage, failure }).toEqual({ outcome: 'completed', usage: { amount, unit }, failure: undefined });
		expect(outputs[0]).toMatchObject({ kind, ...(durationS ? { durationS } : {}) });
		expect(timings?.runS).toBeCloseTo(runS, 1);
	});

	it('takes a task that is not wrapped, as older documents show it', () => {
		const result = readWebhookTask(fixture('diffrhythm_completed.json').data);

		expect(result).toMatchObject({ ok: true, value: { outcome: 'completed' } });
	});

	it.each([[null], [[]], ['x'], [{}], [{ data: null }], [{ data: { status: 'completed' } }]])('refuses %j', (body) => {
		expect(readWebhookTask(body)).toMatchObject({ ok: false, code: 'task_unreadable' });
	});
});

describe('readTask', () => {
	const output = { audio_url: 'https://x.test/a.flac' };

	it.each(['completed', 'Completed', ' SUCCESS ', 'complete', 'succeeded'])('takes %j as success', (status) => {
		expect(taskOf({ status, output }).outcome).toBe('completed');
	});

	it.each(['failed', 'Failed', 'failure', 'error', 'canceled', 'cancelled', 'rejected'])(
		'takes %j as failure',
		(status) => {
			expect(taskOf({ status, output }).outcome).toBe('failed');
		},
	);

	it.each([
		'pending',
		'Processing',
		'staged',
		'Starting',
		'running',
		'retry',
		'in_progress',
		'queued',
		'',
		undefined,
		99,
	])('takes %j as not ended', (status) => {
		expect(taskOf({ status, output: null }).outcome).toBe('progress');
	});

	it('does not take the error object of a success for an error', () => {
		const task = taskOf({ status: 'completed', output, error: { code: 0, message: '', raw_message: '' } });

		expect([task.outcome, task.failure]).toEqual(['completed', undefined]);
	});

	it('gives the reason of a failure, from whichever member holds it', () => {
		const messageOf = (error: unknown) => taskOf({ status: 'failed', error }).failure?.message;

		expect(messageOf({ message: 'no faces', raw_message: 'x' })).toBe('no faces');
		expect(messageOf({ message: '', raw_message: 'raw words' })).toBe('raw words');
		expect(messageOf('bare words')).toBe('bare words');
		expect(messageOf(null)).toBe('The task ended as "failed" without a reason.');
	});

	it('does not retry what was cancelled', () => {
		expect(taskOf({ status: 'cancelled' }).failure).toMatchObject({ class: 'cancelled', retryable: false });
	});

	it('counts a success without any file as a failure', () => {
		expect(taskOf({ status: 'completed', output: {} })).toMatchObject({
			outcome: 'failed',
			failure: { message: 'The task is completed but names no file.' },
		});
	});

	it('lets a result be text', () => {
		expect(taskOf({ status: 'completed', output: { lyrics_pairs: [] } })).toMatchObject({
			outcome: 'completed',
			outputs: [],
		});
	});

	it('reads empty meta and usage as unknown', () => {
		expect(taskOf({ status: 'pending', meta: {} })).toMatchObject({ timings: undefined, usage: undefined });
	});
});

describe('readOutputs', () => {
	const clip = {
		resource: 'https://w.test/mark.mp4',
		resource_without_watermark: 'https://w.test/clean.mp4',
		duration: 5100,
	};

	it('prefers the copy without a watermark', () => {
		expect(readOutputs({ video_url: 'https://v.test/v.mp4', works: [{ video: clip }] })[0]).toEqual({
			url: 'https://w.test/clean.mp4',
			kind: 'video',
			durationS: 5.1,
		});
	});

	it('falls back to video_url when that copy is an empty text, then to the marked one', () => {
		const marked = { ...clip, resource_without_watermark: '' };

		expect(readOutputs({ video_url: 'https://v.test/v.mp4', works: [{ video: marked }] })[0].url).toBe(
			'https://v.test/v.mp4',
		);
		expect(readOutputs({ works: [{ video: marked }] })[0].url).toBe('https://w.test/mark.mp4');
		expect(readOutputs({ video_url: 'https://v.test/v.mp4' })[0]).toEqual({
			url: 'https://v.test/v.mp4',
			kind: 'video',
		});
	});

	it.each([
		['DiffRhythm', { audio_url: 'https://x.test/a.flac' }, [{ url: 'https://x.test/a.flac', kind: 'audio' }]],
		[
			'Udio',
			{ songs: [{ song_path: 'https://x.test/1.mp3', duration: 130.5 }, { song_path: 'https://x.test/2.mp3' }] },
			[
				{ url: 'https://x.test/1.mp3', kind: 'audio', durationS: 130.5 },
				{ url: 'https://x.test/2.mp3', kind: 'audio' },
			],
		],
		[
			'Suno',
			{ clips: { c1: { audio_url: 'https://x.test/c1.mp3' }, c2: { audio_url: 'https://x.test/c2.mp3' } } },
			[
				{ url: 'https://x.test/c1.mp3', kind: 'audio' },
				{ url: 'https://x.test/c2.mp3', kind: 'audio' },
			],
		],
		[
			'pictures',
			{ image_url: 'https://x.test/i.png', image_urls: ['https://x.test/i.png'] },
			[{ url: 'https://x.test/i.png', kind: 'image' }],
		],
		['nothing', null, []],
		['what is no web address', { audio_url: 'file:///etc/passwd' }, []],
	])('reads %s', (_, output, expected) => {
		expect(readOutputs(output)).toEqual(expected);
	});
});

describe('readTimeMs', () => {
	it.each([
		['2025-06-04T09:32:18.3846322Z', Date.parse('2025-06-04T09:32:18.384Z')],
		['2025-06-04T09:27:04.491185252Z', Date.parse('2025-06-04T09:27:04.491Z')],
		['2025-06-04T09:27:04Z', Date.parse('2025-06-04T09:27:04Z')],
		['0001-01-01T00:00:00Z', undefined],
		['', undefined],
		['yesterday', undefined],
	])('reads %j', (text, expected) => {
		expect(readTimeMs(text)).toBe(expected);
	});
});

describe('readEnvelope', () => {
	it('tells a refusal inside of an HTTP 200', () => {
		expect(readEnvelope({ code: 401, data: null, message: 'invalid key' })).toEqual({
			isOk: false,
			code: 401,
			message: 'invalid key',
			data: null,
		});
		expect(readEnvelope({ code: 200, data: { task_id: 't' }, message: 'success' }).isOk).toBe(true);
		expect(readEnvelope('<html>').isOk).toBe(false);
	});
});
