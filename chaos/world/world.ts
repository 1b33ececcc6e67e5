import { Buffer } from 'node:buffer';

import { createAirtableStandIn } from '../../sandbox/airtable/standIn';
import { CallbackSender } from '../../sandbox/core/callbacks';
import type { FaultInjector } from '../../sandbox/core/faults';
import { SandboxLog } from '../../sandbox/core/log';
import { Recorder } from '../../sandbox/core/recorder';
import type { SandboxContext, SandboxReply, SandboxService, StandIn, StandInFactory } from '../../sandbox/core/types';
import { createElevenLabsStandIn } from '../../sandbox/elevenLabs/standIn';
import { createGoApiStandIn } from '../../sandbox/goApi/standIn';
import { createNcaStandIn } from '../../sandbox/nca/standIn';
import type { ToolkitStorage } from '../../sandbox/nca/storage';
import { TaskError } from '../../sandbox/nca/taskError';
import { createSlackStandIn } from '../../sandbox/slack/standIn';
import { fileAt, forgetFiles } from '../replace/files';
import { decodeMedia } from '../replace/media';
import { Chance } from './chance';
import { worldFetch } from './clients';
import { ChaosFaults, type FaultWeather } from './faults';
import { Journal } from './journal';
import type { Life } from './life';
import { playOn, type Machine } from './machine';
import { Network, NoAnswer, StandInHost, type Host } from './network';
import { BUCKET, WorldSpaces, type StoredObject } from './spaces';
import { VirtualTime } from './time';

/** Host names of this world. */
export const HOSTS: Record<SandboxService, string> = {
	elevenLabs: 'elevenlabs.example',
	nca: 'nca.example',
	goApi: 'goapi.example',
	airtable: 'airtable.example',
	spaces: `${BUCKET}.nyc3.digitaloceanspaces.com`,
	slack: 'slack.example',
	smtp: 'smtp.example',
	sentry: 'sentry.example',
};

export const N8N_HOST = 'n8n.example';

/** 1 January 2026: a day of its own for every run. */
const STARTS_AT_MS = Date.UTC(2026, 0, 1, 8);

export interface WorldOptions {
	seed: number;
	weather: Omit<FaultWeather, 'endsAtMs'> & { lastsMs: number };
	/** Names of faults, deaths and acts that are left out, to find out which of them matter. */
	left: ReadonlySet<string>;
	isJournalKept: boolean;
	/** Faults by place that happen whatever chance says. */
	faults?: Record<string, string>;
	/** Settings of the stand-ins, as the sandbox takes them. */
	settings: Partial<Record<SandboxService, Record<string, unknown>>>;
	endsHere: (life: Life, place: string) => boolean;
}

let world: World | undefined;

/** The world of the run that is played. */
export function theWorld(): World {
	if (!world) throw new Error('No run is played');
	return world;
}

function enter(next: World): void {
	world = next;
	playOn(next);
}

const CREATE: Array<[SandboxService, StandInFactory]> = [
	['elevenLabs', createElevenLabsStandIn],
	['nca', createNcaStandIn],
	['goApi', createGoApiStandIn],
	['airtable', createAirtableStandIn],
	['slack', createSlackStandIn],
];

/** All services of one run, which are the sandbox's own stand-ins, on one virtual clock and one network. */
export class World implements Machine {
	readonly time = new VirtualTime(STARTS_AT_MS);

	readonly chance: Chance;

	readonly journal: Journal;

	readonly faults: ChaosFaults;

	readonly network: Network;

	readonly recorder = new Recorder();

	readonly spaces: WorldSpaces;

	readonly spacesHost: StandInHost;

	readonly standIns = new Map<SandboxService, StandIn>();

	readonly startedAtMs = STARTS_AT_MS;

	private readonly callbacks: CallbackSender;

