import { EXIT_FAILED, EXIT_INTERRUPTED } from './constants';
import { makeVideo, readInputs, startDemo, whereToGo } from './demo';
import { DemoError } from './errors';
import { lockFolder } from './lock';
import { HELP, readOptions, type DemoOptions } from './options';
import type { DemoResult } from './result';

async function main(argv: string[]): Promise<number> {
	const options = readOptions(argv);
	if (options === 'help') {
		process.stdout.write(HELP);
		return 0;
	}
	const inputs = await readInputs(options);
	// With --json, stdout is for the result alone.
	const out = options.json ? process.stderr : process.stdout;
	const print = (line: string) => void out.write(`${line}\n`);
	const interrupted = interruption();
	const unlock = await lockFolder(options.dir);
	try {
		const demo = await startDemo(options, inputs, print);
		try {
			const result = await makeVideo(demo, options, inputs, print, interrupted.signal);
			report(result, options, print);
			if (!options.once) {
				print(whereToGo(demo));
				await stayUp(interrupted.signal, print);
			}
			return result.status === 'completed' ? 0 : EXIT_FAILED;
		} finally {
			await demo.stop();
		}
	} catch (error) {
		if (interrupted.signal.aborted) return EXIT_INTERRUPTED;
		throw error;
	} finally {
		await unlock();
	}
}

function report(result: DemoResult, options: DemoOptions, print: (line: string) => void): void {
	if (result.out === null) print(`The video ${result.status}: ${result.error ?? 'no reason was given'}`);
	else
		print(
			`Done after ${result.wallS} s: ${result.out}, ${result.durationS?.toFixed(1)} s long, kept at ${result.finalUrl}`,
		);
	if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** Aborted at the first Ctrl-C or SIGTERM; the second one ends the process at once. */
function interruption(): AbortController {
	const controller = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => {
			if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
			controller.abort();
		});
	}
	return controller;
}

async function stayUp(signal: AbortSignal, print: (line: string) => void): Promise<void> {
	if (signal.aborted) return;
	print('Everything stays up until you press Ctrl-C.');
	await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
	print('Stopping …');
}

main(process.argv.slice(2)).then(
	(code) => {
		process.exitCode = code;
	},
	(error: unknown) => {
		const known = error instanceof DemoError;
		process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
		process.exitCode = known ? error.exitCode : EXIT_FAILED;
	},
);
