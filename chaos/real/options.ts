import { parseArgs } from 'node:util';
import { DEFAULT_RUNS, DEFAULT_SEED, RUNS_PER_DEATH } from './constants';

export const HELP = `Makes videos in a real n8n while services misbehave and n8n is killed and started again, and checks what became of them.

  --runs K     so many videos (default: ${DEFAULT_RUNS})
  --seed N     seed of scripts, faults and moments of death (default: ${DEFAULT_SEED})
  --deaths D   so many deaths of n8n (default: one for ${RUNS_PER_DEATH} videos)
  --log FILE   one JSON line per call, callback, fault, death and decision
  --json       the result as one line of JSON
`;

export interface RealOptions {
	runs: number;
	seed: number;
	deaths: number;
	log?: string;
	json: boolean;
}

/** Reads the command line. @throws Error that names what is expected */
export function readOptions(argv: string[]): RealOptions | 'help' {
	const text = { type: 'string' } as const;
	const flag = { type: 'boolean', default: false } as const;
	const options = {
		runs: text,
		seed: text,
		real: flag,
		deaths: text,
		log: text,
		json: flag,
		help: { ...flag, short: 'h' },
	} as const;
	const { values } = parseArgs({ args: argv, options });
	if (values.help) return 'help';
	const runs = wholeNumber(values.runs, '--runs', 1) ?? DEFAULT_RUNS;
	return {
		runs,
		seed: wholeNumber(values.seed, '--seed', 0) ?? DEFAULT_SEED,
		deaths: wholeNumber(values.deaths, '--deaths', 0) ?? Math.ceil(runs / RUNS_PER_DEATH),
		log: values.log,
		json: values.json,
	};
}

function wholeNumber(text: string | undefined, name: string, min: number): number | undefined {
	if (text === undefined) return undefined;
	const value = Number(text);
	if (!/^\d+$/.test(text) || value < min) throw new Error(`${name}: use a whole number from ${min}`);
	return value;
}
