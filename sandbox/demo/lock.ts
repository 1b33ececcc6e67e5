import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DemoError } from './errors';

const LOCK_FILE = 'demo.pid';

/** Keeps a second demo out of the folder; returns a function that lets others in again. @throws DemoError */
export async function lockFolder(dir: string): Promise<() => Promise<void>> {
	await mkdir(dir, { recursive: true });
	const file = join(dir, LOCK_FILE);
	const holder = Number(await readFile(file, 'utf8').catch(() => ''));
	if (holder > 0 && isAlive(holder)) {
		throw new DemoError(
			`A demo is running already (process ${holder}). Stop it, or give this one a folder of its own with --dir.`,
		);
	}
	await writeFile(file, String(process.pid));
	return () => rm(file, { force: true });
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
