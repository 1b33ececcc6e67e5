import { Buffer } from 'node:buffer';

/** Files of the run that is played, by path. */
const files = new Map<string, Buffer>();

/** Empties the disk. */
export function forgetFiles(): void {
	files.clear();
}

/** The bytes of a file, or undefined. */
export function fileAt(path: string): Buffer | undefined {
	return files.get(path);
}

function missing(path: string): Error {
	return Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
}

// What follows has the names and shapes of node:fs/promises.

export async function mkdir(): Promise<void> {}

export async function rm(path: string): Promise<void> {
	for (const known of files.keys()) if (known === path || known.startsWith(`${path}/`)) files.delete(known);
}

export async function writeFile(path: string, data: string | Uint8Array): Promise<void> {
	files.set(path, Buffer.from(data as Uint8Array));
}

export async function readFile(path: string): Promise<Buffer> {
	const bytes = files.get(path);
	if (!bytes) throw missing(path);
	return bytes;
}

export async function stat(path: string): Promise<{ size: number }> {
	return { size: (await readFile(path)).length };
}

export async function rename(from: string, to: string): Promise<void> {
	files.set(to, await readFile(from));
	files.delete(from);
}
