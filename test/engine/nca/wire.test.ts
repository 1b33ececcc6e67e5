import {
	parseNcaCallback,
	parseNcaEnvelope,
	parseNcaJobsStatus,
	parseNcaJobStatus,
	usefulLine,
} from '../../../engine/nca/wire';
import { readFixtures, recording, RECORDINGS_FOLDER, WEBHOOKS_FOLDER, type Recording } from './support/recordings';

const CLAIMS = { job: 'vid1.combine.001', attempt: 2, h: '0123456789abcdef' };
const AT = '2026-01-02T03:04:05.000Z';

interface Body {
	where: string;
	status: number;
	body: unknown;
}

/** Every body anywhere in a recording. */
function bodiesOf(name: string, value: unknown): Body[] {
	if (typeof value !== 'object' || value === null) return [];
	if ('status' in value && 'body' in value) {
		const { status, body } = value as { status: number; body: unknown };
		return [{ where: name, status, body }];
	}
	return Object.entries(value).flatMap(([member, inner]) =>
		member === 'request' || member === 'webhooks' ? [] : bodiesOf(`${name}.${member}`, inner),
	);
}

const recordings = readFixtures<Recording>(RECORDINGS_FOLDER);
const answers = recordings.flatMap(([name, content]) => bodiesOf(name, content));
const hooks = [
	...recordings.flatMap(([name, { webhooks = [] }]) =>
		webhooks.filter(({ body }) => body !== null).map(({ body }, index) => ({ where: `${name} ${index}`, body })),
	),
	...readFixtures<unknown>(WEBHOOKS_FOLDER).map(([name, body]) => ({ where: name, body })),
];

function read(body: unknown, status?: number) {
	const result = parseNcaEnvelope(body, status);
	if (!result.ok) throw new Error(result.message);
	return result.value;
}

