import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { KILL_AFTER_MS, LOG_TAIL_LINES, N8N_BIN, READY_POLL_MS, START_TIMEOUT_MS } from './constants';

/** What an n8n process does: everything, webhooks alone, or executions that others queued. */
export type N8nRole = 'start' | 'webhook' | 'worker';

/** A running process of n8n, at the head of a process group of its own so that it and its helpers end together. */
export class ServerProcess {
	private readonly child: ChildProcess;
	private readonly endWithUs = () => this.signalGroup('SIGKILL');

	constructor(
		env: Record<string, string>,
		readonly logFile: string,
		role: N8nRole = 'start',
	) {
		const log = openSync(logFile, 'w');
		this.child = spawn(process.execPath, [N8N_BIN, role], { env, detached: true, stdio: ['ignore', log, log] });
		closeSync(log);
		process.once('exit', this.endWithUs);
	}

	/** Resolves when the address answers with 200; fails with the end of the log when n8n ends or takes too long. */
	async ready(url: string): Promise<void> {
		const deadline = Date.now() + START_TIMEOUT_MS;
		while (Date.now() < deadline) {
			if (this.hasEnded()) throw new Error(`n8n ended while starting. The end of its log:\n${this.logTail()}`);
			if (await answersOk(url)) return;
			await sleep(READY_POLL_MS);
		}
		throw new Error(`n8n was not ready after ${START_TIMEOUT_MS / 1000} s. The end of its log:\n${this.logTail()}`);
	}

	/** Asks n8n to stop, and ends it by force when it does not. */
	async stop(): Promise<void> {
		if (!this.hasEnded()) {
			const ended = once(this.child, 'exit');
			this.signalGroup('SIGTERM');
			const timer = setTimeout(() => this.signalGroup('SIGKILL'), KILL_AFTER_MS);
			await ended;
			clearTimeout(timer);
		}
		this.signalGroup('SIGKILL');
		process.off('exit', this.endWithUs);
	}

	/** Ends n8n without a warning. */
	async kill(): Promise<void> {
		this.signalGroup('SIGKILL');
		if (!this.hasEnded()) await once(this.child, 'exit');
		process.off('exit', this.endWithUs);
	}

	/** True while the process runs. */
	get isRunning(): boolean {
		return !this.hasEnded();
	}

	logTail(): string {
		return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
	}

	private hasEnded(): boolean {
		return this.child.exitCode !== null || this.child.signalCode !== null;
	}

	private signalGroup(signal: NodeJS.Signals): void {
		if (this.child.pid === undefined) return;
		try {
			process.kill(-this.child.pid, signal);
		} catch {
			// The whole group is gone already.
		}
	}
}

async function answersOk(url: string): Promise<boolean> {
	try {
		const response = await fetch(url);
		await response.arrayBuffer();
		return response.ok;
	} catch {
		return false;
	}
}
