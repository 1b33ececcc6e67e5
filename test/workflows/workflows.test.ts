/** @reads workflows/ */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const FOLDER = join(ROOT, 'workflows');
const OWN = 'n8n-nodes-video-engine.';

interface WorkflowNode {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: null; name: string }>;
	onError?: string;
	webhookId?: string;
	retryOnFail?: boolean;
}

interface Workflow {
	id: string;
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, { main: Array<Array<{ node: string; type: string; index: number }>> }>;
	settings: Record<string, unknown>;
	pinData: object;
	active: boolean;
}

const files = readdirSync(FOLDER).sort();
const workflows = files.map((file) => {
	const text = readFileSync(join(FOLDER, file), 'utf8');
	return { file, text, workflow: JSON.parse(text) as Workflow };
});
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { n8n: { nodes: string[] } };

/** Highest versions that n8n 2.41 ships of the built-in nodes that the templates use. */
const BUILT_IN: Record<string, number> = {
	'n8n-nodes-base.webhook': 2.1,
	'n8n-nodes-base.respondToWebhook': 1.5,
	'n8n-nodes-base.executeWorkflow': 1.4,
	'n8n-nodes-base.executeWorkflowTrigger': 1.2,
	'n8n-nodes-base.errorTrigger': 1,
	'n8n-nodes-base.stickyNote': 1,
	'n8n-nodes-base.if': 2.3,
	'n8n-nodes-base.switch': 3.4,
	'n8n-nodes-base.set': 3.5,
	'n8n-nodes-base.splitInBatches': 3,
	'n8n-nodes-base.scheduleTrigger': 1.4,
	'n8n-nodes-base.emailSend': 2.1,
};

const OWN_TYPES = manifest.n8n.nodes.map((path) => {
	const name = /([A-Za-z]+)\.node\.js$/.exec(path)?.[1] ?? '';
	return `${OWN}${name[0].toLowerCase()}${name.slice(1)}`;
});

const CREDENTIAL_NAMES: Record<string, string> = {
	airtableTrackerApi: 'Airtable Tracker account',
	digitalOceanSpacesApi: 'DigitalOcean Spaces account',
	elevenLabsApi: 'ElevenLabs account',
	goApiApi: 'GoAPI account',
	httpHeaderAuth: 'Video Engine API key',
	ncaToolkitApi: 'NCA Toolkit account',
	smtp: 'SMTP account',
	videoEngineAlertsApi: 'Video Engine Alerts account',
	videoEngineCallbackApi: 'Video Engine Callback account',
};

const TRIGGERS = /trigger$/i;
const isTrigger = (node: WorkflowNode) => TRIGGERS.test(node.type) || node.type.endsWith('.webhook');
const isSticky = (node: WorkflowNode) => node.type.endsWith('.stickyNote');
const ids = workflows.map(({ workflow }) => workflow.id);

test('the templates of the pipeline are there, in reading order', () => {
	expect(files).toEqual([
		'01-intake-api.json',
		'02-advance-video.json',
		'02b-run-step.json',
		'03-callbacks.json',
		'04-settle-result.json',
		'05-recover-stuck-jobs.json',
		'06-error-alerts.json',
		'07-status-api.json',
		'11-health.json',
	]);
	expect(new Set(ids).size).toBe(ids.length);
});

/** The id that a reference names, plainly or by an expression that holds nothing but it. */
function namedWorkflow(value = ''): string {
	return /^=\{\{ '(\w+)' \}\}$/.exec(value)?.[1] ?? value;
}

test('there is an order in which n8n publishes them: no circle of plain references', () => {
	const plainReferences = (workflow: Workflow) =>
		workflow.nodes
			.filter(({ type }) => type.endsWith('.executeWorkflow'))
			.map(({ parameters }) => (parameters.workflowId as { value: string }).value)
			.filter((value) => !value.startsWith('='));
	const published = new Set<string>();
	for (let round = 0; round < workflows.length; round += 1) {
		for (const { workflow } of workflows) {
			if (plainReferences(workflow).every((id) => published.has(id))) published.add(workflow.id);
		}
	}

	expect([...published].sort()).toEqual([...ids].sort());
});

