import type { IDataObject } from 'n8n-workflow';

import { verifyCallbackQuery } from '../../../engine/callback/token';
import { NcaToolkit } from '../../../nodes/NcaToolkit/NcaToolkit.node';
import { findExistingResult } from '../../../nodes/shared/savedObject';
import { runNode } from '../../support/mockExecuteCtx';
import { recorded, withFakeToolkit } from './fakeToolkit';

jest.mock('../../../nodes/shared/savedObject');
const findExisting = jest.mocked(findExistingResult);

const SECRET = 'a signing secret of thirty-two characters';
const INPUT_HASH = 'ab'.repeat(32);
const JOB = { jobKey: 'vid_1.combine.001', attempt: 2, inputHash: INPUT_HASH, objectKey: 'videos/vid_1/x.mp4' };
const CALLBACK = { publicBaseUrl: 'https://n8n.example.test/', currentSecret: SECRET };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const TRIM = { resource: 'video', operation: 'trim', videoUrl: 'http://media.test/clip_a.mp4', end: '00:00:02' };

describe('handing a job to the toolkit', () => {
	const toolkit = withFakeToolkit();
	const run = async (params: IDataObject, credentials: Record<string, IDataObject> = {}) => {
		const all = { ...toolkit().credentials, videoEngineCallbackApi: CALLBACK, ...credentials };
		const [items] = await runNode(new NcaToolkit(), { params, credentials: all });
		return items.map(({ json }) => json);
	};
	beforeEach(() => {
		findExisting.mockReset();
		findExisting.mockResolvedValue(undefined);
	});

	test('queues by default, tells nobody, and sends an ID of its own', async () => {
		toolkit().answers.push(recorded('info_webhook_url_empty_string').response);

		const [result] = await run(TRIM);

		const [{ method, path, headers, body }] = toolkit().requests;
		expect([method, path, headers['x-api-key']]).toEqual(['POST', '/v1/video/trim', 'the key']);
		expect(body).toEqual({
			video_url: 'http://media.test/clip_a.mp4',
			end: '00:00:02',
			webhook_url: '',
			id: expect.stringMatching(UUID) as string,
		});
		expect(result).toMatchObject({ status: 'submitted', externalId: expect.any(String) as string, id: body.id });
	});

	test('gives the toolkit a signed address of the Video Engine, and shows it to nobody', async () => {
		toolkit().answers.push(recorded('ok_compose_async_webhook').response);

		const [result] = await run({ ...TRIM, resultMode: 'videoEngine', job: JOB });

		const { body } = toolkit().requests[0];
		const url = new URL(String(body.webhook_url));
		const claims = verifyCallbackQuery('nca', Object.fromEntries(url.searchParams), [SECRET], Date.now() / 1000);
		expect(`${url.origin}${url.pathname}`).toBe('https://n8n.example.test/webhook/video-engine/nca');
		expect(claims).toMatchObject({ ok: true, value: { job: JOB.jobKey, attempt: 2, h: INPUT_HASH.slice(0, 16) } });
		expect(body.id).toBe(JOB.jobKey);
		expect(result).toEqual({
			jobKey: JOB.jobKey,
			attempt: 2,
			h: INPUT_HASH.slice(0, 16),
			inputHash: INPUT_HASH,
			videoId: 'vid_1',
			externalId: '278091f0-a366-47d7-9b90-9db9de7e03e6',
			queueId: '140028757497104',
			queueLength: 1,
			status: 'submitted',
		});
	});

	test('takes the path of a trigger that does not use its default', async () => {
		toolkit().answers.push(recorded('ok_compose_async_webhook').response);

		await run({ ...TRIM, resultMode: 'videoEngine', callbackPath: '/my/nca', job: JOB });

		expect(String(toolkit().requests[0].body.webhook_url)).toMatch(
			/^https:\/\/n8n\.example\.test\/webhook\/my\/nca\?job=/,
		);
	});

	test('asks for the job before it can sign an address', async () => {
		await expect(run({ ...TRIM, resultMode: 'videoEngine' })).rejects.toThrow('Video Engine Job');
		expect(toolkit().requests).toHaveLength(0);
	});

	test('hands on an address of the user', async () => {
		toolkit().answers.push(recorded('ok_compose_async_webhook').response);

		await run({ ...TRIM, resultMode: 'webhook', webhookUrl: 'https://example.test/hook?key=1' });

		expect(toolkit().requests[0].body.webhook_url).toBe('https://example.test/hook?key=1');
	});

	test('waits in the request when told to, and gives the result', async () => {
		toolkit().answers.push(recorded('ok_video_trim').response);

		const [result] = await run({ ...TRIM, resultMode: 'sync' });

		expect(toolkit().requests[0].body).not.toHaveProperty('webhook_url');
		expect(result).toMatchObject({
			status: 'completed',
			outputs: [{ url: expect.stringMatching(/\.mp4$/) as string, kind: 'video' }],
			timings: { runS: expect.any(Number) as number },
		});
	});

	test('gives a waited-for result of a job as an event', async () => {
		toolkit().answers.push(recorded('ok_compose_sync_tpad').response);

		const [event] = await run({ ...TRIM, resultMode: 'sync', job: JOB });

		expect(event).toMatchObject({
			service: 'nca',
			jobKey: JOB.jobKey,
			attempt: 2,
			h: INPUT_HASH.slice(0, 16),
			outcome: 'completed',
			outputs: [{ kind: 'video', durationS: 8, bytes: 110694 }, { kind: 'image' }],
		});
	});

	test('takes what lies in Spaces already instead of asking the toolkit', async () => {
		findExisting.mockResolvedValue({
			url: 'https://cdn.test/x.mp4',
			bytes: 7,
			contentType: 'video/mp4',
			metadata: {},
			foundIn: 'spaces',
		});

		const [event] = await run({ ...TRIM, resultMode: 'videoEngine', job: JOB });

		expect(toolkit().requests).toHaveLength(0);
		expect(event).toMatchObject({
			outcome: 'completed',
			jobKey: JOB.jobKey,
			externalId: null,
			outputs: [{ url: 'https://cdn.test/x.mp4', kind: 'video', bytes: 7, persisted: true }],
		});
	});

	test('understands a toolkit that hands its jobs to Cloud Run', async () => {
		const body = {
			code: 200,
			id: 'x',
			job_id: 'job-1',
			message: { state: 'ok' },
			job_name: 'nca',
			queue_id: 'cloud',
			build_number: 209,
		};
		toolkit().answers.push({ status: 200, body });

		const [result] = await run(TRIM);

		expect(result).toMatchObject({ status: 'submitted', externalId: 'job-1', queueId: 'cloud', queueLength: null });
	});

	test('does not believe a success without a file', async () => {
		const { response } = recorded('ok_video_trim');
		toolkit().answers.push({ status: 200, body: { ...(response.body as object), response: null } });

		await expect(run({ ...TRIM, resultMode: 'sync' })).rejects.toMatchObject({
			context: { failure: { class: 'verification', began: 'yes' } },
		});
	});
});
