import { CALLBACK_FAULTS, REQUEST_FAULTS, type FaultStep } from '../../sandbox/core/faultSettings';
import type { SandboxService } from '../../sandbox/core/types';
import type { Chance } from './chance';

/** A fault that was drawn. Its name in a story stays the same as long as what came before it does. */
export interface DrawnFault {
	/** Service, place and how many requests of that place came before, e.g. `nca POST /v1/ffmpeg/compose#3`. */
	id: string;
	atMs: number;
	service: SandboxService;
	name: string;
}

/** Error statuses that each service is known to answer with. */
const STATUSES: Record<SandboxService, readonly string[]> = {
	elevenLabs: ['429', '500', '503'],
	nca: ['429', '500', '502', '504', '524'],
	goApi: ['429', '500', '502'],
	airtable: ['429', '500', '502', '503'],
	spaces: ['429', '500', '503'],
	slack: ['429', '500'],
	smtp: [],
	sentry: ['429', '500'],
};

/** Faults that happen to a piece of work and not to a request; drawn where the stand-in asks under this label. */
const WORK_FAULTS: Partial<Record<SandboxService, Record<string, readonly string[]>>> = {
	nca: { job: ['loseJob', 'failJob'] },
};

/** Where the stand-ins act their own faults out; elsewhere they would be drawn in vain. */
const OWN_ROUTES: Partial<Record<SandboxService, Record<string, RegExp>>> = {
	elevenLabs: { quotaExceeded: /^POST/, systemBusy: /^POST/, forgetHistory: /^POST/ },
	nca: { forgetJob: /^POST \/v1\/(?!toolkit)/ },
	goApi: {
		failTask: /^POST/,
		forgetTask: /^POST/,
		failedCreate: /^POST/,
		codeNot200: /^(POST|GET \/api)/,
		expireUrl: /\/temp\//,
	},
	airtable: { quota: /^(?!.*_attachments)/, expireUrl: /_attachments/ },
	spaces: { errorInside200: /^(CopyObject|CompleteMultipartUpload)$/, expireUrl: /^(GetObject|HeadObject)$/ },
};

/** Faults that end a video or stop everything for long are rarer than others, else nothing else is ever seen. */
const RARITY: Record<string, number> = {
	quota: 0.02,
	quotaExceeded: 0.05,
	restart: 0.15,
	hang: 0.3,
	'429': 0.3,
	loseJob: 0.2,
};

export interface FaultWeather {
	/** Chance of some fault for each request of a service. */
	requests: Partial<Record<SandboxService, number>>;
	/** Chance of some fault for each callback of a service. */
	callbacks: Partial<Record<SandboxService, number>>;
	/** Chance of each fault of a piece of work. */
	work: number;
	/** From here on nothing goes wrong any more. */
	endsAtMs: number;
}

/** Every fault that the sandbox knows: of its core by name, of its stand-ins by what they say themselves. */
export function faultKinds(service: SandboxService, own: readonly string[]): string[] {
	const ofWork = Object.values(WORK_FAULTS[service] ?? {}).flat();
	return [...STATUSES[service], ...REQUEST_FAULTS, ...own.filter((name) => !ofWork.includes(name))];
}

/** Draws faults in place of the sandbox's injector, notes each one, and leaves out those that it is told to. */
export class ChaosFaults {
	readonly drawn: DrawnFault[] = [];

	readonly times = { slowMs: 4_000, delayMs: 120_000, reorderMs: 20_000, downMs: 15_000 };

	private readonly kinds = new Map<SandboxService, string[]>();

	private readonly counters = new Map<string, number>();

	constructor(
		private readonly chance: Chance,
		private readonly weather: FaultWeather,
		private readonly nowMs: () => number,
		private readonly left: ReadonlySet<string>,
		private readonly onDrawn: (fault: DrawnFault) => void,
		/** Faults by place that happen whatever chance says. */
		private readonly script: Record<string, string> = {},
	) {}

	/** Tells what a stand-in can act out itself. */
	learn(service: SandboxService, own: readonly string[]): void {
		this.kinds.set(service, faultKinds(service, own));
	}

	/** One fault, or none, of a request: acted out by the network, or by the stand-in where the name is its own. */
	drawRequest(service: SandboxService, route: string): FaultStep | undefined {
		const isPlayed = (name: string) => OWN_ROUTES[service]?.[name]?.test(route) ?? true;
		const kinds = (this.kinds.get(service) ?? []).filter(isPlayed);
		return this.draw(service, `${service} ${route}`, this.weather.requests[service] ?? 0, kinds);
	}

	/** A fault of work that no request stands for. Those of requests are drawn with the request. */
	drawOwn(name: string, service: SandboxService, _route: string, label?: string): boolean {
		const isOfWork = label !== undefined && (WORK_FAULTS[service]?.[label] ?? []).includes(name);
		return (
			isOfWork &&
			this.draw(service, `${service} ${label} ${name}`, this.weather.work * (RARITY[name] ?? 1), [name]) !== undefined
		);
	}

	drawCallback(service: SandboxService): FaultStep | undefined {
		return this.draw(service, `${service} callback`, this.weather.callbacks[service] ?? 0, CALLBACK_FAULTS);
	}

	/** Numbers for details of a fault. */
	random(purpose: string): () => number {
		return () => this.chance.next(`fault ${purpose}`);
	}

	private draw(
		service: SandboxService,
		place: string,
		probability: number,
		names: readonly string[],
	): FaultStep | undefined {
		const count = this.counters.get(place) ?? 0;
		this.counters.set(place, count + 1);
		const id = `${place}#${count}`;
		const scripted = this.script[id];
		if (scripted !== undefined) return this.note({ id, atMs: this.nowMs(), service, name: scripted });
		if (this.nowMs() >= this.weather.endsAtMs || names.length === 0) return undefined;
		if (!this.chance.happens(`happens ${place}`, probability)) return undefined;
		const name = this.pick(place, names);
		if (this.left.has(id)) return undefined;
		return this.note({ id, atMs: this.nowMs(), service, name });
	}

	private note(fault: DrawnFault): FaultStep {
		this.drawn.push(fault);
		this.onDrawn(fault);
		return { name: fault.name };
	}

	private pick(place: string, names: readonly string[]): string {
		const weights = names.map((name) => RARITY[name] ?? 1);
		let rest = this.chance.next(`kind ${place}`) * weights.reduce((sum, weight) => sum + weight, 0);
		return names.find((_name, index) => (rest -= weights[index]) < 0) ?? names[0];
	}
}
