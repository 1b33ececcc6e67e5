import { type FaultPlan, type FaultRules, type FaultStep, isCoreFault, parseFaults } from './faultSettings';
import { createRandom, type Random } from './random';
import type { SandboxService } from './types';

/**
 * Decides which request or callback goes wrong. Scripts are used up first, entry by entry; then chances count.
 * Every service and route draws from a stream of its own, so the same seed and the same calls give the same faults.
 */
export class FaultInjector {
	private plan: FaultPlan = parseFaults({});

	private streams = new Map<string, Random>();

	/** Names that a label was asked about since its script went on. */
	private askedOf = new Map<string, Set<string>>();

	/** Replaces all settings; every stream starts anew. */
	use(plan: FaultPlan): void {
		this.plan = plan;
		this.streams = new Map();
		this.askedOf = new Map();
	}

	get times(): Pick<FaultPlan, 'slowMs' | 'delayMs' | 'reorderMs' | 'downMs'> {
		return this.plan;
	}

	/** The fault of one request, to be acted out by the core or, for names it doesn't know, by the stand-in. */
	drawRequest(service: SandboxService, route: string): FaultStep | undefined {
		const rules = this.rulesOf(service, route);
		const scripted = this.nextOfScript(rules);
		if (scripted) return scripted.name === 'ok' ? undefined : scripted;
		return this.drawOdds(rules, `${service} ${route}`, isCoreFault);
	}

	/** Whether a stand-in's own fault happens by chance, or by the script of a label that isn't a request's route. */
	drawOwn(name: string, service: SandboxService, route: string, label?: string): boolean {
		if (label !== undefined && label !== route) {
			const script = this.plan.services.get(service)?.routes.get(label)?.script ?? [];
			if (script.length > 0) return this.isNextOfLabel(name, `${service} ${label}`, script);
		}
		const chance = oddsOf(this.rulesOf(service, label ?? route), name);
		return chance > 0 && this.random(`${service} ${label ?? route} ${name}`)() < chance;
	}

	drawCallback(service: SandboxService): FaultStep | undefined {
		const rules = this.plan.services.get(service)?.callbacks ?? this.plan.callbacks;
		const scripted = this.nextOfScript([rules]);
		if (scripted) return scripted.name === 'ok' ? undefined : scripted;
		return this.drawOdds([rules], `${service} callbacks`, () => true);
	}

	/** A seeded number for details of a fault, e.g. how long a delay is. */
	random(purpose: string): Random {
		const known = this.streams.get(purpose) ?? createRandom(this.plan.seed, purpose);
		this.streams.set(purpose, known);
		return known;
	}

	/**
	 * One entry of a label's script stands for one piece of work, which may be asked about by several names: an `ok`
	 * is used up when a name is asked for the second time.
	 */
	private isNextOfLabel(name: string, label: string, script: FaultStep[]): boolean {
		const asked = this.askedOf.get(label) ?? new Set();
		this.askedOf.set(label, asked);
		if (script[0].name === 'ok' && asked.has(name)) {
			script.shift();
			asked.clear();
		}
		asked.add(name);
		if (script[0]?.name !== name) return false;
		script.shift();
		asked.clear();
		return true;
	}

	/** Narrow rules first: exact route, longest matching beginning, service. */
	private rulesOf(service: SandboxService, route: string): FaultRules[] {
		const faults = this.plan.services.get(service);
		if (!faults) return [];
		const patterns = [...faults.routes.keys()]
			.filter((label) => label.endsWith('*') && route.startsWith(label.slice(0, -1)))
			.sort((a, b) => b.length - a.length);
		const exact = faults.routes.get(route);
		return [...(exact ? [exact] : []), ...patterns.flatMap((label) => faults.routes.get(label) ?? []), faults];
	}

	private nextOfScript(rules: FaultRules[]): FaultStep | undefined {
		return rules.find((each) => each.script.length > 0)?.script.shift();
	}

	/** One draw over all faults that exclude each other. */
	private drawOdds(rules: FaultRules[], purpose: string, counts: (name: string) => boolean): FaultStep | undefined {
		const names = new Set(rules.flatMap((each) => [...each.odds.keys()]).filter(counts));
		if (names.size === 0) return undefined;
		let rest = this.random(purpose)();
		for (const name of names) {
			rest -= oddsOf(rules, name);
			if (rest < 0) return { name };
		}
		return undefined;
	}
}

/** The narrowest rule that names the fault decides. */
function oddsOf(rules: FaultRules[], name: string): number {
	return rules.find((each) => each.odds.has(name))?.odds.get(name) ?? 0;
}