	constructor(private readonly options: WorldOptions) {
		const { seed, weather, left, isJournalKept, endsHere } = options;
		this.chance = new Chance(seed);
		this.journal = new Journal(this.time, isJournalKept);
		const endsAtMs = STARTS_AT_MS + weather.lastsMs;
		this.faults = new ChaosFaults(
			this.chance,
			{ ...weather, endsAtMs },
			() => this.time.now,
			left,
			(fault) => {
				this.journal.note({ kind: 'fault', id: fault.id, service: fault.service, fault: fault.name });
			},
			options.faults,
		);
		this.network = new Network(this.time, this.chance, endsHere);
		this.spacesHost = new StandInHost('spaces', this.time, this.faults, this.journal);
		this.spaces = new WorldSpaces(
			() => this.time.now,
			(name) => this.spacesHost.drawOwnFault(name),
			(key, object) => this.noteObject(key, object),
		);
		this.spacesHost.standIn = this.spaces;
		const log = new SandboxLog(this.clock);
		log.listen((event) => this.journal.note({ ...event, kind: String(event.kind), from: 'sandbox' }));
		this.callbacks = new CallbackSender(this.clock, this.faults as unknown as FaultInjector, this.recorder, log);
		forgetFiles();
	}

	/** Starts the services, and puts this world in the place of the machine. */
	async open(): Promise<void> {
		enter(this);
		this.network.add(HOSTS.spaces, this.spacesHost);
		this.faults.learn('spaces', this.spaces.faults);
		for (const [service, create] of CREATE) {
			const host = new StandInHost(service, this.time, this.faults, this.journal);
			const standIn = await create(this.contextOf(service, host));
			host.standIn = standIn;
			this.standIns.set(service, standIn);
			this.faults.learn(service, standIn.faults ?? []);
			this.network.add(HOSTS[service], host);
		}
	}

	addHost(hostname: string, host: Host): void {
		this.network.add(hostname, host);
	}

	async fetch(url: string, init?: RequestInit): Promise<Response> {
		return await worldFetch(this.network, url, init);
	}

	/** A service as the tests of this world see it. */
	standIn(service: SandboxService): StandIn {
		const found = this.standIns.get(service);
		if (!found) throw new Error(`There is no ${service} in this world`);
		return found;
	}

	private noteObject(key: string, { bytes, metadata }: StoredObject): void {
		const inputHash = metadata['input-hash'];
		this.journal.note({
			kind: 'object',
			key,
			bytes: bytes.length,
			inputHash,
			durationS: decodeMedia(bytes)?.durationS,
		});
	}

	private get clock() {
		return {
			now: () => this.time.now,
			sleep: async (ms: number, signal?: AbortSignal) => await this.time.sleep(ms, signal),
		};
	}

	private contextOf(service: SandboxService, host: StandInHost): SandboxContext {
		const settings = this.options.settings[service] ?? {};
		return {
			dir: `/${service}`,
			clock: this.clock,
			random: () => this.chance.next(`random ${service}`),
			log: (event) => this.journal.note({ ...event, kind: 'note', service }),
			sendCallback: async (callback) => await this.callbacks.send(callback),
			drawFault: (name, route) => host.drawOwnFault(name, route),
			count: () => undefined,
			refund: (ref) => this.refund(service, ref),
			baseUrl: (other) => `https://${HOSTS[other]}`,
			settings: service === 'nca' ? { storage: this.toolkitStorage(), ...settings } : settings,
			ffmpeg: { ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe' },
		};
	}

	/** A task that fails is not paid, also when its failure is known before its receipt. */
	private refund(service: SandboxService, ref: string): void {
		const call = this.journal.paid.find((paid) => paid.service === service && paid.ref === ref);
		if (call) call.isRefunded = true;
		this.journal.note({ kind: 'refund', service, ref });
	}

	/** The toolkit writes its results into our bucket, over the same network as everybody else. */
	private toolkitStorage(): ToolkitStorage {
		return {
			bucket: BUCKET,
			put: async (name, path) => {
				const url = new URL(`https://nyc3.digitaloceanspaces.com/${name}`);
				const work = async (): Promise<SandboxReply> => {
					this.spaces.store(name, fileAt(path) ?? Buffer.alloc(0), {});
					return { status: 200 };
				};
				const send = async () => await this.spacesHost.serve('PutObject', { method: 'PUT', url, headers: {} }, work);
				const answer = await send().catch((error: unknown) => {
					throw new TaskError(
						error instanceof NoAnswer ? `Could not connect to the endpoint URL (${error.code})` : String(error),
					);
				});
				if (answer.status >= 300)
					throw new TaskError(`An error occurred (${answer.status}) when calling the PutObject operation`);
				return `https://${HOSTS.spaces}/${name}`;
			},
		};
	}
}
