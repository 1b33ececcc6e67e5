import { parseArgs } from 'node:util';

/** One way of doing the work, measured. */
export interface Measured {
	name: string;
	[figure: string]: string | number;
}

/** What a benchmark found: our way and its peers, and ours divided by each peer's. */
export interface Finding {
	what: string;
	rows: Measured[];
	/** E.g. `{ requests: 0.1 }`: a tenth of the peer's. */
	ratios: Record<string, number>;
}

const DIGITS = 3;

/** The number behind `--name`, or the usual one. @throws Error that names what is expected */
export function readSize(argv: string[], name: string, usual: number): number {
	const { values } = parseArgs({ args: argv, options: { [name]: { type: 'string' }, json: { type: 'boolean' } } });
	const size = Number(values[name] ?? usual);
	if (!Number.isInteger(size) || size < 1) throw new Error(`--${name}: use a whole number from 1`);
	return size;
}

/** Prints a finding as a table, or with `--json` as one line. */
export function printFinding(argv: string[], finding: Finding): void {
	if (argv.includes('--json')) {
		console.log(JSON.stringify(finding));
		return;
	}
	const [first] = finding.rows;
	const columns = Object.keys(first);
	const table = [columns, ...finding.rows.map((row) => columns.map((column) => String(row[column])))];
	const widths = columns.map((_, index) => Math.max(...table.map((line) => line[index].length)));
	console.log(finding.what);
	for (const line of table) console.log(`  ${line.map((cell, index) => cell.padEnd(widths[index])).join('  ')}`);
	for (const [name, ratio] of Object.entries(finding.ratios)) console.log(`  ${name}: ${rounded(ratio)} × the peer`);
}

export function rounded(value: number): number {
	return Number(value.toPrecision(DIGITS));
}

/** Runs a benchmark and ends the process with 1 when it fails. */
export function runProgram(measure: (argv: string[]) => Promise<Finding>): void {
	const argv = process.argv.slice(2);
	measure(argv).then(
		(finding) => printFinding(argv, finding),
		(error: unknown) => {
			console.error(error instanceof Error ? error.message : error);
			process.exitCode = 1;
		},
	);
}