describe('answers of the toolkit', () => {
	it.each(answers.map((each): [string, Body] => [each.where, each]))('reads %s', (_where, { status, body }) => {
		const answer = read(body, status);

		if (status === 202) expect(answer).toMatchObject({ kind: 'accepted', jobId: (body as { job_id: string }).job_id });
		else if (status === 200)
			expect(answer).toMatchObject({ kind: 'finished', envelope: { outcome: 'completed', code: 200 } });
		else {
			const failure =
				answer.kind === 'finished' ? answer.envelope.error : answer.kind === 'refused' ? answer.failure : undefined;
			expect(failure).toMatchObject({ httpStatus: status });
			expect(failure?.message).toMatch(/\S/);
			expect(failure?.message).not.toMatch(/[\n<>]|\/tmp\//);
		}
	});

	it('keeps the queue and its length of an acknowledgement', () => {
		const full = recording('fail_queue_full_429');

		expect(read((full.second_response as Body).body)).toEqual({
			kind: 'accepted',
			jobId: '61a397a6-6c48-4feb-8c3b-001361d1be87',
			callerId: 'full-2',
			queueId: '139738308925456',
			queueLength: 1,
			maxQueueLength: 1,
		});
	});

	it.each([
		['fail_wrong_api_key', 'auth', 'no', false],
		['fail_authenticate_wrong_key', 'auth', 'no', false],
		['fail_missing_field_inputs', 'invalid_input', 'no', false],
		['fail_malformed_json', 'invalid_input', 'no', false],
		['fail_unknown_route', 'refused', 'no', false],
		['fail_job_status_unknown_id', 'lost', 'unknown', true],
		['fail_queue_full_429', 'rate_limited', 'no', true],
		['fail_bad_url_404', 'invalid_input', 'yes', false],
		['fail_url_connection_refused', 'unavailable', 'yes', true],
		['fail_url_not_a_url', 'invalid_input', 'yes', false],
		['fail_ffmpeg_invalid_option', 'invalid_input', 'yes', false],
		['fail_concat_not_media', 'provider_failed', 'yes', true],
		['fail_trim_start_after_end', 'invalid_input', 'yes', false],
	])('%s: %s', (name, failureClass, began, retryable) => {
		const { status, body } = recording(name).response as Body;

		const answer = read(body, status);

		const failure =
			answer.kind === 'finished' ? answer.envelope.error : answer.kind === 'refused' ? answer.failure : undefined;
		expect(failure).toMatchObject({ class: failureClass, began, retryable });
	});

	it('takes the page of a proxy for a failure whose work may have begun', () => {
		const page = '<!DOCTYPE html><html><head><title>524: A timeout occurred</title></head><body></body></html>';

		expect(read(page, 524)).toMatchObject({
			kind: 'refused',
			failure: { class: 'unavailable', began: 'unknown', message: '524: A timeout occurred' },
		});
		expect(read(page)).toMatchObject({ failure: { httpStatus: 524 } });
		expect(read('gone', 0)).toMatchObject({ failure: { class: 'invalid_input', message: 'gone' } });
		expect(read('', 502)).toMatchObject({ failure: { message: 'The toolkit gave no reason (code 502).' } });
	});

	it.each([
		[400, 'invalid_input', false],
		[403, 'auth', false],
		[405, 'refused', false],
		[429, 'rate_limited', true],
		[500, 'provider_failed', true],
		[503, 'unavailable', true],
	])('judges words that say nothing by the code %d', (code, failureClass, retryable) => {
		expect(read({ message: 'Something' }, code)).toMatchObject({
			failure: { class: failureClass, retryable, httpStatus: code },
		});
	});

	it.each([
		['401 Client Error: Unauthorized for url: https://s.test/a.mp4', 'invalid_input', false],
		['429 Client Error: Too Many Requests for url: https://s.test/a.mp4', 'unavailable', true],
		['503 Server Error: Slow Down for url: https://s.test/a.mp4', 'unavailable', true],
		['input_1.mp4: Invalid data found when processing input', 'provider_failed', true],
		['Killed', 'unavailable', true],
	])('judges "%s"', (message, failureClass, retryable) => {
		const answer = read({ code: 500, job_id: 'x', message });

		expect(answer).toMatchObject({ envelope: { error: { class: failureClass, retryable, began: 'yes' } } });
	});

	it('takes a bare message without any status for a refused request', () => {
		expect(read({ message: 'Something' })).toMatchObject({ kind: 'refused', failure: { class: 'invalid_input' } });
	});

	it.each([[null], [7], [[]], [{}], [{ code: 202 }], [{ code: 200 }], [{ code: '200', job_id: 'x' }]])(
		'refuses %j as no answer of a toolkit',
		(body) => {
			expect(parseNcaEnvelope(body)).toMatchObject({ ok: false, code: 'unknown_answer' });
		},
	);
});

describe('webhooks', () => {
	it.each(hooks.map((each): [string, unknown] => [each.where, each.body]))('reads %s', (_where, body) => {
		const { job_id, code, run_time } = body as { job_id: string; code: number; run_time: number };

		const event = parseNcaCallback(body, CLAIMS, AT);

		expect(event).toMatchObject({
			ok: true,
			value: {
				service: 'nca',
				jobKey: CLAIMS.job,
				attempt: 2,
				h: CLAIMS.h,
				externalId: job_id,
				outcome: code === 200 ? 'completed' : 'failed',
				timings: { runS: run_time },
				receivedAt: AT,
			},
		});
		if (event.ok && code === 200)
			expect(event.value.outputs[0]).toMatchObject({ kind: 'video', url: expect.stringMatching(/\.mp4$/) });
		if (event.ok && code !== 200)
			expect(event.value).toMatchObject({ outputs: [], error: { message: expect.stringMatching(/\S/) } });
	});

	it('names length, size and thumbnail where compose was asked for them', () => {
		const { webhooks = [] } = recording('ok_compose_async_webhook');

		const event = parseNcaCallback(webhooks[0].body, CLAIMS, AT);

		const base = 'http://s3.test/nca-toolkit-local/278091f0-a366-47d7-9b90-9db9de7e03e6_output_0';
		expect(event).toMatchObject({
			value: {
				outputs: [
					{ url: `${base}.mp4`, kind: 'video', durationS: 8, bytes: 110694 },
					{ url: `${base}_thumbnail.jpg`, kind: 'image' },
				],
			},
		});
	});

	it('reads the shorter body of a failure on Cloud Run', () => {
		const body = { code: 500, id: 'vid1.mix', message: 'Cloud Run Job failed', error: 'quota exceeded' };

		expect(parseNcaCallback(body, CLAIMS, AT)).toMatchObject({
			value: { externalId: null, outcome: 'failed', error: { message: 'Cloud Run Job failed' } },
		});
		expect(parseNcaCallback({ ...body, message: undefined }, CLAIMS, AT)).toMatchObject({
			value: { error: { message: 'quota exceeded' } },
		});
	});

	it.each([
		[
			'a transcription',
			{ text_url: 'https://s3.test/a.txt', srt_url: 'https://s3.test/a.srt', text: null },
			['text', 'text'],
		],
		['a download', { media: { media_url: 'https://s3.test/a.webm', duration: 3 } }, ['video']],
		['an audio file', 'https://s3.test/a.mp3?X-Amz-Signature=1', ['audio']],
		['silences', [{ start: '00:00:01.000', end: '00:00:02.000', duration: 1 }], []],
		['metadata', { duration: 3, filesize: 2 }, []],
		['segments', { segments_url: 'https://s3.test/a.json' }, ['json']],
		['nothing', null, []],
	])('finds the files of %s', (_what, response, kinds) => {
		const event = parseNcaCallback({ code: 200, job_id: 'x', message: 'success', response }, CLAIMS, AT);

		expect(event).toMatchObject({ value: { outputs: kinds.map((kind) => ({ kind })) } });
	});

	it.each([[{ code: 202, job_id: 'x' }], [{ message: 'Unauthorized' }], ['<html></html>'], [null]])(
		'refuses %j, which doesn’t tell how a job ended',
		(body) => {
			expect(parseNcaCallback(body, CLAIMS, AT)).toMatchObject({ ok: false, code: 'unknown_answer' });
		},
	);
});

describe('the state of a job', () => {
	it('reads the inner code of a job that is done', () => {
		const { status_final } = recording('fail_async_bad_url_webhook');

		expect(parseNcaJobStatus((status_final as Body).body)).toMatchObject({
			value: {
				jobId: '8055086d-3a8a-4b5a-beaf-903c5744a02e',
				state: 'done',
				queueId: '140028757497104',
				envelope: { outcome: 'failed', code: 500, error: { class: 'invalid_input' } },
			},
		});
	});

	it('tells a refusal that is called done', () => {
		const { refused_job_status } = recording('fail_queue_full_429');

		expect(parseNcaJobStatus((refused_job_status as Body).body)).toMatchObject({
			value: {
				state: 'done',
				envelope: { outcome: 'failed', code: 429, error: { class: 'rate_limited', began: 'no' } },
			},
		});
	});

	it('reads finished, running and queued jobs, with or without the envelope around them', () => {
		const done = recording('ok_job_status_done').response as Body;
		const running = recording('ok_compose_async_webhook').status_right_after as Body;
		const bare = recording('info_restart_loses_jobs').statuses_after_restart as unknown[];

		expect(parseNcaJobStatus(done.body)).toMatchObject({
			value: { state: 'done', envelope: { outcome: 'completed' } },
		});
		expect(parseNcaJobStatus(running.body)).toEqual({
			ok: true,
			value: { jobId: '278091f0-a366-47d7-9b90-9db9de7e03e6', state: 'running', queueId: '140028757497104' },
		});
		expect(bare.map((job) => parseNcaJobStatus(job))).toMatchObject([
			{ value: { state: 'running' } },
			{ value: { state: 'queued' } },
		]);
	});

	it('tells an unknown job from an unreadable answer', () => {
		const unknown = recording('fail_job_status_unknown_id').response as Body;

		expect(parseNcaJobStatus(unknown.body)).toEqual({
			ok: true,
			value: { jobId: '00000000-0000-0000-0000-000000000000', state: 'notFound' },
		});
		for (const body of [
			null,
			'x',
			{},
			{ code: 500, message: 'Failed to retrieve job status' },
			{ job_status: 'odd' },
		]) {
			expect(parseNcaJobStatus(body)).toMatchObject({ ok: false, code: 'unknown_answer' });
		}
	});

	it('survives a result without a code', () => {
		const body = { job_id: 'x', job_status: 'done', response: { job_id: 'x', message: 'odd' } };

		expect(parseNcaJobStatus(body)).toMatchObject({ value: { envelope: { outcome: 'failed', code: 500 } } });
	});

	it('reads the states of all jobs at once', () => {
		const { body } = recording('ok_jobs_status_all').response as Body;

		const states = parseNcaJobsStatus(body);

		expect(states).toMatchObject({ value: { '274a2fcd-01cc-4723-88e8-a73c45e9384c': 'done' } });
		expect(parseNcaJobsStatus({ code: 404, response: null, message: { error: 'Jobs directory not found' } })).toEqual({
			ok: true,
			value: {},
		});
		expect(parseNcaJobsStatus({ code: 200, response: { a: 'done', b: 7 } })).toEqual({
			ok: true,
			value: { a: 'done' },
		});
		for (const odd of [null, [], { code: 500, message: 'boom' }])
			expect(parseNcaJobsStatus(odd)).toMatchObject({ ok: false });
	});
});

describe('the useful line of an error', () => {
	it.each([
		[
			'a whole ffmpeg log',
			(recording('fail_ffmpeg_invalid_option').response as { body: { message: string } }).body.message,
			"Unrecognized option 'not_an_option'.",
		],
		['an object', { error: 'Job not found', job_id: 'x' }, 'Job not found'],
		['an object with a message', { message: 'inner' }, 'inner'],
		['another object', { reason: 1 }, '{"reason":1}'],
		['nothing', undefined, ''],
		['only empty words', 'Conversion failed!', 'Conversion failed!'],
		[
			'the log of ffmpeg 7',
			"Stream specifier ':v:0' matches no streams.\n[fc#0 @ 0x5f] Error binding filtergraph inputs/outputs: Invalid argument\n[out#0 @ 0x5f] Nothing was written into output file\n",
			"Stream specifier ':v:0' matches no streams.",
		],
		[
			'a signed URL',
			'403 Client Error: Forbidden for url: https://key@h.test/a.mp4?X-Amz-Signature=abc&x=1',
			'403 Client Error: Forbidden for url: https://h.test/a.mp4',
		],
		[
			'a path of the toolkit',
			'/tmp/jobs/0f/input_1.mp4: Invalid data found when processing input\nConversion failed!',
			'input_1.mp4: Invalid data found when processing input',
		],
		[
			'an address in memory',
			'[libx264 @ 0x55d0c8] height not divisible by 2 (3x3)',
			'[libx264] height not divisible by 2 (3x3)',
		],
	])('of %s', (_what, message, line) => {
		expect(usefulLine(message)).toBe(line);
	});

	it('is short', () => {
		expect(usefulLine('x'.repeat(5000)).length).toBeLessThanOrEqual(300);
	});
});
