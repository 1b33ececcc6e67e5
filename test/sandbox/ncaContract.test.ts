import { withSandbox } from '../support/sandbox';
import { addRecordedInputs, createMediaFolder, type MediaFolder } from '../engine/nca/support/media';
import {
	differences,
	readFixtures,
	recording,
	RECORDINGS_FOLDER,
	type RecordedResponse,
	type Recording,
} from '../engine/nca/support/recordings';
import {
	refusingUrl,
	startMediaServer,
	startReceiver,
	type MediaServer,
	type Receiver,
} from '../engine/nca/support/servers';

/** Recordings that need a set-up of their own; each has a test below. */
const SPECIAL = new Set([
	'fail_queue_full_429',
	'fail_s3_down_async_webhook',
	'info_gunicorn_timeout_kills_worker',
	'info_queue_three_jobs',
	'info_restart_loses_jobs',
	'info_same_id_twice',
	'info_sync_job_blocks_single_worker',
	'ok_job_status_done',
	'webhook_slow_receiver_blocks_queue',
]);

const KEYS = { accessKey: 'SANDBOXNCA', secretKey: 'sandbox-nca-secret', bucket: 'nca-toolkit-local' };
const SERVICES = ['nca', 'spaces'] as const;
const ALL_DONE_MS = 120_000;

jest.setTimeout(ALL_DONE_MS);

let folder: MediaFolder;
let media: MediaServer;
let receiver: Receiver;
let nowhere: string;

beforeAll(async () => {
	folder = await createMediaFolder();
	await addRecordedInputs(folder);
	media = await startMediaServer(folder.path);
	nowhere = await refusingUrl();
});

beforeEach(async () => {
	receiver = await startReceiver();
});

afterEach(async () => {
	media.release();
	await receiver.close();
});

afterAll(async () => {
	await media.close();
	await folder.remove();
});

type Answer = Extract<Recording['response'], { status: number }>;

/** Puts local servers in place of the recorded test hosts, or back. */
function mapped<T>(value: T, direction: 'toLocal' | 'toRecorded' = 'toLocal'): T {
	const hosts: Array<[string, string]> = [
		['http://media.test', media.url],
		['http://callback.test', receiver.url],
		['http://refused.test', nowhere],
		['http://callback-down.test', nowhere],
		["host='refused.test', port=80", `host='127.0.0.1', port=${new URL(nowhere).port}`],
	];
	const text = hosts.reduce(
		(result, [recorded, local]) =>
			direction === 'toLocal' ? result.split(recorded).join(local) : result.split(local).join(recorded),
		JSON.stringify(value),
	);
	return JSON.parse(text) as T;
}

async function send(baseUrl: string, { method, path, headers, body }: Recording['request']): Promise<Answer> {
	const text = typeof body === 'string' ? body : JSON.stringify(mapped(body));
	const init = method === 'GET' ? {} : { body: text };
	const response = await fetch(`${baseUrl}${path}`, { method, headers, ...init });
	const contentType = response.headers.get('content-type') ?? '';
	const answer = contentType.includes('json') ? await response.json() : await response.text();
	return { status: response.status, content_type: contentType, body: mapped(answer, 'toRecorded') };
}

async function statusOf(baseUrl: string, jobId: unknown): Promise<Answer> {
	const headers = { 'X-API-Key': 'test', 'Content-Type': 'application/json' };
	return await send(baseUrl, { method: 'POST', path: '/v1/toolkit/job/status', headers, body: { job_id: jobId } });
}

/** Asks until a job is done; every question goes over the network, so this doesn't spin. */
async function finalStatusOf(baseUrl: string, jobId: unknown): Promise<Answer> {
	for (;;) {
		const status = await statusOf(baseUrl, jobId);
		const { response } = status.body as { response: { job_status: string } };
		if (response.job_status === 'done') return status;
		await new Promise((resolve) => setImmediate(resolve));
	}
}

function jobIdOf(answer: Answer): string {
	return (answer.body as { job_id: string }).job_id;
}

function expectSame(expected: unknown, actual: RecordedResponse): void {
	const recorded = expected as RecordedResponse;
	const problems = [
		...(recorded.status === actual.status ? [] : [`status ${recorded.status} became ${actual.status}`]),
		...(recorded.content_type?.split(';')[0] === actual.content_type?.split(';')[0] ? [] : ['another content type']),
		...differences(recorded.body, actual.body),
	];
	expect(problems).toEqual([]);
}