describe.each(workflows)('$file', ({ text, workflow }) => {
	const { nodes, connections, settings } = workflow;
	const working = nodes.filter((node) => !isSticky(node));

	it('begins a loop anew where items of several nodes come to it, for n8n takes the later ones for returned ones', () => {
		const sourcesOf = (target: string) =>
			Object.entries(connections)
				.filter(([, { main }]) => main.flat().some((connection) => connection?.node === target))
				.map(([source]) => source);
		for (const { name, parameters } of nodes.filter(({ type }) => type.endsWith('.splitInBatches'))) {
			const inLoop = (connections[name]?.main[1] ?? []).map(({ node }) => node);
			if (sourcesOf(name).filter((source) => !inLoop.includes(source)).length < 2) continue;
			const { reset } = parameters.options as { reset?: string };
			expect({ name, reset }).toEqual({ name, reset: `={{ $prevNode.name !== '${inLoop[0]}' }}` });
		}
	});

	it('uses only nodes and versions that n8n 2.41 or this package has', () => {
		for (const node of nodes) {
			if (node.type.startsWith(OWN)) {
				expect(OWN_TYPES).toContain(node.type);
				expect(node.typeVersion).toBe(1);
			} else {
				expect(node.type in BUILT_IN ? node.typeVersion : `unknown node ${node.type}`).toBeLessThanOrEqual(
					BUILT_IN[node.type],
				);
			}
		}
	});

	it('connects nodes that exist, and leaves none alone', () => {
		const names = nodes.map((node) => node.name);
		const targets = Object.values(connections).flatMap(({ main }) => main.flat().map((target) => target.node));
		for (const name of [...Object.keys(connections), ...targets]) expect(names).toContain(name);
		for (const node of working) if (!isTrigger(node)) expect(targets).toContain(node.name);
		expect(new Set(names).size).toBe(names.length);
	});

	it('connects every error output', () => {
		for (const node of working.filter(({ onError }) => onError === 'continueErrorOutput')) {
			expect(connections[node.name].main.at(-1)).not.toEqual([]);
			expect(connections[node.name].main.length).toBeGreaterThanOrEqual(2);
		}
	});

	it('names credentials as the README does, without ids', () => {
		for (const node of nodes) {
			for (const [type, reference] of Object.entries(node.credentials ?? {})) {
				expect(reference).toEqual({ id: null, name: CREDENTIAL_NAMES[type] });
			}
		}
	});

	it('opens with a yellow sticky that tells how to set it up, and one sticky a section', () => {
		const stickies = nodes.filter(isSticky);
		const about = stickies.find((node) => node.name === 'About');
		expect(about?.parameters.color).toBe(1);
		expect(about?.parameters.content).toMatch(/\*\*How it works\*\*/);
		expect(about?.parameters.content).toMatch(/Set-up/);
		expect(stickies.length).toBeGreaterThanOrEqual(2);
	});

	it('is handled by the error workflow, except the error workflow itself', () => {
		expect(settings.executionOrder).toBe('v1');
		if (workflow.id === 'veErrorAlerts06') expect(settings.errorWorkflow).toBeUndefined();
		else expect(settings.errorWorkflow).toBe('veErrorAlerts06');
	});

	// n8n keeps the headers of an authenticated call, key included, and our items carry links that providers sign.
	it('keeps no data of executions through which keys or signed links pass', () => {
		const isOpenBook = ['jobTracker', 'alert', 'scriptSplitter'].map((type) => `${OWN}${type}`);
		const touchesSecrets = nodes.some(
			({ type, parameters }) =>
				(type === 'n8n-nodes-base.webhook' && (parameters.authentication ?? 'none') !== 'none') ||
				(type.startsWith(OWN) && !isOpenBook.includes(type)),
		);
		if (!touchesSecrets) return;
		const { saveDataSuccessExecution, saveDataErrorExecution, saveManualExecutions } = settings;
		expect({ saveDataSuccessExecution, saveDataErrorExecution, saveManualExecutions }).toEqual({
			saveDataSuccessExecution: 'none',
			saveDataErrorExecution: 'none',
			saveManualExecutions: false,
		});
	});

	it('calls other workflows by ids that exist, and waits for none', () => {
		for (const node of nodes.filter(({ type }) => type.endsWith('.executeWorkflow'))) {
			const { workflowId, options, mode } = node.parameters as Record<
				string,
				{ value?: string; waitForSubWorkflow?: boolean }
			>;
			expect(ids).toContain(namedWorkflow(workflowId.value));
			expect(options.waitForSubWorkflow).toBe(false);
			expect(mode).toBe('once');
		}
	});

	it('gives every trigger with an address a webhookId, because an import adds none', () => {
		for (const node of nodes.filter(
			({ type }) => type.endsWith('.webhook') || (type.startsWith(OWN) && TRIGGERS.test(type)),
		)) {
			expect(node.webhookId).toMatch(/^video-engine/);
		}
	});

	it('never retries a node by n8n’s own means: that would run paid calls again', () => {
		for (const node of nodes) expect(node.retryOnFail).toBeUndefined();
	});

	it('holds no secret, instance id, machine path, environment access or code', () => {
		expect(text).not.toMatch(
			/instanceId|\$env|\/home\/|\/root\/|\/Users\/|sk_[a-z0-9]{8}|xox[bp]-|pat[A-Za-z0-9]{14}\./,
		);
		expect(text).not.toMatch(/n8n-nodes-base\.(code|wait|function)"/);
		expect(workflow.pinData).toEqual({});
		expect(workflow.active).toBe(false);
	});

	it('is written in the one formatting that diffs well', () => {
		const sortKeys = (value: unknown): unknown => {
			if (Array.isArray(value)) return value.map(sortKeys);
			if (value === null || typeof value !== 'object') return value;
			const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
			return Object.fromEntries(entries.map(([key, member]) => [key, sortKeys(member)]));
		};
		expect(JSON.stringify(sortKeys(workflow), null, '\t')).toBe(JSON.stringify(workflow, null, '\t'));
	});
});
