/** @needs n8n chromium */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startN8n, type RunningN8n, type WorkflowJson } from '../../sandbox/demo/n8n';
import type { WorkflowNode } from '../../sandbox/demo/n8n/types';
import { readWorkflows } from '../../sandbox/demo/workflows';
import manifest from '../../package.json';
import { packedPackage } from '../support/n8n/package';
import { findChromium, launchChromium, logIn } from './browser';
import { clashes, readCanvas } from './canvas';
import { allCredentials, OWN_CREDENTIAL_TYPES } from './credentials';
import { readCredentialForm, readPanel } from './panels';

const OWN = 'n8n-nodes-video-engine.';
const START_MS = 300_000;
const LOOK_MS = 240_000;
/** Groups of parameters: the editor shows their members, under their own names. */
const COLLECTIONS = ['options', 'job', 'voiceSettings', 'details'];
const FILES = ['01', '02', '02b', '03', '04', '05', '06', '07', '11'];

/** A workflow with a node that nobody has and one that lacks its credential: what the checks below must notice. */
const BROKEN: WorkflowJson = {
	id: 'veEditorBroken01',
	name: 'Broken',
	connections: {},
	settings: {},
	nodes: [
		{ id: 'b1', name: 'Nobody Has It', type: `${OWN}nobodyHasIt`, typeVersion: 1, position: [0, 0], parameters: {} },
		{ id: 'b2', name: 'No Account', type: `${OWN}alert`, typeVersion: 1, position: [60, 0], parameters: {} },
	],
};

const chromium = findChromium();
const SUITE = 'the editor of n8n (needs Chromium)';
// A person without Chromium sees these skipped, by this name; CI has it, and fails where it has not.
const isSkipped = chromium === undefined && !process.env.CI;
if (isSkipped) process.stderr.write(`Skipped: ${SUITE}\n`);
const suite = isSkipped ? describe.skip : describe;

suite(SUITE, () => {
	let folder: string;
	let n8n: RunningN8n | undefined;
	let browser: Browser | undefined;
	let page: Page;
	let workflows: WorkflowJson[];
	const credentialIds = new Map<string, string>();
	const failedRequests: string[] = [];

	beforeAll(async () => {
		if (chromium === undefined) throw new Error('There is no Chromium; install it or name it in CHROMIUM_PATH');
		folder = await mkdtemp(join(tmpdir(), 'video-engine-editor-'));
		workflows = await readWorkflows();
		n8n = await startN8n({
			dir: folder,
			tarballs: [await packedPackage()],
			credentials: allCredentials(),
			workflows: [],
		});
		await putUnpublished(n8n);
		browser = await launchChromium(chromium);
		page = await (await logIn(browser, n8n)).newPage();
		page.on('response', (response) => {
			if (response.status() >= 400 && response.url().includes('/icons/')) failedRequests.push(response.url());
		});
	}, START_MS);

	afterAll(async () => {
		await browser?.close();
		await n8n?.stop();
		if (folder !== undefined) await rm(folder, { recursive: true, force: true });
	});

	/** Unpublished, for nothing that they call is there. The editor shows them the same. */
	async function putUnpublished({ rest }: RunningN8n): Promise<void> {
		const stored = await rest<Array<{ id: string; name: string; type: string }>>('GET', '/credentials');
		for (const { id, type } of stored) credentialIds.set(type, id);
		for (const workflow of [...workflows, BROKEN]) {
			const nodes = workflow.nodes.map((node) => {
				const accounts = Object.entries(node.credentials ?? {}).map(([type, { name }]) => {
					const found = stored.find((credential) => credential.name === name && credential.type === type);
					return [type, { id: found?.id ?? null, name }];
				});
				return { ...node, ...(accounts.length > 0 ? { credentials: Object.fromEntries(accounts) } : {}) };
			});
			await rest('POST', '/workflows', { ...workflow, nodes });
		}
	}

	function template(number: string): WorkflowJson {
		const found = workflows.find(({ name }) => name.startsWith(`Video Engine ${number} `));
		if (found === undefined) throw new Error(`There is no template ${number}`);
		return found;
	}

	/** Every parameter that the template sets can be seen and changed, and the accounts that it names are chosen. */
	async function expectWholePanel({ name, parameters, credentials = {} }: WorkflowNode): Promise<void> {
		const panel = await readPanel(page, name);
		const set = Object.keys(parameters as object).filter((parameter) => !COLLECTIONS.includes(parameter));
		const hidden = set.filter((parameter) => !panel.parameters.includes(parameter));
		expect({ name, hidden }).toEqual({ name, hidden: [] });
		// A field left empty is an account that the node can do without (Redis): the canvas marks one that it needs.
		expect(panel.credentials.filter((account) => account !== '').sort()).toEqual(
			Object.values(credentials)
				.map((account) => account.name)
				.sort(),
		);
	}

	const working = ({ nodes }: WorkflowJson) => nodes.filter(({ type }) => !type.endsWith('.stickyNote'));

	it(
		'marks unknown nodes, missing accounts and nodes on top of each other, so that the checks below mean something',
		async () => {
			const canvas = await readCanvas(page, BROKEN.id, BROKEN.nodes.length);
			expect(canvas.unknown).toEqual(['Nobody Has It']);
			expect(canvas.withIssues).toEqual(['No Account']);
			expect(clashes(canvas)).toEqual(['Nobody Has It covers No Account']);
		},
		LOOK_MS,
	);

	it.each(FILES)(
		'opens template %s: every node known, drawn, in its place, without a red mark, with all its parameters in the panel',
		async (number) => {
			const workflow = template(number);
			const canvas = await readCanvas(page, workflow.id, working(workflow).length);
			expect(canvas.nodes.sort()).toEqual(
				working(workflow)
					.map(({ name }) => name)
					.sort(),
			);
			expect(canvas).toMatchObject({ unknown: [], withIssues: [] });
			expect(canvas.stickies).toHaveLength(workflow.nodes.length - canvas.nodes.length);
			expect(clashes(canvas)).toEqual([]);
			const own = workflow.nodes.filter(({ type }) => type.startsWith(OWN));
			expect(canvas.icons.filter(({ url }) => url.includes('n8n-nodes-video-engine'))).toHaveLength(own.length);
			expect(canvas.icons.filter(({ drawn }) => !drawn)).toEqual([]);
			expect(failedRequests).toEqual([]);
			for (const node of own) await expectWholePanel(node);
		},
		LOOK_MS,
	);

	it('knows every credential of the package', () => {
		expect(OWN_CREDENTIAL_TYPES).toHaveLength(manifest.n8n.credentials.length);
	});

	it.each(OWN_CREDENTIAL_TYPES.map((type) => [type.name, type] as const))(
		'shows every field of the credential %s, and masks its secrets',
		async (name, { properties }) => {
			const fields = await readCredentialForm(page, String(credentialIds.get(name)));
			for (const property of properties) {
				expect(fields).toContainEqual({ name: property.name, masked: property.typeOptions?.password === true });
			}
			expect(fields.filter(({ masked }) => masked)).not.toEqual([]);
		},
		LOOK_MS,
	);
});
