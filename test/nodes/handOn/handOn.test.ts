import type { IExecuteFunctions, IHookFunctions, ILoadOptionsFunctions, INodeExecutionData } from 'n8n-workflow';

import { handOn } from '../../../nodes/HandOn/handOn';
import { HandOn } from '../../../nodes/HandOn/HandOn.node';
import { VideoEngineRoleTrigger } from '../../../nodes/VideoEngineRole/VideoEngineRoleTrigger.node';
import { createMockLogger } from '../../support/mockNode';
import { mockExecuteCtx, type MockExecuteOptions } from '../../support/mockExecuteCtx';
import { mockWebhookCtx } from '../../support/mockWebhookCtx';

const trigger = new VideoEngineRoleTrigger();
const { checkExists, create, delete: remove } = trigger.webhookMethods.default;
const ITEMS = [{ json: { videoId: 'v1' } }, { json: { videoId: 'v2' } }];

/** What n8n gives to a role trigger when its workflow is published or unpublished. */
function activation(role: string, workflowId: string): IHookFunctions {
	const { logger } = createMockLogger();
	const ctx = {
		logger,
		getNode: () => ({ name: 'Has This Role', credentials: undefined }),
		getNodeParameter: () => role,
		getWorkflow: () => ({ id: workflowId, name: `Workflow ${workflowId}`, active: true }),
	};
	return ctx as unknown as IHookFunctions;
}

/** Time that passes at once. */
let nowMs = 0;
const HURRIED = { now: () => nowMs, sleep: async (ms: number) => void (nowMs += ms) };

interface Call {
	workflowId?: string;
	items: INodeExecutionData[];
	options?: object;
}

function recorder(fails?: string) {
	const calls: Call[] = [];
	const executeWorkflow = async (
		{ id }: { id?: string },
		items: INodeExecutionData[] = [],
		_manager?: unknown,
		options?: object,
	) => {
		if (fails !== undefined) throw new Error(fails);
		calls.push({ workflowId: id, items, options });
		return { executionId: `e${calls.length}`, data: [] };
	};
	return { calls, executeWorkflow: executeWorkflow as unknown as IExecuteFunctions['executeWorkflow'] };
}

async function hand(role: string, options: MockExecuteOptions = {}, more: object = {}) {
	const { ctx, lines, metadata } = mockExecuteCtx(new HandOn(), {
		items: ITEMS,
		...options,
		params: { role, ...more },
	});
	const output = await handOn(ctx, HURRIED);
	return { output, lines, metadata };
}

describe('a role', () => {
	afterEach(async () => {
		for (const role of ['settle', 'advance']) {
			for (const id of ['one', 'two']) await remove.call(activation(role, id));
		}
	});

	it('is there from the publication of its workflow to the end of it', async () => {
		const one = activation('settle', 'one');
		expect(await checkExists.call(one)).toBe(false);
		await create.call(one);
		expect(await checkExists.call(one)).toBe(true);
		await remove.call(one);
		expect(await checkExists.call(one)).toBe(false);
	});

	it('is not taken from the workflow that has it by the end of one that had it before', async () => {
		await create.call(activation('settle', 'one'));
		await create.call(activation('settle', 'two'));
		await remove.call(activation('settle', 'one'));
		expect(await checkExists.call(activation('settle', 'two'))).toBe(true);
	});

	it('has an address at which nothing is to be had', async () => {
		const { ctx, response } = mockWebhookCtx(trigger, { params: { role: 'settle' } });
		expect(await trigger.webhook.call(ctx)).toEqual({ noWebhookResponse: true });
		expect(response.status).toBe(404);
	});

	it('is named in the panel with the workflow that has it now', async () => {
		const ctx = { ...activation('settle', 'one'), getCurrentNodeParameter: () => 'settle' };
		const { getHolder } = new HandOn().methods.loadOptions;
		const shown = async () => await getHolder.call(ctx as unknown as ILoadOptionsFunctions);
		expect(await shown()).toEqual([{ name: 'Whoever Has the Role: nobody has it now', value: '' }]);
		await create.call(activation('settle', 'one'));
		expect(await shown()).toEqual([{ name: 'Whoever Has the Role: now Workflow one (one)', value: '' }]);
	});
});

describe('Hand On', () => {
	beforeEach(async () => {
		await create.call(activation('settle', 'one'));
	});

	afterEach(async () => {
		await remove.call(activation('settle', 'one'));
	});

	it('starts the workflow that has the role with all items, waits for nothing, and links both', async () => {
		const { calls, executeWorkflow } = recorder();
		const { output, metadata } = await hand('settle', { executeWorkflow });
		const options = {
			doNotWaitToFinish: true,
			executionMode: 'trigger',
			parentExecution: { executionId: '1', workflowId: 'workflow-1' },
		};
		expect(calls).toEqual([{ workflowId: 'one', items: ITEMS, options }]);
		const subExecution = { executionId: 'e1', workflowId: 'one' };
		expect(output).toEqual(ITEMS.map(({ json }, item) => ({ json, pairedItem: { item }, metadata: { subExecution } })));
		expect(metadata).toEqual([{ subExecution }]);
	});

	it('starts it once for each item where it is told so', async () => {
		const { calls, executeWorkflow } = recorder();
		const { output, metadata } = await hand('settle', { executeWorkflow }, { items: 'each' });
		expect(calls.map(({ items }) => items)).toEqual(ITEMS.map((item) => [item]));
		expect(output.map((item) => item.metadata?.subExecution?.executionId)).toEqual(['e1', 'e2']);
		expect(metadata).toEqual([{ subExecutionsCount: 2 }]);
	});

	it('starts the workflow whose ID is given, whoever has the role', async () => {
		const { calls, executeWorkflow } = recorder();
		await hand('settle', { executeWorkflow }, { workflow: 'of my own' });
		expect(calls[0].workflowId).toBe('of my own');
	});

	it('says that nothing has begun where the workflow can’t be started, and what to look at', async () => {
		const { executeWorkflow } = recorder('Workflow is not active and cannot be executed.');
		const { output } = await hand('settle', { executeWorkflow, continueOnFail: true });
		expect(output).toHaveLength(2);
		for (const { json } of output) {
			const { failure } = json.details as { failure: object };
			expect(failure).toMatchObject({ class: 'unavailable', began: 'no', retryable: true });
			expect(failure).toMatchObject({ message: expect.stringMatching(/not active.*published.*"When Executed by/) });
		}
	});

	it('says which role nobody has, in the log only once', async () => {
		const { executeWorkflow } = recorder();
		const first = await hand('advance', { executeWorkflow, continueOnFail: true });
		const again = await hand('advance', { executeWorkflow, continueOnFail: true });
		expect(first.output[0].json.message).toBe(
			'No published workflow has the role "Advance a Video": publish the one with its Video Engine Role Trigger.',
		);
		expect([first.lines.length, again.lines.length]).toEqual([1, 0]);
	});

	it('says to restart n8n where nobody has any role', async () => {
		await remove.call(activation('settle', 'one'));
		const { executeWorkflow } = recorder();
		await expect(hand('settle', { executeWorkflow })).rejects.toMatchObject({
			description: expect.stringContaining('restart n8n'),
		});
	});

	it('refuses a role that does not exist', async () => {
		const { executeWorkflow } = recorder();
		const { output } = await hand('settle', { executeWorkflow, continueOnFail: true }, { role: 'paint' });
		expect(output[0].json.error).toMatch(/Role must be one of: advance/);
	});
});
