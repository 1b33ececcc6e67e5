import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startSandbox, type Sandbox } from '../../sandbox';
import { freePort, startN8n, type RunningN8n, type StartN8nOptions, type WorkflowJson } from '../../sandbox/demo/n8n';
import { prepareTracker } from '../../sandbox/demo/schema';
import { demoCredentials, newSecret, standInSettings, trackerAccess } from '../../sandbox/demo/services';
import { SandboxTrackerView } from '../../sandbox/demo/trackerView';
import { readWorkflows } from '../../sandbox/demo/workflows';

export interface InstallationOptions {
	/** The packed package. */
	tarball: string;
	/** Values of the node "Configure Me" of workflow 01, over those of the template. */
	configured: Record<string, string | number>;
	/** Seconds between two looks of the recovery flow, where it is not the template's own. */
	tickS?: number;
	/** Fields of the tracker's credential, over those of the demo. */
	tracker?: Record<string, string | number>;
	onProgress: (what: string) => void;
}

/** The templates with other values in "Configure Me", as a person would type them there. */
function configure(workflows: WorkflowJson[], values: Record<string, string | number>): WorkflowJson[] {
	const copies = structuredClone(workflows);
	const fields = copies
		.flatMap(({ nodes }) => nodes)
		.filter(({ name }) => name === 'Configure Me')
		.flatMap(
			({ parameters }) =>
				(parameters as { assignments: { assignments: Array<Record<string, unknown>> } }).assignments.assignments,
		);
	for (const [name, value] of Object.entries(values)) {
		const field = fields.find((candidate) => candidate.name === name);
		if (field === undefined) throw new Error(`"Configure Me" has no field ${name}`);
		field.value = value;
	}
	return copies;
}

/** The templates with another rhythm of the recovery flow. */
function paceRecovery(workflows: WorkflowJson[], tickS: number): WorkflowJson[] {
	const schedules = workflows.flatMap(({ nodes }) => nodes.filter(({ name }) => name === 'Every 30 Seconds'));
	if (schedules.length !== 1) throw new Error('The recovery flow has no node "Every 30 Seconds"');
	schedules[0].parameters = { rule: { interval: [{ field: 'seconds', secondsInterval: tickS }] } };
	return workflows;
}

/** A real n8n with the package in it, and every outside service, of which n8n alone can be killed and started again. */
export class Installation {
	private constructor(
		readonly sandbox: Sandbox,
		readonly apiKey: string,
		private readonly folder: string,
		private readonly options: StartN8nOptions,
		private running: RunningN8n,
	) {}

	static async start({ tarball, configured, tickS, tracker, onProgress }: InstallationOptions): Promise<Installation> {
		const folder = await mkdtemp(join(tmpdir(), 'video-engine-chaos-'));
		const sandbox = await startSandbox({ dir: join(folder, 'sandbox'), settings: standInSettings({}) });
		try {
			await prepareTracker(trackerAccess(sandbox, {}));
			const port = await freePort();
			const apiKey = newSecret();
			const credentials = demoCredentials({ sandbox, real: {}, n8nUrl: `http://127.0.0.1:${port}`, apiKey });
			const own = { ...tracker, ...(tickS === undefined ? {} : { tickSeconds: tickS }) };
			for (const { type, data } of credentials) if (type === 'airtableTrackerApi') Object.assign(data, own);
			const configuredOnes = configure(await readWorkflows(), configured);
			const workflows = tickS === undefined ? configuredOnes : paceRecovery(configuredOnes, tickS);
			const options = { dir: join(folder, 'n8n'), port, tarballs: [tarball], credentials, workflows, onProgress };
			return new Installation(sandbox, apiKey, folder, options, await startN8n(options));
		} catch (error) {
			await sandbox.stop();
			await rm(folder, { recursive: true, force: true });
			throw error;
		}
	}

	get n8n(): RunningN8n {
		return this.running;
	}

	get view(): SandboxTrackerView {
		return new SandboxTrackerView(this.sandbox.baseUrl('airtable'));
	}

	/** Ends n8n as a power cut would. */
	async kill(): Promise<void> {
		await this.running.kill();
	}

	/** Starts n8n again on what its last process left. */
	async restart(): Promise<void> {
		this.running = await startN8n({ ...this.options, onProgress: undefined });
	}

	async stop(): Promise<void> {
		await this.running.stop();
		await this.sandbox.stop();
		await rm(this.folder, { recursive: true, force: true });
	}
}
