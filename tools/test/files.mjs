import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../paths.mjs';
import needs from './needs.cjs';

/** What a run on a user's machine leaves out, and why; `CI=true` leaves out nothing. */
const TOO_LONG = {
	patience: 'a long chaos run: minutes of a whole core, or of a real n8n that is killed again and again',
	'system-ffmpeg': "the films of ncaPipeline once more, by this machine's own ffmpeg",
	'queue-mode': 'queue mode: five processes, Redis and PostgreSQL',
	chromium: "n8n's editor in Chromium: minutes of a browser",
};
/** What `--fast` leaves out besides. */
const TOO_SLOW = { n8n: 'needs a real n8n' };

/** Every test file, by its name in the repository. */
export async function allTestFiles() {
	const names = await readdir(join(ROOT, 'test'), { recursive: true });
	return names
		.filter((name) => name.endsWith('.test.ts'))
		.map((name) => `test/${name.replaceAll('\\', '/')}`)
		.sort();
}

/** Files that a form of the run leaves out, each with the reason in a few words. */
export function leftOut(files, { isFast }) {
	const reasons = isFast ? { ...TOO_LONG, ...TOO_SLOW } : TOO_LONG;
	return files.flatMap((file) => {
		const need = needs.needsOf(join(ROOT, file)).find((name) => Object.hasOwn(reasons, name));
		return need === undefined ? [] : [{ file, reason: reasons[need] }];
	});
}
