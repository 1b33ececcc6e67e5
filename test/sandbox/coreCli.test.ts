/** @runs sandbox/cli.ts */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { SANDBOX_SERVICES } from '../../sandbox';

const ROOT = join(__dirname, '..', '..');

/** Bundling and loading all stand-ins takes seconds on a busy machine. */
const START_LIMIT_MS = 120_000;

interface Printed {
	control: string;
	services: Record<string, Record<string, string>>;
}

let dir: string;
let child: ChildProcess | undefined;

function run(...args: string[]): ChildProcess {
	child = spawn(process.execPath, [join(ROOT, 'tools', 'run.mjs'), 'sandbox', '--', ...args], {
		cwd: ROOT,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	return child;
}

/** The first line that a program prints; when it ends without one, its errors are the reason. */
async function firstLine(program: ChildProcess): Promise<string> {
	const errors = textOf(program.stderr);
	for await (const line of createInterface({ input: program.stdout as NodeJS.ReadableStream })) return line;
	throw new Error(await errors);
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
	let text = '';
	for await (const chunk of stream ?? []) text += String(chunk);
	return text;
}

beforeEach(async () => {
	dir = await mkdtemp(join(tmpdir(), 'sandbox-cli-'));
});

afterEach(async () => {
	if (child?.exitCode === null) {
		child.kill('SIGTERM');
		await once(child, 'exit');
	}
	await rm(dir, { recursive: true, force: true });
});

it(
	'prints addresses and keys of all services, begins with the given faults, and stops when told',
	async () => {
		const faults = join(dir, 'faults.json');
		const log = join(dir, 'log.jsonl');
		await writeFile(faults, JSON.stringify({ services: { slack: { status: { '503': 1 } } } }));
		const program = run('--json', '--dir', join(dir, 'files'), '--faults', faults, '--log', log, '--seed', '3');

		const printed = JSON.parse(await firstLine(program)) as Printed;
		const slack = await fetch(printed.services.slack.slackWebhookUrl, { method: 'POST', body: '{"text":"a"}' });
		const report = (await (await fetch(`${printed.control}/_sandbox/report`)).json()) as Record<string, unknown>;
		program.kill('SIGTERM');
		const [code] = (await once(program, 'exit')) as [number];

		expect(Object.keys(printed.services)).toEqual([...SANDBOX_SERVICES]);
		for (const { baseUrl } of Object.values(printed.services)) expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
		expect(slack.status).toBe(503);
		expect(report).toMatchObject({ seed: 3, paidCalls: [], services: { slack: { calls: 1 } } });
		expect(code).toBe(0);
		expect(await readFile(log, 'utf8')).toContain('"fault":"503"');
	},
	START_LIMIT_MS,
);

it(
	'says what is wrong with its faults, and starts nothing',
	async () => {
		const faults = join(dir, 'faults.json');
		await writeFile(faults, JSON.stringify({ callbacks: { drop: 3 } }));
		const program = run('--json', '--dir', join(dir, 'files'), '--faults', faults);

		const [[code], errors, output] = (await Promise.all([
			once(program, 'exit'),
			textOf(program.stderr),
			textOf(program.stdout),
		])) as [[number], string, string];

		expect(code).toBe(1);
		expect(errors).toContain('callbacks.drop: use a chance from 0 to 1');
		expect(output).toBe('');
	},
	START_LIMIT_MS,
);
