import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { waitForJob } from '../../../nodes/NcaToolkit/jobs';
import { NcaToolkit } from '../../../nodes/NcaToolkit/NcaToolkit.node';
import { failureOf } from '../../../nodes/shared/errors';
import { mockExecuteCtx, runNode } from '../../support/mockExecuteCtx';
import { recorded, withFakeToolkit, type RecordedAnswer } from './fakeToolkit';

const DONE = recorded('ok_job_status_done').response;
const FAILED = recorded('fail_async_bad_url_webhook').status_final as RecordedAnswer;
const RUNNING = recorded('ok_compose_async_webhook').status_right_after as RecordedAnswer;
const UNKNOWN = recorded('fail_job_status_unknown_id').response;
const DONE_ID = '274a2fcd-01cc-4723-88e8-a73c45e9384c';

describe('asking about jobs', () => {
	const toolkit = withFakeToolkit();
	const run = async (params: IDataObject) => {
		const options = { params: { resource: 'job', ...params }, credentials: toolkit().credentials };
		const [items] = await runNode(new NcaToolkit(), options);
		return items.map(({ json }) => json);
	};

	test('gives the result of a job that is done', async () => {
		toolkit().answers.push(DONE);

		const [job] = await run({ operation: 'get', jobId: DONE_ID });

		expect(toolkit().requests[0]).toMatchObject({ path: '/v1/toolkit/job/status', body: { job_id: DONE_ID } });
		expect(job).toMatchObject({
			externalId: DONE_ID,
			status: 'completed',
			queueId: '140028757497104',
			id: 'sync-1',
			outputs: [{ kind: 'video', durationS: 8 }, { kind: 'image' }],
		});
	});

	test('tells a failed job from a done one, though the toolkit calls both done', async () => {
		toolkit().answers.push(FAILED);

		const [job] = await run({ operation: 'get', jobId: 'x' });

		expect(job).toMatchObject({
			status: 'failed',
			failure: { message: expect.stringContaining('404 Client Error') as string },
		});
	});

	test('counts a job that a full queue refused as failed', async () => {
		toolkit().answers.push(recorded('fail_queue_full_429').refused_job_status as RecordedAnswer);

		const [job] = await run({ operation: 'get', jobId: 'x' });

		expect(job).toMatchObject({ status: 'failed', failure: { class: 'rate_limited', began: 'no' } });
	});

	test('says that a job is lost when the toolkit does not know it', async () => {
		toolkit().answers.push(UNKNOWN);

		const error: unknown = await run({ operation: 'get', jobId: 'x' }).catch((e: unknown) => e);

		expect(failureOf(error)).toMatchObject({ class: 'lost', httpStatus: 404 });
	});

	test('lists jobs up to a limit', async () => {
		toolkit().answers.push(recorded('ok_jobs_status_all').response, recorded('ok_jobs_status_all').response);

		const few = await run({ operation: 'getAll', limit: 3, sinceS: 600 });
		const all = await run({ operation: 'getAll', returnAll: true });

		expect(toolkit().requests[0]).toMatchObject({ path: '/v1/toolkit/jobs/status', body: { since_seconds: 600 } });
		expect(few).toHaveLength(3);
		expect(all).toHaveLength(29);
		expect(all.find(({ externalId }) => externalId === DONE_ID)).toEqual({ externalId: DONE_ID, state: 'done' });
	});
});

describe('waiting for a job', () => {
	const toolkit = withFakeToolkit();
	const wait = async (signal?: AbortSignal) => {
		let nowMs = 0;
		const timing = {
			random: () => 0,
			nowMs: () => nowMs,
			async sleep(ms: number, sleepSignal?: AbortSignal) {
				sleepSignal?.throwIfAborted();
				nowMs += ms;
			},
		};
		const { ctx } = mockExecuteCtx(new NcaToolkit(), { credentials: toolkit().credentials, signal });
		const options = { intervalMs: 10_000, deadlineMs: 30_000, timing };
		return await waitForJob(ctx, 'job-1', 0, options).catch((error: unknown) => failureOf(error));
	};

	test('asks until the job is done', async () => {
		toolkit().answers.push(RUNNING, RUNNING, DONE);

		expect(await wait()).toMatchObject({ jobId: DONE_ID, state: 'done' });
	});

	test('ends with the words of the toolkit when the job fails', async () => {
		toolkit().answers.push(RUNNING, FAILED);

		expect(await wait()).toMatchObject({ message: expect.stringContaining('404 Client Error') as string });
	});

	test('ends when the toolkit could not start the job', async () => {
		const { status, body } = RUNNING;
		const job = { job_id: 'job-1', job_status: 'failed', response: null };
		toolkit().answers.push({ status, body: { ...(body as object), response: job } });

		expect(await wait()).toMatchObject({ class: 'provider_failed', retryable: true });
	});

	test('gives up at the deadline and says what was last known', async () => {
		toolkit().answers.push(RUNNING, RUNNING, RUNNING, RUNNING);

		const failure = await wait();

		expect(failure).toMatchObject({
			class: 'timeout',
			began: 'yes',
			message: expect.stringContaining('running') as string,
		});
		expect(toolkit().requests).toHaveLength(4);
	});

	test('forgives one miss, because the job file is written without a lock', async () => {
		toolkit().answers.push(RUNNING, UNKNOWN, DONE);

		expect(await wait()).toMatchObject({ state: 'done' });
	});

	test('takes a job for lost after two misses in a row', async () => {
		toolkit().answers.push(UNKNOWN, UNKNOWN);

		expect(await wait()).toMatchObject({ class: 'lost' });
	});

	test('ends when the execution is cancelled', async () => {
		const controller = new AbortController();
		toolkit().answers.push(RUNNING);
		const waiting = wait(controller.signal);
		controller.abort();

		expect(await waiting).toMatchObject({ class: 'cancelled' });
	});
});

