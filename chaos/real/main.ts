import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeClips } from './clips';
import { Journal } from './journal';
import { HELP, readOptions } from './options';
import { play, type RealSummary } from './play';

const EXIT_VIOLATED = 1;
const EXIT_USAGE = 2;

async function main(argv: string[]): Promise<number> {
	const options = readOptions(argv);
	if (options === 'help') {
		process.stdout.write(HELP);
		return 0;
	}
	const tarball = process.env.VIDEO_ENGINE_TARBALL;
	if (tarball === undefined) throw new Error('Start this with `npm run chaos -- --real`: it packs the package first.');
	const folder = await mkdtemp(join(tmpdir(), 'video-engine-clips-'));
	const journal = new Journal(options.log);
	const print = (line: string) => void process.stderr.write(`${line}\n`);
	try {
		const summary = await play(tarball, options, await makeClips(folder), journal, print);
		process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : tell(summary));
		return summary.violations.length === 0 ? 0 : EXIT_VIOLATED;
	} finally {
		await journal.close();
		await rm(folder, { recursive: true, force: true });
	}
}

function tell(summary: RealSummary): string {
	const { runs, deaths, completed, failed, lost, wronglyPaid, paidAgain, paidAgainExpired } = summary;
	const { callbacks, callbacksCut, airtableRequests, p50S, p95S, wallS, violations } = summary;
	return [
		...violations.map(({ rule, words }) => `${rule}: ${words}`),
		`${runs} real runs, ${deaths} kills: ${lost} lost, ${wronglyPaid} wrongly paid, ${paidAgain} paid again after a kill, ` +
			`${paidAgainExpired} after an expired URL, p95 ${p95S} s`,
		`  ${completed} completed, ${failed} failed with a reason, p50 ${p50S} s, ${callbacks} callbacks taken (${callbacksCut} cut off by a kill), ` +
			`${airtableRequests} Airtable requests, ${wallS} s in all`,
		'',
	].join('\n');
}

main(process.argv.slice(2)).then(
	(code) => {
		process.exitCode = code;
	},
	(error: unknown) => {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
		process.exitCode = EXIT_USAGE;
	},
);
