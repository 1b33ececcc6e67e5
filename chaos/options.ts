import { parseArgs } from 'node:util';

export interface ChaosOptions {
	/** Seeds to begin with; each further run of one takes the next number. */
	seeds: number[];
	/** How many runs of each seed. */
	runs: number;
	/** A file with scripted runs, played in place of drawn ones. */
	scriptFile?: string;
	logFile?: string;
	/** Ends after so many minutes, however many runs are left. */
	minutes?: number;
	isCalm: boolean;
	/** Prints the story of each run, and not only of the first that fails. */
	isTold: boolean;
	isShrunk: boolean;
}

export const USAGE = `Usage: npm run chaos -- [--seed N] [--runs K] [--log FILE] [--script FILE] [--minutes M] [--calm] [--story] [--no-shrink]

  --seed N      seed of the first run; each further run takes the next number. Default 1. Several: 1,1000,2000
  --runs K      how many runs of each seed. Default 100
  --script FILE play the runs that this JSON file describes, see chaos/run/scenario.ts
  --log FILE    one JSON line per event, call, write and decision
  --minutes M   end after so many minutes
  --calm        no faults, no deaths, no acts of people
  --story       print what happened in each run
  --no-shrink   don't look for the smallest run that fails like the first one did
`;

/** @throws Error with words for the user */
export function readOptions(args: string[]): ChaosOptions {
	const { values } = parseArgs({
		args,
		options: {
			seed: { type: 'string', default: '1' },
			runs: { type: 'string', default: '100' },
			log: { type: 'string' },
			script: { type: 'string' },
			minutes: { type: 'string' },
			calm: { type: 'boolean', default: false },
			story: { type: 'boolean', default: false },
			'no-shrink': { type: 'boolean', default: false },
		},
	});
	return {
		seeds: values.seed.split(',').map((seed) => wholeNumber(seed, '--seed')),
		runs: wholeNumber(values.runs, '--runs'),
		...(values.log === undefined ? {} : { logFile: values.log }),
		...(values.script === undefined ? {} : { scriptFile: values.script }),
		...(values.minutes === undefined ? {} : { minutes: wholeNumber(values.minutes, '--minutes') }),
		isCalm: values.calm,
		isTold: values.story,
		isShrunk: !values['no-shrink'],
	};
}

function wholeNumber(text: string, name: string): number {
	const value = Number(text);
	if (Number.isSafeInteger(value) && value >= 0) return value;
	throw new Error(`${name} must be a whole number, not "${text}"`);
}
