import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { makeClips } from './clips';
import { DEADLINE_MINUTES, PICTURE } from './constants';
import { Installation } from './installation';
import { judge } from './judge';
import { Play } from './run';
import { Story } from './story';

const USAGE = `Usage: npm run chaos -- --real [--seed N] [--runs K] [--deaths D] [--log FILE]

Makes K videos in a real n8n while services fail and n8n is killed, and checks what is left.`;

const MS_PER_S = 1000;

interface Options {
	seed: number;
	runs: number;
	deaths?: number;
	log?: string;
}

function readOptions(args: string[]): Options {
	const text = { type: 'string' } as const;
	const { values } = parseArgs({
		args,
		options: { real: { type: 'boolean' }, seed: text, runs: text, deaths: text, log: text },
	});
	const whole = (name: string, value: string | undefined, usual: number) => {
		const number = Number(value ?? usual);
		if (!Number.isInteger(number) || number < 0) throw new Error(`--${name}: use a whole number`);
		return number;
	};
	return {
		seed: whole('seed', values.seed, 1),
		runs: whole('runs', values.runs, 10),
		deaths: values.deaths === undefined ? undefined : whole('deaths', values.deaths, 0),
		log: values.log,
	};
}

function quantileS(durationsMs: number[], part: number): number {
	const sorted = [...durationsMs].sort((a, b) => a - b);
	return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0) / MS_PER_S);
}

async function main(args: string[]): Promise<number> {
	const say = (line: string) => void process.stdout.write(`${line}\n`);
	if (args.includes('--help')) {
		say(USAGE);
		return 0;
	}
	const options = readOptions(args);
	const tarball = process.env.VIDEO_ENGINE_TARBALL;
	if (tarball === undefined) throw new Error('Start this with npm run chaos: it packs the package first.');
	const folder = await mkdtemp(join(tmpdir(), 'video-engine-clips-'));
	const story = new Story(say, options.log);
	const startedMs = Date.now();
	let installation: Installation | undefined;
	try {
		const clips = await makeClips(folder);
		const configured = { ...PICTURE, deadline_minutes: DEADLINE_MINUTES };
		installation = await Installation.start({ tarball, configured, onProgress: (what) => story.tell('n8n', { what }) });
		const { outcome, durationsMs } = await new Play(installation, { ...options, clips }, story).run();
		const judged = await judge(outcome);
		for (const { rule, words } of judged.violations) story.tell('violation', { rule, words });
		const { violations, ...figures } = judged;
		story.tell('summary', {
			seed: options.seed,
			runs: options.runs,
			deaths: story.deaths.length,
			...figures,
			callbacks: outcome.report.callbacks.sent,
			dropped: outcome.report.callbacks.dropped,
			airtableRequests: outcome.report.airtable?.requests,
			airtable429: outcome.report.airtable?.tooManyRequests,
			p50S: quantileS(durationsMs, 0.5),
			p95S: quantileS(durationsMs, 0.95),
			minutes: Math.round((Date.now() - startedMs) / 6_000) / 10,
			violations: violations.length,
		});
		return violations.length > 0 ? 1 : 0;
	} finally {
		await installation?.stop();
		await rm(folder, { recursive: true, force: true });
	}
}

main(process.argv.slice(2)).then(
	(code) => {
		process.exitCode = code;
	},
	(error: unknown) => {
		process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
		process.exitCode = 1;
	},
);
