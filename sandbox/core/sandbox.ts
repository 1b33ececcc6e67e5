import { join } from 'node:path';

import { findMediaBinaries } from '../media/binaries';
import { CallbackSender } from './callbacks';
import { createRealClock } from './clock';
import { DEFAULT_SEED, SANDBOX_SERVICES } from './constants';
import { ControlPlane } from './control';
import { parseFaults, type OwnFaults } from './faultSettings';
import { FaultInjector } from './faults';
import { openFolder, type SandboxFolder } from './folder';
import { StandInHost, type HostTools } from './host';
import { SandboxLog, type LogListener } from './log';
import { createRandom, randomText } from './random';
import { DEFAULT_BUCKET } from '../spaces/constants';
import { Recorder, type CallbackFigures, type ServiceFigures, type WorkRecord } from './recorder';
import { loadStandIn } from './registry';
import type { Clock, SandboxContext, SandboxService, StandIn, StandInFactory } from './types';

export interface SandboxOptions {
	/** Where the stand-ins keep files; emptied at start. Default: a temporary folder, removed at the end. */
	dir?: string;
	/** Keep what an earlier run left in `dir`. */
	keep?: boolean;
	seed?: number;
	clock?: Clock;
	/** Which stand-ins to start; default all. */
	services?: readonly SandboxService[];
	/** Ports by service, and of the control plane; default any free ones. */
	ports?: Partial<Record<SandboxService | 'control', number>>;
	/** One JSON line per call, callback and fault is added to this file. */
	logFile?: string;
	ffmpeg?: SandboxContext['ffmpeg'];
	/** Stand-ins to run in place of the sandbox's own. */
	standIns?: Partial<Record<SandboxService, StandInFactory>>;
	/** Passed on to the stand-ins. */
	settings?: Partial<Record<SandboxService, Record<string, unknown>>>;
}

/** Everything that was counted since the start or the last reset. */
export interface SandboxReport {
	seed: number;
	since: string;
	at: string;
	services: Partial<Record<SandboxService, ServiceFigures>>;
	callbacks: CallbackFigures & { byService: Record<string, CallbackFigures> };
	/** Jobs that a provider took on. */
	submits: WorkRecord[];
	/** ElevenLabs speech and transcription answered 200, and GoAPI tasks that didn't fail. */
	paidCalls: WorkRecord[];
	airtable?: { requests: number; tooManyRequests: number } & Record<string, unknown>;
	spaces?: { bytesIn: number; bytesOut: number };
}

/** Holds `node_modules`. */
const PACKAGE_ROOT = join(__dirname, '..', '..');

