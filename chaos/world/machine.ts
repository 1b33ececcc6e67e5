import type { Chance } from './chance';
import { isGhost, runningFor } from './life';
import type { VirtualTime } from './time';

/** What a program finds in place of the machine: time, chance and the network of one run. */
export interface Machine {
	time: VirtualTime;
	chance: Chance;
	fetch(url: string, init?: RequestInit): Promise<Response>;
}

let machine: Machine | undefined;

/** The machine of the run that is played now. */
export function theMachine(): Machine {
	if (!machine) throw new Error('No run is played');
	return machine;
}

/** False while programs are loaded, before the first run. */
export function isPlaying(): boolean {
	return machine !== undefined;
}

const RealDate = Date;
let isInstalled = false;

interface VirtualTimer {
	callOff: () => void;
	unref(): VirtualTimer;
	ref(): VirtualTimer;
	hasRef(): boolean;
	refresh(): VirtualTimer;
}

/** Timers of a process end with it. */
function startTimer(act: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): VirtualTimer {
	const life = runningFor.getStore();
	const callOff = theMachine().time.after(Number(ms) || 0, () => {
		if (!isGhost(life)) runningFor.run(life, () => act(...args));
	});
	const timer: VirtualTimer = {
		callOff,
		unref: () => timer,
		ref: () => timer,
		hasRef: () => true,
		refresh: () => timer,
	};
	return timer;
}

/** Puts a run in the place of the machine; time, timers, chance and `fetch` of everything that is loaded follow it. */
export function playOn(next: Machine): void {
	machine = next;
	if (isInstalled) return;
	isInstalled = true;
	const VirtualDate = class extends RealDate {
		constructor(...args: unknown[]) {
			super(...((args.length === 0 ? [theMachine().time.now] : args) as [number]));
		}

		static now(): number {
			return theMachine().time.now;
		}
	};
	Object.assign(globalThis, {
		Date: VirtualDate,
		setTimeout: startTimer,
		clearTimeout: (timer?: VirtualTimer) => timer?.callOff(),
		setInterval: () => {
			throw new Error('An interval would never end: nothing that is played here uses one');
		},
		fetch: async (url: string | URL, init?: RequestInit) => await theMachine().fetch(String(url), init),
	});
	Object.defineProperty(globalThis, 'performance', { value: { now: () => theMachine().time.now }, configurable: true });
	Math.random = () => theMachine().chance.next('Math.random');
	AbortSignal.timeout = (ms) => {
		const controller = new AbortController();
		startTimer(
			() => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
			ms,
		);
		return controller.signal;
	};
}
