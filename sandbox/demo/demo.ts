import { join, resolve } from 'node:path';
import { FaultSettingsError, startSandbox, type Sandbox } from '../index';
import { findClips, putClips, type ClipFile } from './clips';
import { API_KEY_HEADER, DEFAULT_PORT, INTAKE_PATH, POLL_MS, POLL_REAL_AIRTABLE_MS } from './constants';
import { DemoError, UsageError } from './errors';
import { readScript, sendScript } from './intake';
import { freePort, isPortFree, startN8n, type CredentialSpec, type N8nContent, type RunningN8n } from './n8n';
import type { DemoOptions } from './options';
import { watchVideo } from './progress';
import { collectResult, type DemoResult } from './result';
import { prepareTracker } from './schema';
import {
	demoCredentials,
	newSecret,
	reachabilityHint,
	readJsonFile,
	readRealServices,
	standInSettings,
	standInsBeside,
	trackerAccess,
	type RealServices,
} from './services';
import { AirtableView, SandboxTrackerView, type TrackerView } from './trackerView';
import { readWorkflows } from './workflows';

const MS_PER_MIN = 60_000;

/** Everything that the command line names, read and checked before anything is started. */
export interface DemoInputs {
	script: string;
	clips?: ClipFile[];
	faults: Record<string, unknown>;
	real: RealServices;
	/** The packed package. */
	tarball: string;
	/** Settings of the stand-ins, laid over the demo's own. */
	settings?: Partial<ReturnType<typeof standInSettings>>;
	/** Environment of n8n, laid over the demo's own. */
	env?: Record<string, string>;
	/** Changes what n8n is given. */
	adapt?: (content: N8nContent) => N8nContent;
}

/** @throws UsageError for what cannot be read or used */
export async function readInputs(options: DemoOptions): Promise<DemoInputs> {
	const tarball = process.env.VIDEO_ENGINE_TARBALL;
	if (tarball === undefined)
		throw new DemoError('Start the demo with `npm run demo`: it builds and packs the package first.');
	return {
		tarball,
		script: await readScript(options.script),
		clips: options.clips === undefined ? undefined : await findClips(options.clips),
		faults: options.faults === undefined ? {} : await readJsonFile(options.faults, '--faults'),
		real: await readRealServices(options.config),
	};
}

/** The services, n8n, and a view of the tracker: all that it takes to make videos on this machine. */
export interface RunningDemo {
	sandbox: Sandbox;
	n8n: RunningN8n;
	view: TrackerView;
	apiKey: string;
	/** What n8n was given, in plain text. */
	credentials: CredentialSpec[];
	stop(): Promise<void>;
}

type Print = (line: string) => void;

/** Starts the services and n8n. What was started before a failure is stopped again. */
export async function startDemo(options: DemoOptions, inputs: DemoInputs, print: Print): Promise<RunningDemo> {
	const { real } = inputs;
	const hint = reachabilityHint(real);
	if (hint !== undefined) print(hint);
	const dir = resolve(options.dir);
	print('Starting the services …');
	const sandbox = await startSandbox({
		dir: join(dir, 'sandbox'),
		services: standInsBeside(real),
		settings: { ...standInSettings(real), ...inputs.settings },
	});
	try {
		setFaults(sandbox, inputs.faults);
		await prepareTracker(trackerAccess(sandbox, real));
		const port = await choosePort(options.port);
		const apiKey = newSecret();
		const plain = {
			credentials: demoCredentials({ sandbox, real, n8nUrl: `http://127.0.0.1:${port}`, apiKey }),
			workflows: await readWorkflows(),
		};
		const content = inputs.adapt?.(plain) ?? plain;
		const n8n = await startN8n({
			...content,
			dir: join(dir, 'n8n'),
			port,
			tarballs: [inputs.tarball],
			env: inputs.env,
			onProgress: (what) => print(`n8n: ${what} …`),
		});
		const stop = async () => {
			await n8n.stop();
			await sandbox.stop();
		};
		return { sandbox, n8n, view: viewOf(sandbox, real), apiKey, credentials: content.credentials, stop };
	} catch (error) {
		await sandbox.stop();
		throw error;
	}
}

function setFaults(sandbox: Sandbox, faults: Record<string, unknown>): void {
	try {
		sandbox.setFaults(faults);
	} catch (error) {
		if (error instanceof FaultSettingsError) throw new UsageError(`--faults: ${error.message}`);
		throw error;
	}
}

/** Sends the script in, follows the video to its end and fetches it. */
export async function makeVideo(
	demo: RunningDemo,
	options: DemoOptions,
	inputs: DemoInputs,
	print: Print,
	signal: AbortSignal,
): Promise<DemoResult> {
	const startedMs = Date.now();
	const background = inputs.clips === undefined ? 'generated' : 'user';
	const taken = await sendScript(demo.n8n.baseUrl, demo.apiKey, { script_text: inputs.script, background });
	print(`Video ${taken.video_id}, ${taken.segments.length} segments:`);
	const ended = new AbortController();
	const untilEnded = AbortSignal.any([signal, ended.signal]);
	const watching = watchVideo({
		view: demo.view,
		videoId: taken.video_id,
		pollMs: demo.view instanceof AirtableView ? POLL_REAL_AIRTABLE_MS : POLL_MS,
		deadlineMs: startedMs + options.timeoutMin * MS_PER_MIN,
		startedMs,
		print,
		signal: untilEnded,
	}).finally(() => ended.abort());
	const clipping = putClips(demo.view, taken.video_id, inputs.clips ?? [], untilEnded).catch((error: unknown) => {
		// A video that ended, well or not, needs no more clips.
		if (!untilEnded.aborted) throw error;
	});
	try {
		const [end] = await Promise.all([watching, clipping]);
		const wallS = (Date.now() - startedMs) / 1000;
		return await collectResult({ ended: end, wallS, out: options.out, report: demo.sandbox.report() });
	} finally {
		ended.abort();
		await Promise.allSettled([watching, clipping]);
	}
}

/** How a person goes on from here, for a demo that stays up. */
export function whereToGo({ n8n, apiKey }: RunningDemo): string {
	return `
n8n's editor:  ${n8n.baseUrl}
  e-mail       ${n8n.owner.email}
  password     ${n8n.owner.password}

One more video:
  curl -X POST ${n8n.baseUrl}${INTAKE_PATH} \\
    -H 'Content-Type: application/json' -H '${API_KEY_HEADER}: ${apiKey}' \\
    -d '{"script_text":"Your text.","background":"generated"}'
`;
}

function viewOf(sandbox: Sandbox, real: RealServices): TrackerView {
	if (real.airtable === undefined) return new SandboxTrackerView(sandbox.baseUrl('airtable'));
	const { accessToken, baseId, endpointUrl } = trackerAccess(sandbox, real);
	return new AirtableView(accessToken, baseId, endpointUrl);
}

/** The wanted port must be free; the usual one is only a wish. @throws DemoError */
async function choosePort(wanted: number | undefined): Promise<number> {
	if (wanted === undefined) return (await isPortFree(DEFAULT_PORT)) ? DEFAULT_PORT : await freePort();
	if (await isPortFree(wanted)) return wanted;
	throw new DemoError(`Port ${wanted} is taken; choose another with --port.`);
}
