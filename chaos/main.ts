import { join } from 'node:path';

import { readTemplates } from './n8n/templates';
import { readOptions, USAGE, type ChaosOptions } from './options';
import { RunLog } from './run/log';
import { smallestOf } from './run/smallest';
import { storyOf } from './run/story';
import { Summary } from './run/summary';
import { judgeRun } from './run/verdict';

// Taken before the first run puts its own time in the place of the machine's.
const realNow = process.hrtime.bigint;
const NS_PER_MS = 1_000_000;
const MS_PER_MINUTE = 60_000;

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

async function run(options: ChaosOptions): Promise<number> {
	const { seed: first, runs, logFile, minutes = Infinity, isCalm, isTold } = options;
	const templates = readTemplates(join(__dirname, '..', 'workflows'));
	const log = logFile === undefined ? undefined : new RunLog(logFile);
	const summary = new Summary();
	const startedNs = realNow();
	const passedMs = () => Number(realNow() - startedNs) / NS_PER_MS;
	for (let seed = first; seed < first + runs && passedMs() < minutes * MS_PER_MINUTE; seed++) {
		const isJournalKept = log !== undefined || isTold;
		const judged = await judgeRun({ seed, templates, isCalm, isJournalKept });
		summary.add(judged);
		log?.add(judged);
		if (isTold) storyOf(judged).forEach(say);
		for (const { rule, words } of judged.violations) say(`seed ${seed}: ${rule}: ${words}`);
	}
	const failed = summary.firstFailure;
	if (failed && options.isShrunk) {
		const { judged, parts } = await smallestOf({ seed: failed.seed, templates, isCalm }, failed.rule);
		say(`\nThe smallest run of seed ${failed.seed} that breaks "${failed.rule}":`);
		storyOf(judged).forEach(say);
		say(`It takes ${parts.length} faults, deaths and acts: ${parts.join('; ') || 'none'}`);
	}
	say('');
	summary.lines(passedMs()).forEach(say);
	if (failed) say(`Again: npm run chaos -- --seed ${failed.seed} --runs 1 --story`);
	return failed ? 1 : 0;
}

async function main(args: string[]): Promise<number> {
	if (args.includes('--help')) {
		say(USAGE);
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

void main(process.argv.slice(2)).then((code) => {
	process.exitCode = code;
});
