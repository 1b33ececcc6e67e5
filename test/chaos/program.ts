/**
 * @runs chaos/
 * @reads workflows/
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '..', '..');
const OUTPUT_MAX_BYTES = 256 * 1_048_576;

export interface Ended {
	code: number;
	stdout: string;
}

/** Runs `npm run chaos` with these arguments, as people do. */
export async function chaos(...args: string[]): Promise<Ended> {
	const command = [join(ROOT, 'tools', 'run.mjs'), 'chaos', '--', ...args];
	try {
		const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: OUTPUT_MAX_BYTES });
		return { code: 0, stdout };
	} catch (error) {
		const { code, stdout = '' } = error as { code?: number; stdout?: string };
		return { code: Number(code ?? 1), stdout };
	}
}
