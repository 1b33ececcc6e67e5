import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, watch } from 'node:fs';
import { KILL_AFTER_MS, LOG_TAIL_LINES, N8N_BIN, START_TIMEOUT_MS } from './constants';

/** What an n8n process does: everything, webhooks alone, or executions that others queued. */
export type N8nRole = 'start' | 'webhook' | 'worker';

/** What n8n writes once it has started, by what it does; seen at every level of logging up to `info`. */
const READY_LINES: Record<N8nRole, string> = {
	start: 'Editor is now accessible via:',
	webhook: 'Webhook listener waiting for requests.',
	worker: 'n8n worker is now ready',
};

/** A running process of n8n, at the head of a process group of its own so that it and its helpers end together. */
export class ServerProcess {
	private readonly child: ChildProcess;
	private readonly endWithUs = () => this.signalGroup('SIGKILL');

	constructor(
		env: Record<string, string>,
		readonly logFile: string,
		private readonly role: N8nRole = 'start',
	) {
		const log = openSync(logFile, 'w');
		this.child = spawn(process.execPath, [N8N_BIN, role], { env, detached: true, stdio: ['ignore', log, log] });
		closeSync(log);
		process.once('exit', this.endWithUs);
	}

	/**
	 * Resolves when n8n has said that it is ready and all these addresses answer with 200; fails with the end of the log
	 * when it ends before, takes too long or does not answer.
	 */
	async ready(...urls: string[]): Promise<void> {
		await this.saysReady();
		const answers = await Promise.all(urls.map(answersOk));
		const silent = urls.filter((_url, index) => !answers[index]);
		if (silent.length > 0) throw new Error(`n8n does not answer at ${silent.join(' and ')}. ${this.endOfLog()}`);
	}

	/** Each write to the log, and the end of the process, is an event: nothing is asked meanwhile. */
	private async saysReady(): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			const settle = (act: () => void) => {
				watcher.close();
				clearTimeout(timer);
				this.child.off('exit', look);
				act();
			};
			const fail = (what: string) => settle(() => reject(new Error(`n8n ${what}. ${this.endOfLog()}`)));
			const look = () => {
				if (readFileSync(this.logFile, 'utf8').includes(READY_LINES[this.role])) settle(resolve);
				else if (this.hasEnded()) fail('ended while starting');
			};
			const watcher = watch(this.logFile, look);
			const timer = setTimeout(() => fail(`was not ready after ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
			this.child.once('exit', look);
			// It may have said so, or ended, before anybody watched.
			look();
		});
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

	private endOfLog(): string {
		const lines = readFileSync(this.logFile, 'utf8').trimEnd().split('\n');
		return `The end of its log:\n${lines.slice(-LOG_TAIL_LINES).join('\n')}`;
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
