import { setTimeout as sleep } from 'node:timers/promises';
import type { ClipFile } from '../../sandbox/demo/clips';
import { check, type Violation } from './check';
import { EVENT_WRITE_MS, POLL_MS } from './constants';
import { Filming } from './filming';
import type { Journal, JournalLine } from './journal';
import { killNowAndThen } from './killer';
import { Machine } from './machine';
import type { RealOptions } from './options';
import { rowsOf } from './tables';

/** What became of all videos. */
export interface RealSummary {
	runs: number;
	seed: number;
	deaths: number;
	completed: number;
	/** Ended as failed, with a reason. */
	failed: number;
	/** Never ended, or completed without what must be there. */
	lost: number;
	/** Paid again although no death and no ended address excuses it. */
	wronglyPaid: number;
	paidAgain: number;
	paidAgainExpired: number;
	callbacks: number;
	callbacksCut: number;
	airtableRequests: number;
	airtable429: number;
	/** Seconds from sending a script to the end of its video. */
	p50S: number;
	p95S: number;
	wallS: number;
	violations: Violation[];
}

/** Whoever ends the program ends n8n with it. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const EXIT_INTERRUPTED = 130;

const UNDER_WAY = ['new', 'running', 'waiting'];
/** Decisions are in these tables, in the engine's own words. */
const TOLD_TABLES = ['Videos', 'Jobs', 'Webhook Events', 'Paid Calls'];

/** Makes the videos while n8n dies and lives, and checks what became of them. */
export async function play(
	tarball: string,
	options: Pick<RealOptions, 'runs' | 'seed' | 'deaths'>,
	clips: ClipFile[],
	journal: Journal,
	print: (line: string) => void,
): Promise<RealSummary> {
	const { runs, seed } = options;
	const startedMs = Date.now();
	const lines: JournalLine[] = [];
	journal.listen((line) => (line.kind === 'callback' || line.kind === 'fault') && lines.push(line));
	print('Starting the services and n8n …');
	const machine = await Machine.start(tarball, journal);
	const interrupted = () => void machine.stop().finally(() => process.exit(EXIT_INTERRUPTED));
	for (const signal of SIGNALS) process.once(signal, interrupted);
	try {
		const filming = new Filming(machine, journal, seed, clips, print);
		const over = new AbortController();
		journal.listen(({ kind, moment }) => kind === 'death' && print(`n8n was killed (${String(moment)})`));
		const beside = Promise.all([
			killNowAndThen(machine, journal, options, over.signal),
			machine.changeWeather(seed, over.signal),
		]);
		try {
			await filming.make(runs);
		} finally {
			over.abort();
			await beside;
		}
		await settled(machine);
		const { violations, ...counts } = await check(machine, filming.films, lines);
		for (const table of TOLD_TABLES) {
			for (const row of await rowsOf(machine.airtableUrl, table)) journal.write({ kind: 'row', table, row });
		}
		for (const violation of violations) journal.write({ kind: 'violation', ...violation });
		const ended = filming.films.filter(({ status }) => status === 'completed' || status === 'failed');
		const seconds = ended.map(({ sentAtMs, endedAtMs = sentAtMs }) => (endedAtMs - sentAtMs) / 1000);
		const lost = violations.filter(
			({ rule }) => rule === 'not ended' || rule === 'result missing' || rule === 'wrong length',
		);
		const summary: RealSummary = {
			runs,
			seed,
			deaths: machine.deaths.length,
			completed: ended.filter(({ status }) => status === 'completed').length,
			failed: ended.filter(({ status }) => status === 'failed').length,
			lost: lost.length,
			wronglyPaid: violations.filter(({ rule }) => rule === 'paid twice').length,
			...counts,
			airtableRequests: machine.sandbox.report().airtable?.requests ?? 0,
			airtable429: machine.sandbox.report().airtable?.tooManyRequests ?? 0,
			p50S: percentile(seconds, 0.5),
			p95S: percentile(seconds, 0.95),
			wallS: Math.round((Date.now() - startedMs) / 1000),
			violations,
		};
		journal.write({ kind: 'summary', ...summary });
		return summary;
	} finally {
		for (const signal of SIGNALS) process.off(signal, interrupted);
		await machine.stop();
	}
}

/** Resolves when no workflow is at work and rows that nobody waits for have been written. */
async function settled({ running }: Machine): Promise<void> {
	const endMs = Date.now() + EVENT_WRITE_MS;
	for (let quietMs = 0; quietMs < 10 * POLL_MS && Date.now() < endMs; quietMs += POLL_MS) {
		await sleep(POLL_MS);
		const executions = (await running?.executions()) ?? [];
		if (executions.some(({ status }) => UNDER_WAY.includes(status))) quietMs = 0;
	}
}

/** The smallest value that this share of all does not exceed; 0 of none. */
export function percentile(values: number[], share: number): number {
	const sorted = [...values].sort((first, second) => first - second);
	const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
	return Math.round(value * 10) / 10;
}
