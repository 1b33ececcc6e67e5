import { CALLBACK_DELAY_MS, CALLBACK_REORDER_MS, DEFAULT_SEED, SANDBOX_SERVICES, SLOW_MS } from './constants';
import type { SandboxService } from './types';

/** Faults that the core acts out on any request, whatever the service; see sandbox/README.md. */
export const REQUEST_FAULTS = ['hang', 'reset', 'lostAnswer', 'cut', 'truncate', 'slow', 'restart'] as const;

export const CALLBACK_FAULTS = ['drop', 'duplicate', 'delay', 'reorder'] as const;

/** Whether the core acts a fault out itself; all others are the stand-ins' own. */
export function isCoreFault(name: string): boolean {
	return isStatus(name) || REQUEST_FAULTS.some((known) => known === name);
}

/** One entry of a script: `ok`, a status, a fault, each with an optional time as in `slow:5000`. */
export interface FaultStep {
	name: string;
	ms?: number;
}

export interface FaultRules {
	/** Used up first, one entry a request. */
	script: FaultStep[];
	/** Chance of each fault by name once the script is used up; statuses are names too (`"503"`). */
	odds: Map<string, number>;
}

export interface ServiceFaults extends FaultRules {
	/** By route label; a label that ends in `*` matches by its beginning. */
	routes: Map<string, FaultRules>;
	callbacks?: FaultRules;
}

export interface FaultPlan {
	seed: number;
	slowMs: number;
	delayMs: number;
	reorderMs: number;
	/** How long a restarted service refuses connections. */
	downMs: number;
	callbacks: FaultRules;
	services: Map<SandboxService, ServiceFaults>;
}

/** Names of each stand-in's own faults; a service without an entry takes any name. */
export type OwnFaults = Partial<Record<SandboxService, readonly string[]>>;

/** Fault settings that can't be understood; the message names the place and what would be right. */
export class FaultSettingsError extends Error {}

const TIMES = ['slowMs', 'delayMs', 'reorderMs', 'downMs'] as const;

type Settings = Record<string, unknown>;

/**
 * Reads fault settings as they come from the control plane or a file (schema in sandbox/README.md).
 * @throws FaultSettingsError
 */
export function parseFaults(input: unknown, ownFaults: OwnFaults = {}, seed: number = DEFAULT_SEED): FaultPlan {
	const settings = asObject(input, 'the settings');
	refuseUnknown(settings, ['seed', 'callbacks', 'services', ...TIMES], 'the settings');
	const services = Object.entries(asObject(settings.services ?? {}, 'services')).map(
		([name, value]): [SandboxService, ServiceFaults] => {
			const service = SANDBOX_SERVICES.find((known) => known === name);
			if (!service)
				throw new FaultSettingsError(`services.${name}: unknown, use one of ${SANDBOX_SERVICES.join(', ')}`);
			return [service, parseService(value, `services.${name}`, ownFaults[service])];
		},
	);
	return {
		seed: parseNumber(settings.seed ?? seed, 'seed'),
		slowMs: parseMs(settings.slowMs ?? SLOW_MS, 'slowMs'),
		delayMs: parseMs(settings.delayMs ?? CALLBACK_DELAY_MS, 'delayMs'),
		reorderMs: parseMs(settings.reorderMs ?? CALLBACK_REORDER_MS, 'reorderMs'),
		downMs: parseMs(settings.downMs ?? 0, 'downMs'),
		callbacks: parseCallbacks(settings.callbacks ?? {}, 'callbacks'),
		services: new Map(services),
	};
}

function parseService(input: unknown, at: string, own: readonly string[] | undefined): ServiceFaults {
	const { routes, callbacks, ...rest } = asObject(input, at);
	const parsedRoutes = Object.entries(asObject(routes ?? {}, `${at}.routes`)).map(
		([label, value]): [string, FaultRules] => [label, parseRequestRules(value, `${at}.routes["${label}"]`, own)],
	);
	return {
		...parseRequestRules(rest, at, own),
		routes: new Map(parsedRoutes),
		callbacks: callbacks === undefined ? undefined : parseCallbacks(callbacks, `${at}.callbacks`),
	};
}

