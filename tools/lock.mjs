import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError } from './errors.mjs';

const POLL_MS = 200;

/**
 * Runs something that only one process at a time may do. The lock is a file made exclusively that holds the holder's
 * process id; one whose holder is gone is taken over.
 */
export async function withLock(file, waitMs, action) {
	await mkdir(dirname(file), { recursive: true });
	await takeLock(file, Date.now() + waitMs);
	try {
		return await action();
	} finally {
		await rm(file, { force: true });
	}
}

async function takeLock(file, deadlineMs) {
	for (;;) {
		try {
			return await writeFile(file, String(process.pid), { flag: 'wx' });
		} catch (error) {
			if (error.code !== 'EEXIST') throw error;
		}
		const holder = Number(await readFile(file, 'utf8').catch(() => ''));
		if (holder > 0 && !isAlive(holder)) await rm(file, { force: true });
		if (Date.now() > deadlineMs)
			throw new ToolError(`Another process holds ${file} for too long; if none is running, delete it.`);
		await sleep(POLL_MS);
	}
}

function isAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === 'EPERM';
	}
}
