import { parseArgs } from 'node:util';

export interface ChaosOptions {
	/** Seed of the first run; each further run takes the next number. */
	seed: number;
	runs: number;
	logFile?: string;
	/** Ends after so many minutes, however many runs are left. */
	minutes?: number;
	isCalm: boolean;
	/** Prints the story of each run, and not only of the first that fails. */
	isTold: boolean;
	isShrunk: boolean;
}

export const USAGE = `Usage: npm run chaos -- [--seed N] [--runs K] [--log FILE] [--minutes M] [--calm] [--story] [--no-shrink]

  --seed N      seed of the first run; each further run takes the next number. Default 1
  --runs K      how many runs. Default 100
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
			minutes: { type: 'string' },
			calm: { type: 'boolean', default: false },
			story: { type: 'boolean', default: false },
			'no-shrink': { type: 'boolean', default: false },
		},
	});
	return {
		seed: wholeNumber(values.seed, '--seed'),
		runs: wholeNumber(values.runs, '--runs'),
		...(values.log === undefined ? {} : { logFile: values.log }),
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
