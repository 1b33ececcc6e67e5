import { spawn } from 'node:child_process';

import { OUTPUT_HEAD_BYTES, OUTPUT_TAIL_BYTES, RUN_TIMEOUT_MS } from './constants';

/** What a program left behind. */
export interface ProgramResult {
	/** Exit status; null when it was ended by a signal. */
	code: number | null;
	stdout: string;
	/** Bounded: the start and the end, what lies between is left out. */
	stderr: string;
	timedOut: boolean;
}

export interface RunOptions {
	signal?: AbortSignal;
	timeoutMs?: number;
	cwd?: string;
}

/**
 * Runs a program without a shell and without an input, keeping a bounded part of what it prints.
 * Resolves whatever the exit status; rejects only when the program cannot be started.
 */
export async function runProgram(path: string, args: string[], options: RunOptions = {}): Promise<ProgramResult> {
	return await new Promise((resolve, reject) => {
		const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: options.cwd });
		const stdout = new BoundedText();
		const stderr = new BoundedText();
		let timedOut = false;
		const end = () => child.kill('SIGKILL');
		const timer = setTimeout(() => {
			timedOut = true;
			end();
		}, options.timeoutMs ?? RUN_TIMEOUT_MS);

		options.signal?.addEventListener('abort', end, { once: true });
		if (options.signal?.aborted === true) end();
		child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk));
		child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));

		const settle = () => {
			clearTimeout(timer);
			options.signal?.removeEventListener('abort', end);
		};
		child.once('error', (error) => {
			settle();
			reject(error);
		});
		child.once('close', (code) => {
			settle();
			resolve({ code, stdout: stdout.text(), stderr: stderr.text(), timedOut });
		});
	});
}

/** Keeps the first and the last bytes of what is added, so that a chatty program costs no memory. */
class BoundedText {
	private head = Buffer.alloc(0);
	private tail = Buffer.alloc(0);
	private isCut = false;

	add(chunk: Buffer): void {
		const room = OUTPUT_HEAD_BYTES - this.head.length;
		if (room > 0) this.head = Buffer.concat([this.head, chunk.subarray(0, room)]);
		const rest = chunk.subarray(Math.max(room, 0));
		if (rest.length === 0) return;
		const tail = Buffer.concat([this.tail, rest]);
		if (tail.length > OUTPUT_TAIL_BYTES) this.isCut = true;
		this.tail = tail.subarray(Math.max(tail.length - OUTPUT_TAIL_BYTES, 0));
	}

	text(): string {
		return this.head.toString('utf8') + (this.isCut ? '\n…\n' : '') + this.tail.toString('utf8');
	}
}
