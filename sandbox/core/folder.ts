import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Marks a folder as the sandbox's own, so that no other folder is ever emptied. Holds the process that uses it. */
const MARKER = '.sandbox-data';

/** Where the stand-ins keep their files. */
export interface SandboxFolder {
	/** The folder of one stand-in, made when missing. */
	of(service: string): Promise<string>;
	/** Gives the folder back; a temporary one is removed. */
	close(): Promise<void>;
}

/**
 * Opens a folder, or a temporary one when none is named, and empties what `services` left in it.
 * @throws Error when it holds something else or another sandbox uses it
 */
export async function openFolder(named: string | undefined, services: readonly string[]): Promise<SandboxFolder> {
	const dir = named === undefined ? await mkdtemp(join(tmpdir(), 'video-engine-sandbox-')) : resolve(named);
	if (named !== undefined) {
		await claim(dir);
		await Promise.all(services.map(async (service) => await rm(join(dir, service), { recursive: true, force: true })));
	}
	return {
		async of(service) {
			const own = join(dir, service);
			await mkdir(own, { recursive: true });
			return own;
		},
		async close() {
			if (named === undefined) await rm(dir, { recursive: true, force: true });
			// Whoever removed the folder in the meantime has freed it, too.
			else await writeFile(join(dir, MARKER), '').catch(() => undefined);
		},
	};
}

async function claim(dir: string): Promise<void> {
	await mkdir(dir, { recursive: true });
	const entries = await readdir(dir);
	if (entries.length > 0 && !entries.includes(MARKER)) {
		throw new Error(`${dir} holds other files; name an empty or a new folder for the sandbox`);
	}
	const marker = join(dir, MARKER);
	const holder = Number(await readFile(marker, 'utf8').catch(() => ''));
	// Two sandboxes in one folder would empty each other's files.
	if (holder > 0 && holder !== process.pid && isAlive(holder)) {
		throw new Error(`${dir} is in use by another sandbox (process ${holder}); stop it or name another folder`);
	}
	await writeFile(marker, String(process.pid));
}

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}
