import { parseArgs } from 'node:util';
import { DEFAULT_DIR, DEFAULT_OUT, DEFAULT_PORT, DEFAULT_SCRIPT, DEFAULT_TIMEOUT_MIN } from './constants';
import { UsageError } from './errors';

export const HELP = `Makes a finished video from a script, in a real n8n, with local stand-ins of all outside services.

  --once           end after the video; without it n8n and the services stay up
  --script FILE    the script (default: a short one of our own)
  --out FILE       where the video goes (default: ${DEFAULT_OUT})
  --clips DIR      put these clips into the Segments table as a person would, some while it runs
  --faults FILE    make the services misbehave, e.g. {"seed":7,"callbacks":{"drop":1}}
  --config FILE    real services in place of stand-ins; see README.md
  --json           the last line on stdout is the result as JSON; all else goes to stderr
  --port N         n8n's port (default: ${DEFAULT_PORT}, or any free one when it is taken)
  --dir DIR        where n8n and the services keep their files (default: ${DEFAULT_DIR})
  --timeout MIN    give up after so many minutes (default: ${DEFAULT_TIMEOUT_MIN})
`;

export interface DemoOptions {
	once: boolean;
	script: string;
	out: string;
	clips?: string;
	faults?: string;
	config?: string;
	json: boolean;
	port?: number;
	dir: string;
	timeoutMin: number;
}

/** Reads the command line. @throws UsageError with a message for the person who typed it */
export function readOptions(argv: string[]): DemoOptions | 'help' {
	const values = parse(argv);
	if (values.help) return 'help';
	return {
		once: values.once,
		script: values.script,
		out: values.out,
		clips: values.clips,
		faults: values.faults,
		config: values.config,
		json: values.json,
		port: wholeNumber(values.port, '--port', 65_535),
		dir: values.dir,
		timeoutMin: wholeNumber(values.timeout, '--timeout', 24 * 60) ?? DEFAULT_TIMEOUT_MIN,
	};
}

function parse(argv: string[]) {
	const text = { type: 'string' } as const;
	const flag = { type: 'boolean', default: false } as const;
	const options = {
		once: flag,
		script: { ...text, default: DEFAULT_SCRIPT },
		out: { ...text, default: DEFAULT_OUT },
		clips: text,
		faults: text,
		config: text,
		json: flag,
		port: text,
		dir: { ...text, default: DEFAULT_DIR },
		timeout: text,
		help: { ...flag, short: 'h' },
	} as const;
	try {
		return parseArgs({ args: argv, options }).values;
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}

function wholeNumber(text: string | undefined, name: string, max: number): number | undefined {
	if (text === undefined) return undefined;
	const value = Number(text);
	if (!/^\d+$/.test(text) || value < 1 || value > max)
		throw new UsageError(`${name}: use a whole number from 1 to ${max}`);
	return value;
}
