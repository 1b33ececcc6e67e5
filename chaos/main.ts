import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { playContract } from './contract/inThisWorld';
import { readTemplates } from './n8n/templates';
import { readOptions, USAGE, type ChaosOptions } from './options';
import { RunLog } from './run/log';
import type { RunOptions } from './run/play';
import { smallestOf } from './run/smallest';
import { storyOf } from './run/story';
import { Summary } from './run/summary';
import { judgeRun } from './run/verdict';

// Taken before the first run puts its own time in the place of the machine's.
const realNow = process.hrtime.bigint;
const NS_PER_MS = 1_000_000;
const US_PER_MS = 1_000;
const MS_PER_MINUTE = 60_000;

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** A run that is to be played, by its seed or by a script. */
type PlannedRun = Omit<RunOptions, 'templates'> & { name?: string };

function plannedRuns({ seeds, runs, isCalm, scriptFile }: ChaosOptions): PlannedRun[] {
	if (scriptFile !== undefined) return JSON.parse(readFileSync(scriptFile, 'utf8')) as PlannedRun[];
	return seeds.flatMap((seed) => Array.from({ length: runs }, (_, index) => ({ seed: seed + index, isCalm })));
}

async function run(options: ChaosOptions): Promise<number> {
	const { logFile, minutes = Infinity, isTold } = options;
	const templates = readTemplates(join(__dirname, '..', 'workflows'));
	const log = logFile === undefined ? undefined : new RunLog(logFile);
	const summary = new Summary();
	const startedNs = realNow();
	const passedMs = () => Number(realNow() - startedNs) / NS_PER_MS;
	const isJournalKept = log !== undefined || isTold;
	for (const planned of plannedRuns(options)) {
		if (passedMs() > minutes * MS_PER_MINUTE) break;
		const judged = await judgeRun({ ...planned, templates, isJournalKept });
		summary.add(judged);
		log?.add(judged);
		if (isTold) storyOf(judged).forEach(say);
		for (const { rule, words } of judged.violations)
			say(`${planned.name ?? `seed ${planned.seed}`}: ${rule}: ${words}`);
	}
	const failed = summary.firstFailure;
	if (failed && options.isShrunk && options.scriptFile === undefined) {
		const { judged, parts } = await smallestOf({ seed: failed.seed, templates, isCalm: options.isCalm }, failed.rule);
		say(`\nThe smallest run of seed ${failed.seed} that breaks "${failed.rule}":`);
		storyOf(judged).forEach(say);
		say(`It takes ${parts.length} faults, deaths and acts: ${parts.join('; ') || 'none'}`);
	}
	say('');
	const { user, system } = process.cpuUsage();
	summary.lines(passedMs(), (user + system) / US_PER_MS).forEach(say);
	if (failed) say(`Again: npm run chaos -- --seed ${failed.seed} --runs 1 --story`);
	return failed ? 1 : 0;
}

async function main(args: string[]): Promise<number> {
	if (args.includes('--help')) {
		say(USAGE);
		return 0;
	}
	if (args[0] === '--contract') {
		say(JSON.stringify(await playContract(args[1])));
		return 0;
	}
	let options: ChaosOptions;
	try {
		options = readOptions(args);
	} catch (error) {
		say(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
		return 2;
	}
	return await run(options);
}

// Whole queues of a toolkit hang on one signal here: Node.js would warn of a leak.
setMaxListeners(0);

void main(process.argv.slice(2)).then((code) => {
	process.exitCode = code;
});
