import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../sandbox/core/random';
import { DEADLINE_MIN, ON_ITS_WAY_MS, PICTURE, SAFETY_SCAN_S, TICK_S, WEATHER_MS } from './constants';
import { experience } from './experience';
import { Installation } from './installation';
import type { Journal } from './journal';
import { putRows, rowsOf, textOf } from './tables';
import { drawWeather } from './weather';

/** A death of n8n. */
export interface Death {
	/** When it was killed, and when it was dead: what it answered in between it may not have written. */
	atMs: number;
	deadAtMs: number;
	/** What it waited for. */
	moment: string;
	/** Jobs whose paid call may have been under way: claimed, and no answer written down. */
	inFlight: Set<string>;
}

/** An installation whose n8n is killed and started again, and whose services live on in changing weather. */
export class Machine {
	readonly deaths: Death[] = [];
	private isUp = true;

	private constructor(
		readonly installation: Installation,
		private readonly journal: Journal,
	) {}

	/** @param tarball the packed package */
	static async start(tarball: string, journal: Journal): Promise<Machine> {
		const installation = await Installation.start({
			tarball,
			configured: { ...PICTURE, deadline_minutes: DEADLINE_MIN },
			tickS: TICK_S,
			tracker: { safetyScanSeconds: SAFETY_SCAN_S },
			onProgress: (what) => journal.write({ kind: 'n8n', what }),
		});
		await putRows(installation.sandbox.baseUrl('airtable'), 'Expectations', experience());
		installation.sandbox.onLog((event) => journal.write({ ...event, kind: String(event.kind) }));
		return new Machine(installation, journal);
	}

	get sandbox() {
		return this.installation.sandbox;
	}

	/** n8n, while it lives. */
	get running() {
		return this.isUp ? this.installation.n8n : undefined;
	}

	get airtableUrl(): string {
		return this.sandbox.baseUrl('airtable');
	}

	/** Kills n8n without a warning, writes down what was in flight, and starts it again. */
	async dieAndLive(moment: string): Promise<void> {
		this.isUp = false;
		const atMs = Date.now();
		await this.installation.kill();
		const deadAtMs = Date.now();
		// What it had sent before may still be taken in.
		await sleep(ON_ITS_WAY_MS);
		const inFlight = await this.jobsInFlight();
		this.deaths.push({ atMs, deadAtMs, moment, inFlight });
		this.journal.write({ kind: 'death', moment, inFlight: [...inFlight] });
		await this.installation.restart();
		this.isUp = true;
		this.journal.write({ kind: 'up' });
	}

	/** Changes the faults now and then, by the seed, and ends them at the end. */
	async changeWeather(seed: number, signal: AbortSignal): Promise<void> {
		const random = createRandom(seed, 'weather');
		while (!signal.aborted) {
			const { name, faults } = drawWeather(random);
			this.sandbox.setFaults(faults);
			this.journal.write({ kind: 'weather', name });
			await sleep(WEATHER_MS, undefined, { signal }).catch(() => undefined);
		}
		this.sandbox.setFaults({});
	}

	async stop(): Promise<void> {
		await this.installation.stop();
	}

	private async jobsInFlight(): Promise<Set<string>> {
		const jobs = await rowsOf(this.airtableUrl, 'Jobs');
		const open = jobs.filter(({ status, external_id }) => status === 'processing' && textOf(external_id) === '');
		return new Set(open.map(({ job_key }) => textOf(job_key)));
	}
}
