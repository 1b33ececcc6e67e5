import type { ChildProcess } from 'node:child_process';

/** Resolves when a program has written a line that matches; what it writes later is read and dropped. */
export async function saysLine(
	child: ChildProcess,
	output: 'stdout' | 'stderr',
	line: RegExp,
	limitMs: number,
): Promise<void> {
	let said = '';
	let timer: NodeJS.Timeout | undefined;
	try {
		await new Promise<void>((resolve, reject) => {
			const fail = (what: string) => reject(new Error(`${child.spawnfile} ${what}: ${said}`));
			timer = setTimeout(() => fail('is not ready in time'), limitMs);
			child[output]?.on('data', (chunk: Buffer) => {
				if (line.test(said)) return;
				said += chunk.toString();
				if (line.test(said)) resolve();
			});
			child.once('error', reject);
			child.once('exit', () => fail('ended while starting'));
		});
	} finally {
		clearTimeout(timer);
	}
}
