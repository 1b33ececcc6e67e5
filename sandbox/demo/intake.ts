import { readFile } from 'node:fs/promises';
import { API_KEY_HEADER, INTAKE_PATH, REQUEST_TIMEOUT_MS } from './constants';
import { DemoError, UsageError } from './errors';

/** The intake's answer to a script that it took. */
export interface TakenScript {
	video_id: string;
	segments: Array<{ id: string; order: number; text: string; start: number; end: number }>;
}

/** Reads a script. @throws UsageError */
export async function readScript(file: string): Promise<string> {
	try {
		return await readFile(file, 'utf8');
	} catch {
		throw new UsageError(`--script: cannot read ${file}`);
	}
}

/** Sends a script to the intake API. @throws DemoError with the intake's own reason when it is refused */
export async function sendScript(
	n8nUrl: string,
	apiKey: string,
	request: { script_text: string; background: 'user' | 'generated' },
): Promise<TakenScript> {
	const response = await fetch(`${n8nUrl}${INTAKE_PATH}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', [API_KEY_HEADER]: apiKey },
		body: JSON.stringify(request),
		signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
	});
	const text = await response.text();
	if (response.status !== 202) throw new DemoError(`The script was refused (${response.status}): ${reasonIn(text)}`);
	return JSON.parse(text) as TakenScript;
}

function reasonIn(text: string): string {
	try {
		const { error, message } = JSON.parse(text) as { error?: { message?: string }; message?: string };
		return error?.message ?? message ?? text;
	} catch {
		return text.slice(0, 300);
	}
}
