import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';

import type { Failure } from '../../../engine/events';
import { NcaToolkit } from '../../../nodes/NcaToolkit/NcaToolkit.node';
import { callToolkit } from '../../../nodes/NcaToolkit/transport';
import { failureOf } from '../../../nodes/shared/errors';
import { mockExecuteCtx, runNode } from '../../support/mockExecuteCtx';
import { recorded, withFakeToolkit, type RecordedAnswer } from './fakeToolkit';

const COMPOSE = {
	resource: 'video',
	operation: 'compose',
	composeJson: '{ "inputs": [{ "file_url": "http://media.test/a" }] }',
};
const HTML = 'text/html';

describe('what the toolkit refuses', () => {
	const toolkit = withFakeToolkit();
	const failWith = async (answer: RecordedAnswer | 'hang up', params: IDataObject = COMPOSE): Promise<Failure> => {
		toolkit().answers.push(answer);
		const run = runNode(new NcaToolkit(), { params, credentials: toolkit().credentials });
		return failureOf(await run.catch((error: unknown) => error));
	};

	test.each<[string, Partial<Failure>]>([
		['fail_wrong_api_key', { class: 'auth', began: 'no', retryable: false }],
		['fail_missing_field_inputs', { class: 'invalid_input', began: 'no', retryable: false }],
		['fail_additional_property', { class: 'invalid_input', began: 'no', retryable: false }],
		['fail_empty_json_object', { class: 'invalid_input', began: 'no', retryable: false }],
		['fail_malformed_json', { class: 'invalid_input', began: 'no', retryable: false }],
		['fail_unknown_route', { class: 'refused', began: 'no', retryable: false }],
		['fail_job_status_get_method', { class: 'refused', began: 'no', retryable: false }],
		['fail_ffmpeg_invalid_option', { began: 'yes', retryable: false }],
		['fail_concat_not_media', { class: 'provider_failed', began: 'yes' }],
		['fail_trim_start_after_end', { class: 'invalid_input', began: 'yes' }],
	])('tells what %s means and asks only once', async (name, expected) => {
		const { response } = recorded(name);

		const failure = await failWith(response);

		expect(failure).toMatchObject({ ...expected, httpStatus: response.status });
		expect(toolkit().requests).toHaveLength(1);
	});

	test('says that a toolkit lacks a feature', async () => {
		const failure = await failWith(recorded('fail_unknown_route').response);

		expect(failure.message).toContain('This toolkit has no /v1/ffmpeg/compose');
	});

	test('shows the line of ffmpeg that tells the reason, not its banner', async () => {
		const { response } = recorded('fail_ffmpeg_invalid_option');

		const failure = await failWith(response);

		expect(failure.message).not.toContain('configuration:');
		expect(failure.message.length).toBeLessThan(400);
	});

	test.each([
		[524, 'timeout'],
		[504, 'timeout'],
		[502, 'unavailable'],
		[500, 'unavailable'],
	])('does not know whether work began behind a page with %i, and does not ask again', async (status, failureClass) => {
		const failure = await failWith({
			status,
			content_type: HTML,
			body: `<html><title>${status}: trouble</title></html>`,
		});

		expect(failure).toMatchObject({ class: failureClass, began: 'unknown', httpStatus: status });
		expect(toolkit().requests).toHaveLength(1);
	});

	test('does not know whether work began when the connection breaks, and does not ask again', async () => {
		const failure = await failWith('hang up');

		expect(failure).toMatchObject({ class: 'unavailable', began: 'unknown' });
		expect(toolkit().requests).toHaveLength(1);
	});

	test('does not take another web page for a toolkit', async () => {
		const failure = await failWith({ status: 200, content_type: HTML, body: '<html><title>Welcome</title></html>' });

		expect(failure.retryable).toBe(false);
	});
});

describe('trying again', () => {
	const toolkit = withFakeToolkit();
	const pauses: number[] = [];
	const timing = { random: () => 0, nowMs: () => 0, sleep: async (ms: number) => void pauses.push(ms) };
	const call = async (idempotent: boolean, httpRequest?: (options: IHttpRequestOptions) => Promise<unknown>) => {
		const { ctx } = mockExecuteCtx(new NcaToolkit(), { credentials: toolkit().credentials, httpRequest });
		return await callToolkit(ctx, { path: '/v1/ffmpeg/compose', body: { id: '1' }, idempotent, timing }, 0);
	};
	beforeEach(() => pauses.splice(0));

	test('submits again after a full queue has turned it away', async () => {
		toolkit().answers.push(recorded('fail_queue_full_429').response, recorded('ok_compose_async_webhook').response);

		const answer = await call(false);

		expect(answer.status).toBe(202);
		expect(pauses).toHaveLength(1);
	});

	test('gives up on a queue that stays full, and says that nothing began', async () => {
		for (let turn = 0; turn < 4; turn++) toolkit().answers.push(recorded('fail_queue_full_429').response);

		const error: unknown = await call(false).catch((e: unknown) => e);

		expect(failureOf(error)).toMatchObject({ class: 'rate_limited', began: 'no', retryable: true });
		expect(toolkit().requests).toHaveLength(4);
	});

	test('submits again when nobody listens, because nothing can have begun', async () => {
		let calls = 0;
		const refused = async () => {
			calls += 1;
			throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
		};

		const error: unknown = await call(false, refused).catch((e: unknown) => e);

		expect(calls).toBe(4);
		expect(failureOf(error)).toMatchObject({ class: 'unavailable', began: 'no', retryable: true });
	});

	test('asks a question again after trouble', async () => {
		const trouble = { status: 502, content_type: HTML, body: '<html></html>' };
		toolkit().answers.push(trouble, 'hang up', recorded('ok_job_status_done').response);

		expect((await call(true)).status).toBe(200);
	});

	test('does not ask again about a job that the toolkit does not know', async () => {
		toolkit().answers.push(recorded('fail_job_status_unknown_id').response);

		const error: unknown = await call(true).catch((e: unknown) => e);

		expect(failureOf(error)).toMatchObject({ class: 'lost', httpStatus: 404 });
		expect(toolkit().requests).toHaveLength(1);
	});

	test.each(['', 'nca:8080', 'ftp://nca'])('asks for a base URL when it is "%s"', async (baseUrl) => {
		const run = runNode(new NcaToolkit(), {
			params: COMPOSE,
			credentials: { ncaToolkitApi: { baseUrl, apiKey: 'x' } },
		});

		await expect(run).rejects.toThrow('Base URL is required');
	});
});
