/** @needs n8n */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startN8n, type RunningN8n, type WorkflowJson } from '../../sandbox/demo/n8n';
import { packTinyPackage } from '../support/n8n/tinyPackage';

const N8N_TEST_MS = 180_000;
const HEADER_AUTH = { name: 'Door key', type: 'httpHeaderAuth', data: { name: 'X-API-Key', value: 'open sesame' } };

/** Answers with the posted text in capitals, by way of a sub-workflow. */
const PARENT: WorkflowJson = {
	id: 'veHarnessParent1',
	name: 'Parent',
	settings: { executionOrder: 'v1' },
	nodes: [
		{
			id: '11111111-1111-4111-8111-111111111111',
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			position: [0, 0],
			webhookId: 'video-engine-harness',
			parameters: {
				httpMethod: 'POST',
				path: 'harness/shout',
				authentication: 'headerAuth',
				responseMode: 'lastNode',
				options: {},
			},
			credentials: { httpHeaderAuth: { id: null, name: 'Door key' } },
		},
		{
			id: '22222222-2222-4222-8222-222222222222',
			name: 'Run Child',
			type: 'n8n-nodes-base.executeWorkflow',
			typeVersion: 1.2,
			position: [200, 0],
			parameters: {
				workflowId: { __rl: true, mode: 'id', value: 'veHarnessChild01' },
				workflowInputs: { mappingMode: 'defineBelow', value: {} },
				options: {},
			},
		},
	],
	connections: { Webhook: { main: [[{ node: 'Run Child', type: 'main', index: 0 }]] } },
};

const CHILD: WorkflowJson = {
	id: 'veHarnessChild01',
	name: 'Child',
	settings: { executionOrder: 'v1' },
	nodes: [
		{
			id: '33333333-3333-4333-8333-333333333333',
			name: 'When called',
			type: 'n8n-nodes-base.executeWorkflowTrigger',
			typeVersion: 1.1,
			position: [0, 0],
			parameters: { inputSource: 'passthrough' },
		},
		{
			id: '44444444-4444-4444-8444-444444444444',
			name: 'Shout',
			type: 'n8n-nodes-tiny.shout',
			typeVersion: 1,
			position: [200, 0],
			parameters: { text: '={{ $json.body.text }}' },
		},
	],
	connections: { 'When called': { main: [[{ node: 'Shout', type: 'main', index: 0 }]] } },
};

describe('n8n under test', () => {
	let folder: string;
	let n8n: RunningN8n | undefined;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'video-engine-n8n-'));
	});

	afterAll(async () => {
		await n8n?.stop();
		await rm(folder, { recursive: true, force: true });
	});

	async function start(): Promise<RunningN8n> {
		const tarball = await packTinyPackage(join(folder, 'package'));
		// The parent comes first although n8n publishes it only after its child.
		const workflows = [PARENT, CHILD];
		return await startN8n({ dir: join(folder, 'user'), tarballs: [tarball], credentials: [HEADER_AUTH], workflows });
	}

	async function shout(baseUrl: string, key: string): Promise<Response> {
		return await fetch(`${baseUrl}/webhook/harness/shout`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'x-api-key': key },
			body: JSON.stringify({ text: 'hello' }),
		});
	}

	it(
		'runs published workflows with an installed package and lists their executions',
		async () => {
			n8n = await start();
			expect((await shout(n8n.baseUrl, 'guess')).status).toBe(403);
			expect(await (await shout(n8n.baseUrl, 'open sesame')).json()).toEqual({ text: 'HELLO' });
			const executions = await n8n.executions();
			expect(executions.map(({ workflowId, status }) => `${workflowId} ${status}`).sort()).toEqual([
				'veHarnessChild01 success',
				'veHarnessParent1 success',
			]);
		},
		N8N_TEST_MS,
	);

	it(
		'keeps the database of an earlier start when nothing changed',
		async () => {
			await n8n?.stop();
			n8n = await start();
			expect(await n8n.executions()).toHaveLength(2);
			expect((await shout(n8n.baseUrl, 'open sesame')).status).toBe(200);
		},
		N8N_TEST_MS,
	);

	it(
		'leaves nothing running after it was stopped',
		async () => {
			n8n ??= await start();
			await n8n.stop();
			await expect(fetch(n8n.baseUrl)).rejects.toThrow();
		},
		N8N_TEST_MS,
	);
});
