import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const SIGNAL_EXIT_BASE = 128;

/**
 * Runs a command in the foreground with our stdio and resolves to its exit code (128 + signal when it was killed).
 * Signals that reach us are passed on, so that ending this process ends the command in an orderly way.
 */
export function runForeground(command, args, options = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { stdio: 'inherit', ...options });
		// At a terminal Ctrl-C reaches the whole process group: passing it on would deliver it twice.
		const forward = (signal) => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal));
		for (const signal of FORWARDED_SIGNALS) process.on(signal, forward);
		const done = () => FORWARDED_SIGNALS.forEach((signal) => process.off(signal, forward));
		child.once('error', (error) => {
			done();
			reject(error);
		});
		child.once('exit', (code, signal) => {
			done();
			resolve(code ?? SIGNAL_EXIT_BASE + (constants.signals[signal] ?? 0));
		});
	});
}

/** Runs a command in the background and resolves to `{ code, output }` with stdout and stderr together. */
export function runQuiet(command, args, options = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
		const chunks = [];
		child.stdout.on('data', (chunk) => chunks.push(chunk));
		child.stderr.on('data', (chunk) => chunks.push(chunk));
		child.once('error', reject);
		child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') }));
	});
}

/** Runs npm in a folder; `env` is laid over ours. Resolves to `{ code, output }`. */
export function runNpm(args, { cwd, env = {} }) {
	const childEnv = { ...process.env, ...env };
	// Set by an outer `npm run`; in another folder they would point npm back at the root.
	for (const name of ['npm_config_local_prefix', 'npm_config_prefix', 'INIT_CWD']) delete childEnv[name];
	return runQuiet('npm', args, { cwd, env: childEnv, shell: process.platform === 'win32' });
}