describe('evidence for recovery', () => {
	const toolkit = withFakeToolkit();
	const bulk = (states: Record<string, string>): RecordedAnswer => {
		const { status, body } = recorded('ok_jobs_status_all').response;
		return { status, body: { ...(body as object), response: states } };
	};
	const due = (number: number, more: IDataObject = {}): INodeExecutionData => ({
		json: {
			look: 'nca',
			videoId: 'vid_1',
			jobKey: `vid_1.combine.00${number}`,
			attempt: 1,
			h: 'ab'.repeat(8),
			externalId: `job-${number}`,
			queueId: '7',
			...more,
		},
	});
	/** The editor fills in the defaults, which are expressions, from each item. */
	const run = async (items: INodeExecutionData[], continueOnFail = false) => {
		const params = (itemIndex: number) => {
			const { jobKey, attempt, h, externalId, queueId } = items[itemIndex].json;
			return { resource: 'job', operation: 'getEvidence', jobKey, attempt, h, jobId: externalId ?? '', queueId };
		};
		const options = { params, items, credentials: toolkit().credentials, continueOnFail };
		const [output] = await runNode(new NcaToolkit(), options);
		return output;
	};

	test('asks once for fifty jobs that are still running', async () => {
		const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
		toolkit().answers.push(bulk(Object.fromEntries(numbers.map((number) => [`job-${number}`, 'running']))));

		const output = await run(numbers.map((number) => due(number)));

		expect(toolkit().requests.map(({ path }) => path)).toEqual(['/v1/toolkit/jobs/status']);
		expect(output.map(({ json }) => json.evidence)).toEqual(numbers.map(() => 'running'));
	});

	test('asks once for all items, and once more for each that is done', async () => {
		toolkit().answers.push(
			bulk({ 'job-1': 'done', 'job-2': 'queued', 'job-3': 'running', 'job-4': 'done' }),
			DONE,
			FAILED,
		);

		const output = await run([due(1), due(2), due(3), due(4)]);

		expect(toolkit().requests.map(({ path }) => path)).toEqual([
			'/v1/toolkit/jobs/status',
			'/v1/toolkit/job/status',
			'/v1/toolkit/job/status',
		]);
		expect(output.map(({ json, pairedItem }) => [json.jobKey, json.outcome ?? json.evidence, pairedItem])).toEqual([
			['vid_1.combine.001', 'completed', { item: 0 }],
			['vid_1.combine.002', 'queued', { item: 1 }],
			['vid_1.combine.003', 'running', { item: 2 }],
			['vid_1.combine.004', 'failed', { item: 3 }],
		]);
		expect(output[0].json).toMatchObject({
			service: 'nca',
			attempt: 1,
			h: 'ab'.repeat(8),
			outputs: [{ kind: 'video' }, { kind: 'image' }],
		});
		expect(output[1].json).toMatchObject({ look: 'nca', videoId: 'vid_1', queueId: '7', externalId: 'job-2' });
	});

	test('asks about a job that the list leaves out, because absence proves nothing', async () => {
		toolkit().answers.push(bulk({}), DONE, UNKNOWN);

		const output = await run([due(1), due(2)]);

		expect(output[0].json).toMatchObject({ outcome: 'completed' });
		expect(output[1].json).toMatchObject({ evidence: 'unknown', notFound: true });
	});

	test('can tell nothing about a job whose ID was never learned', async () => {
		const output = await run([due(1, { externalId: null })]);

		expect(output[0].json).toMatchObject({ evidence: 'unknown', externalId: null });
		expect(output[0].json).not.toHaveProperty('notFound');
		expect(toolkit().requests).toHaveLength(0);
	});

	test('cannot tell while the toolkit talks nonsense, and calls no job failed', async () => {
		toolkit().answers.push(bulk({ 'job-1': 'done' }), {
			status: 200,
			body: { code: 200, job_id: 'x', response: 'odd' },
		});

		const output = await run([due(1)]);

		expect(output[0].json).toMatchObject({ evidence: 'unknown', problem: expect.any(String) as string });
		expect(output[0].json).not.toHaveProperty('notFound');
	});

	test('asks a toolkit that has never had a job without failing', async () => {
		const { body } = UNKNOWN;
		toolkit().answers.push(
			{ status: 404, body: { ...(body as object), message: { error: 'Jobs directory not found' } } },
			UNKNOWN,
		);

		const output = await run([due(1)]);

		expect(output[0].json).toMatchObject({ evidence: 'unknown', notFound: true });
	});

	test('stops at a wrong key, which a person must mend', async () => {
		toolkit().answers.push(recorded('fail_wrong_api_key').response);

		await expect(run([due(1), due(2)])).rejects.toMatchObject({ context: { failure: { class: 'auth' } } });
	});

	test('names the field that an item lacks', async () => {
		await expect(run([due(1, { h: '' })])).rejects.toThrow('Hash is required');
	});
});
