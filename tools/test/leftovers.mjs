import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { note } from '../errors.mjs';

/** Stands in the environment of everything that a run of the tests starts, with the run's own folder as its value. */
const MARK = 'VIDEO_ENGINE_TEST_RUN';
/** Others may look into it: PostgreSQL refuses to be root. */
const FOLDER_MODE = 0o711;

/**
 * Runs something whose programs and temporary files end with it, however it ends: by itself, by Ctrl-C, or because a
 * test that was killed could not clean up. `action` gets the environment for it.
 */
export async function leavingNothing(action) {
	const folder = await mkdtemp(join(tmpdir(), 'video-engine-tests-'));
	await chmod(folder, FOLDER_MODE);
	try {
		return await action({ [MARK]: folder, TMPDIR: folder });
	} finally {
		for (const { pid, command } of markedBy(folder)) {
			note(`Still running after the tests, ended now: ${command} (process ${pid})`);
			end(pid);
		}
		await rm(folder, { recursive: true, force: true, maxRetries: 3 });
	}
}

/** Processes of this run that still live; known on Linux alone. */
function markedBy(folder) {
	const mark = `${MARK}=${folder}`;
	return numbersIn('/proc').flatMap((pid) => {
		const isOurs = pid !== process.pid && read(`/proc/${pid}/environ`).split('\0').includes(mark);
		return isOurs ? [{ pid, command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').slice(0, 120).trim() }] : [];
	});
}

function numbersIn(folder) {
	try {
		return readdirSync(folder).map(Number).filter(Number.isInteger);
	} catch {
		return [];
	}
}

/** Empty for what has ended meanwhile, or belongs to somebody else. */
function read(file) {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return '';
	}
}

function end(pid) {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It has ended meanwhile.
	}
}