function parseRequestRules(input: unknown, at: string, own: readonly string[] | undefined): FaultRules {
	const { script, status, ...odds } = asObject(input, at);
	const rules: FaultRules = { script: [], odds: new Map() };
	for (const [code, chance] of Object.entries(asObject(status ?? {}, `${at}.status`))) {
		if (!isStatus(code)) throw new FaultSettingsError(`${at}.status.${code}: use a status from 400 to 599`);
		rules.odds.set(code, parseChance(chance, `${at}.status.${code}`));
	}
	for (const [name, chance] of Object.entries(odds)) {
		requireKnown(name, [...REQUEST_FAULTS], own, `${at}.${name}`);
		rules.odds.set(name, parseChance(chance, `${at}.${name}`));
	}
	rules.script = parseScript(script ?? [], `${at}.script`, (name, place) => {
		if (!isStatus(name)) requireKnown(name, ['ok', ...REQUEST_FAULTS], own, place);
	});
	requireSum(rules.odds, at);
	return rules;
}

function parseCallbacks(input: unknown, at: string): FaultRules {
	const { script, ...odds } = asObject(input, at);
	refuseUnknown(odds, CALLBACK_FAULTS, at);
	const rules: FaultRules = {
		script: parseScript(script ?? [], `${at}.script`, (name, place) =>
			requireKnown(name, ['ok', ...CALLBACK_FAULTS], [], place),
		),
		odds: new Map(Object.entries(odds).map(([name, chance]) => [name, parseChance(chance, `${at}.${name}`)])),
	};
	requireSum(rules.odds, at);
	return rules;
}

function parseScript(input: unknown, at: string, check: (name: string, place: string) => void): FaultStep[] {
	if (!Array.isArray(input)) throw new FaultSettingsError(`${at}: use a list such as ["429", "ok"]`);
	return input.map((entry, index) => {
		const place = `${at}[${index}]`;
		const [, name, ms] = /^([A-Za-z0-9_]+)(?::(\d+))?$/.exec(String(entry)) ?? [];
		if (name === undefined) throw new FaultSettingsError(`${place}: use a fault's name, or name:milliseconds`);
		check(name, place);
		return ms === undefined ? { name } : { name, ms: Number(ms) };
	});
}

function requireKnown(name: string, known: readonly string[], own: readonly string[] | undefined, at: string): void {
	if (own === undefined || known.includes(name) || own.includes(name)) return;
	throw new FaultSettingsError(`${at}: unknown, use one of ${[...known, ...own].join(', ')}`);
}

function refuseUnknown(settings: Settings, known: readonly string[], at: string): void {
	const stranger = Object.keys(settings).find((name) => !known.includes(name));
	if (stranger !== undefined) throw new FaultSettingsError(`${at}: unknown "${stranger}", use ${known.join(', ')}`);
}

function requireSum(odds: Map<string, number>, at: string): void {
	const sum = [...odds.values()].reduce((total, chance) => total + chance, 0);
	if (sum > 1 + Number.EPSILON * odds.size) throw new FaultSettingsError(`${at}: the chances add up to more than 1`);
}

function parseChance(value: unknown, at: string): number {
	if (typeof value === 'number' && value >= 0 && value <= 1) return value;
	throw new FaultSettingsError(`${at}: use a chance from 0 to 1`);
}

function parseMs(value: unknown, at: string): number {
	if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
	throw new FaultSettingsError(`${at}: use milliseconds, 0 or more`);
}

function parseNumber(value: unknown, at: string): number {
	if (typeof value === 'number' && Number.isFinite(value)) return value;
	throw new FaultSettingsError(`${at}: use a number`);
}

function asObject(value: unknown, at: string): Settings {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Settings;
	throw new FaultSettingsError(`${at}: use a JSON object`);
}

function isStatus(name: string): boolean {
	return /^[45]\d\d$/.test(name);
}