function expectSameWebhooks(expected: Recording['webhooks'], actual: Receiver['calls']): void {
	expect(actual.map(({ method, path }) => `${method} ${path}`)).toEqual(
		(expected ?? []).map(({ method, path }) => `${method} ${path}`),
	);
	expect(
		(expected ?? []).flatMap(({ body }, index) => differences(body, mapped(actual[index].body, 'toRecorded'))),
	).toEqual([]);
}

const settings = {
	spaces: KEYS,
	nca: { apiKey: 'test', workers: 1, s3: KEYS },
};

describe('the recorded exchanges of a toolkit with one worker', () => {
	const sandbox = withSandbox(SERVICES, { settings });
	const recordings = readFixtures<Recording>(RECORDINGS_FOLDER).filter(([name]) => !SPECIAL.has(name));

	it.each(recordings)('%s', async (_name, recorded) => {
		const baseUrl = sandbox().baseUrl('nca');

		const answer = await send(baseUrl, recorded.request);
		expectSame(recorded.response, answer);

		if (recorded.status_right_after) expectSame(recorded.status_right_after, await statusOf(baseUrl, jobIdOf(answer)));
		if (answer.status === 202) {
			const final = await finalStatusOf(baseUrl, jobIdOf(answer));
			if (recorded.status_final) expectSame(recorded.status_final, final);
		}
		await receiver.got(recorded.webhooks?.length ?? 0);
		expectSameWebhooks(recorded.webhooks, receiver.calls);
		if (answer.status === 202 && receiver.calls.length > 0) {
			expect((receiver.calls[0].body as { job_id: string }).job_id).toBe(jobIdOf(answer));
			expect(receiver.calls[0].headers['user-agent']).toMatch(/^python-requests\//);
		}
	});

	it('ok_job_status_done: a job that ended inside of its request has a file, too', async () => {
		const baseUrl = sandbox().baseUrl('nca');

		const done = await send(baseUrl, recording('ok_compose_sync_tpad').request);

		expectSame(recording('ok_job_status_done').response, await statusOf(baseUrl, jobIdOf(done)));
	});

	it('info_same_id_twice: the caller’s id makes nothing unique', async () => {
		const recorded = recording('info_same_id_twice');
		const baseUrl = sandbox().baseUrl('nca');

		const first = await send(baseUrl, recorded.request);
		const second = await send(baseUrl, recorded.request);

		expectSame(recorded.first_response, first);
		expectSame(recorded.response, second);
		expect(jobIdOf(first)).not.toBe(jobIdOf(second));
		await receiver.got(2);
		expectSameWebhooks(recorded.webhooks, receiver.calls);
	});

	it('info_queue_three_jobs: one after the other, in the order of their coming', async () => {
		const recorded = recording('info_queue_three_jobs');
		const baseUrl = sandbox().baseUrl('nca');
		const submit = async (id: string) => {
			const body = { ...(recorded.request.body as object), id, webhook_url: `http://callback.test/hook/${id}` };
			return await send(baseUrl, { ...recorded.request, body });
		};

		const answers = [await submit('q-0'), await submit('q-1'), await submit('q-2')];

		expectSame(recorded.first_response, answers[0]);
		expectSame(recorded.response, answers[2]);
		expect(new Set(answers.map(({ body }) => (body as { queue_id: number }).queue_id)).size).toBe(1);
		expectSameWebhooks(recorded.webhooks, await receiver.got(3));
	});

	it('webhook_slow_receiver_blocks_queue: the next job starts when the receiver has answered', async () => {
		const recorded = recording('webhook_slow_receiver_blocks_queue');
		const baseUrl = sandbox().baseUrl('nca');
		const second = {
			...(recorded.request.body as object),
			id: 'slow-2',
			webhook_url: 'http://callback.test/hook/slow-2',
		};

		expectSame(recorded.response, await send(baseUrl, recorded.request));
		await receiver.got(1);
		const answer = await send(baseUrl, { ...recorded.request, body: second });
		expectSame(recorded.second_response, answer);
		const waiting = (await statusOf(baseUrl, jobIdOf(answer))).body as { response: { job_status: string } };
		expect(waiting.response.job_status).toBe('queued');

		receiver.release();
		expectSameWebhooks(recorded.webhooks, await receiver.got(2));
	});

	it('info_sync_job_blocks_single_worker: a job without a webhook keeps everybody waiting', async () => {
		const recorded = recording('info_sync_job_blocks_single_worker');
		const baseUrl = sandbox().baseUrl('nca');
		const request = recording('info_restart_loses_jobs').request;
		const { inputs, filters, outputs } = request.body as Record<string, unknown>;

		const slow = send(baseUrl, { ...request, body: { inputs, filters, outputs } });
		await media.held();
		let isAnswered = false;
		const blocked = send(baseUrl, recorded.request).then((answer) => {
			isAnswered = true;
			return answer;
		});
		await fetch(`${media.url}/image.png`).then(async (response) => await response.arrayBuffer());
		expect(isAnswered).toBe(false);

		media.release();
		expectSame(recorded.slow_sync_response, await slow);
		expectSame(recorded.response, await blocked);
	});

	it('info_restart_loses_jobs: their files go on saying "running" and "queued", and nobody is told', async () => {
		const recorded = recording('info_restart_loses_jobs');
		const baseUrl = sandbox().baseUrl('nca');
		const first = await send(baseUrl, recorded.request);
		const second = await send(baseUrl, recorded.request);
		await media.held();

		await sandbox().restart('nca');
		media.release();

		const states = [first, second].map(async (answer) => (await statusOf(baseUrl, jobIdOf(answer))).body);
		const records = (await Promise.all(states)).map((body) => (body as { response: { job_status: string } }).response);
		expect(records.map(({ job_status }) => job_status)).toEqual(['running', 'queued']);
		expect(differences((recorded.statuses_after_restart as unknown[])[0], records[0])).toEqual([]);
		expect(receiver.calls).toEqual([]);
	});
});

describe('a toolkit whose queue takes one waiting job', () => {
	const sandbox = withSandbox(SERVICES, { settings: { ...settings, nca: { ...settings.nca, maxQueueLength: 1 } } });

	it('fail_queue_full_429: the running job isn’t counted, the third is refused and called done', async () => {
		const recorded = recording('fail_queue_full_429');
		const baseUrl = sandbox().baseUrl('nca');
		const submit = async (id: string, file = 'video5.mp4') => {
			const body = JSON.stringify(recorded.request.body).replace('video5.mp4', file).split('full-3').join(id);
			return await send(baseUrl, { ...recorded.request, body: JSON.parse(body) });
		};

		const first = await submit('full-1', 'slow4.mp4');
		await media.held();
		const second = await submit('full-2');
		const third = await submit('full-3');

		expectSame(recorded.first_response, first);
		expectSame(recorded.second_response, second);
		expectSame(recorded.response, third);
		expectSame(recorded.refused_job_status, await statusOf(baseUrl, jobIdOf(third)));
		const { request } = recording('ok_video_concat_sync');
		const sync = await send(baseUrl, { ...request, body: { ...(request.body as object), id: 'full-sync' } });
		expectSame(recorded.sync_request_while_full, sync);
		media.release();
		expectSameWebhooks(recorded.webhooks, await receiver.got(2));
	});
});

describe('a toolkit whose web server has little patience', () => {
	const sandbox = withSandbox(SERVICES, { settings: { ...settings, nca: { ...settings.nca, timeoutMs: 400 } } });

	it('info_gunicorn_timeout_kills_worker: no answer, and the worker’s other jobs die with it', async () => {
		const recorded = recording('info_gunicorn_timeout_kills_worker');
		const baseUrl = sandbox().baseUrl('nca');
		const hook = { id: 'to-async', webhook_url: 'http://callback.test/hook/to-async' };
		const waiting = await send(baseUrl, {
			...recorded.request,
			body: { ...(recorded.request.body as object), ...hook },
		});
		expectSame(recorded.async_response, waiting);

		await expect(send(baseUrl, recorded.request)).rejects.toThrow('fetch failed');

		const status = (await statusOf(baseUrl, jobIdOf(waiting))).body as { response: unknown };
		expect(differences(recorded.async_status_after, status.response)).toEqual([]);
		expect(receiver.calls).toEqual([]);
	});
});

describe('a toolkit whose storage is down', () => {
	const s3 = { ...KEYS, endpoint: 'http://127.0.0.1:9' };
	const sandbox = withSandbox(['nca'], { settings: { nca: { ...settings.nca, s3 } } });

	it('fail_s3_down_async_webhook: the job fails with the address that was tried', async () => {
		const recorded = recording('fail_s3_down_async_webhook');

		expectSame(recorded.response, await send(sandbox().baseUrl('nca'), recorded.request));

		expectSameWebhooks(recorded.webhooks, await receiver.got(1));
	});
});