/**
 * Starts the stand-ins, each on a loopback port of its own, and the control plane.
 * @throws Error when `dir` holds something else, a port is taken, or a stand-in can't start
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const sandbox = new Sandbox(options);
	try {
		await sandbox.start();
	} catch (error) {
		await sandbox.stop();
		throw error;
	}
	return sandbox;
}

export class Sandbox {
	private readonly hosts = new Map<SandboxService, StandInHost>();

	private readonly tools: HostTools;

	private readonly callbacks: CallbackSender;

	private readonly control = new ControlPlane(this);

	private readonly seed: number;

	private folder: SandboxFolder | undefined;

	private since: number;

	constructor(private readonly options: SandboxOptions) {
		const clock = options.clock ?? createRealClock();
		this.tools = {
			clock,
			faults: new FaultInjector(),
			recorder: new Recorder(),
			log: new SandboxLog(clock, options.logFile),
		};
		const { faults, recorder, log } = this.tools;
		this.callbacks = new CallbackSender(clock, faults, recorder, log);
		this.seed = options.seed ?? DEFAULT_SEED;
		this.since = clock.now();
		faults.use(parseFaults({}, {}, this.seed));
	}

	/** Called by {@link startSandbox}. */
	async start(): Promise<void> {
		const { ports = {}, services = SANDBOX_SERVICES } = this.options;
		const folder = await openFolder(this.options.dir, this.options.keep ? [] : services);
		this.folder = folder;
		// Every address is known before the first stand-in is made, so that they can name each other.
		for (const service of services) {
			const host = new StandInHost(service, this.tools);
			this.hosts.set(service, host);
			await host.server.open(ports[service]);
		}
		await this.control.server.open(ports.control);
		for (const [service, host] of this.hosts) {
			const create = this.options.standIns?.[service] ?? (await loadStandIn(service));
			host.standIn = await create(await this.contextOf(service, host, folder));
		}
	}

	/** The services that run here. */
	get services(): SandboxService[] {
		return [...this.hosts.keys()];
	}

	get controlUrl(): string {
		return this.control.server.baseUrl;
	}

	get clock(): Clock {
		return this.tools.clock;
	}

	/** Base URL of a stand-in, without a slash at the end. */
	baseUrl(service: SandboxService): string {
		return this.host(service).server.baseUrl;
	}

	/** Base URL and keys that a client of this stand-in needs. */
	credentials(service: SandboxService): Record<string, string> {
		return { baseUrl: this.baseUrl(service), ...this.standIn(service).credentials };
	}

	/** The stand-in itself, for tests that look inside. */
	standIn(service: SandboxService): StandIn {
		const { standIn } = this.host(service);
		if (!standIn) throw new Error(`The stand-in of ${service} isn't ready`);
		return standIn;
	}

	/**
	 * Replaces all fault settings; `{}` ends them.
	 * @throws FaultSettingsError
	 */
	setFaults(settings: unknown): void {
		const own: OwnFaults = Object.fromEntries(
			[...this.hosts].map(([service, { standIn }]) => [service, standIn?.faults]),
		);
		this.tools.faults.use(parseFaults(settings, own, this.seed));
		this.tools.log.write({ kind: 'faults', settings });
	}

	report(): SandboxReport {
		const { clock, recorder } = this.tools;
		const services: SandboxReport['services'] = {};
		for (const [service, host] of this.hosts) {
			services[service] = recorder.service(service, host.standIn?.report?.() ?? {});
		}
		const { airtable, spaces } = services;
		return {
			seed: this.seed,
			since: new Date(this.since).toISOString(),
			at: new Date(clock.now()).toISOString(),
			services,
			callbacks: recorder.callbackFigures(),
			submits: recorder.submits(),
			paidCalls: recorder.paidCalls(),
			...(airtable && {
				airtable: {
					requests: airtable.calls,
					tooManyRequests: airtable.statuses['429'] ?? 0,
					...airtable.counts,
					...airtable.own,
				},
			}),
			...(spaces && { spaces: { bytesIn: spaces.bytesIn, bytesOut: spaces.bytesOut } }),
		};
	}

	/** Every stand-in forgets everything, faults end, figures start at zero. */
	async reset(): Promise<void> {
		const { clock, faults, recorder, log } = this.tools;
		faults.use(parseFaults({}, {}, this.seed));
		await this.callbacks.abort();
		for (const { standIn } of this.hosts.values()) await standIn?.reset();
		recorder.reset();
		this.since = clock.now();
		log.write({ kind: 'reset' });
	}

	/** The service goes away and comes back: what it held in memory is lost. */
	async restart(service: SandboxService): Promise<void> {
		await this.host(service).restart();
	}

	/** Hears of every call, callback and fault as it is logged; returns a function that ends this. */
	onLog(listener: LogListener): () => void {
		return this.tools.log.listen(listener);
	}

	/** Closes all servers; a temporary folder is removed. */
	async stop(): Promise<void> {
		await this.control.server.close();
		await Promise.all([...this.hosts.values()].map(async (host) => await host.stop()));
		for (const { standIn } of this.hosts.values()) await standIn?.stop();
		await this.callbacks.abort();
		await this.tools.log.close();
		await this.folder?.close();
	}

	private host(service: SandboxService): StandInHost {
		const host = this.hosts.get(service);
		if (!host) throw new Error(`The sandbox was started without ${service}`);
		return host;
	}

	/** The NCA Toolkit stores its results by itself, so unless told otherwise it holds the keys of the Spaces here. */
	private settingsOf(service: SandboxService): Record<string, unknown> {
		const given = this.options.settings?.[service] ?? {};
		if (service !== 'nca' && service !== 'spaces') return given;
		const random = createRandom(this.seed, 'keys of spaces');
		const keys = {
			accessKey: `SANDBOX${randomText(random, 13).toUpperCase()}`,
			secretKey: randomText(random, 40),
			bucket: DEFAULT_BUCKET,
			...this.options.settings?.spaces,
		};
		return service === 'spaces' ? { ...keys, ...given } : { s3: keys, ...given };
	}

	private async contextOf(service: SandboxService, host: StandInHost, folder: SandboxFolder): Promise<SandboxContext> {
		const { clock, recorder, log } = this.tools;
		const { ffmpeg: given } = this.options;
		const dir = await folder.of(service);
		return {
			dir,
			clock,
			random: createRandom(this.seed, service),
			log: (event) => log.write({ kind: 'note', service, ...event }),
			sendCallback: async (callback) => await this.callbacks.send(callback),
			drawFault: (name, route) => host.drawOwnFault(name, route),
			count: (name, by) => recorder.count(service, name, by),
			refund: (ref) => recorder.refund(service, ref),
			baseUrl: (other) => this.baseUrl(other),
			settings: this.settingsOf(service),
			// Looked for only when asked: most stand-ins do without.
			get ffmpeg() {
				return given ?? findMediaBinaries(process.env, PACKAGE_ROOT);
			},
		};
	}
}
