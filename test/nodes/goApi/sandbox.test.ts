import type { IDataObject } from 'n8n-workflow';

import { GoApi } from '../../../nodes/GoApi/GoApi.node';
import { GoApiTrigger } from '../../../nodes/GoApi/GoApiTrigger.node';
import { runNode } from '../../support/mockExecuteCtx';
import { mockWebhookCtx } from '../../support/mockWebhookCtx';
import { withSandbox } from '../../support/sandbox';
import { startFakeServer, type FakeServer, type ReceivedRequest } from '../shared/fakeServer';

const JOB = { jobKey: 'v1.music', attempt: 1, inputHash: 'a'.repeat(64) };
const MUSIC = { resource: 'music', operation: 'create', taskType: 'txt2audio-base', prompt: 'calm piano' };
const CALLBACK = { currentSecret: 'signing', previousSecret: '' };

const sandbox = withSandbox(['goApi'], { settings: { goApi: { pendingMs: 20, processingMs: 20 } } });

let receiver: FakeServer;
let onCallback: (request: ReceivedRequest) => void;
let arrived: Promise<ReceivedRequest>;

beforeEach(async () => {
	arrived = new Promise((resolve) => (onCallback = resolve));
	receiver = await startFakeServer((request) => {
		onCallback(request);
		return { body: 'ok' };
	});
});
afterEach(async () => await receiver.close());

function goApiCredentials(more: IDataObject = {}) {
	const { baseUrl, apiKey, webhookSecret } = sandbox().credentials('goApi');
	return { apiKey, baseUrl, webhookSecret, verifyWebhooks: true, ...more };
}

async function run(params: IDataObject, more: IDataObject = {}, continueOnFail = false) {
	const credentials = {
		goApiApi: goApiCredentials(more),
		videoEngineCallbackApi: { ...CALLBACK, publicBaseUrl: receiver.baseUrl },
	};
	const [[item]] = await runNode(new GoApi(), { credentials, params, continueOnFail });
	return item.json;
}

describe('GoAPI against its stand-in', () => {
	it('brings a task’s result home by webhook, and the same by asking', async () => {
		const submitted = await run({ ...MUSIC, job: JOB });
		const { body, headers, query } = await arrived;

		const { ctx } = mockWebhookCtx(new GoApiTrigger(), {
			rawBody: body,
			headers: headers as Record<string, string>,
			query: Object.fromEntries(query),
			credentials: { goApiApi: goApiCredentials(), videoEngineCallbackApi: CALLBACK },
		});
		const { workflowData } = await new GoApiTrigger().webhook.call(ctx);
		const asked = await run({ resource: 'task', operation: 'get', taskId: submitted.externalId as string, job: JOB });

		const event = workflowData?.[0][0].json;
		expect(submitted).toMatchObject({ jobKey: 'v1.music', status: 'submitted' });
		expect(event).toMatchObject({ outcome: 'completed', jobKey: 'v1.music', externalId: submitted.externalId });
		expect({ ...asked, receivedAt: '' }).toEqual({ ...event, receivedAt: '' });
		expect((event?.outputs as IDataObject[])[0]).toMatchObject({ kind: 'audio', url: expect.stringMatching(/^http/) });
	});

	it('knows a wrong key', async () => {
		const { failure } = (await run(MUSIC, { apiKey: 'wrong' }, true)).details as IDataObject;

		expect(failure).toMatchObject({ class: 'auth', began: 'no', retryable: false });
	});

	it('is told why a task was refused', async () => {
		const unknown = { resource: 'task', operation: 'create', model: 'nope', taskType: 'nope' };
		const { failure } = (await run(unknown, {}, true)).details as IDataObject;

		expect(failure).toMatchObject({ class: 'invalid_input', began: 'no', retryable: false });
	});

	it('learns that a task is lost', async () => {
		const asked = await run({
			resource: 'task',
			operation: 'get',
			taskId: '00000000-0000-0000-0000-000000000000',
			job: JOB,
		});

		expect(asked).toMatchObject({ outcome: 'failed', error: { class: 'lost' } });
	});
});
