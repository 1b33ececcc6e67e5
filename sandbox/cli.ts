import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { SANDBOX_SERVICES, type Sandbox, type SandboxOptions, startSandbox } from './index';

const HELP = `Starts local stand-ins of all outside services and stays up until it is stopped.

  --json          print one JSON line with base URLs and keys
  --port N        first port; the services follow one by one (default: free ports)
  --dir DIR       where files are kept; emptied at start (default: .sandbox)
  --keep          keep what an earlier run left there
  --log FILE      add one JSON line per call, callback and fault
  --faults FILE   fault settings, see sandbox/README.md
  --seed N        seed of everything random (default: 1)
`;

interface CliOptions {
	json: boolean;
	faults: unknown;
	sandbox: SandboxOptions;
}

/** @throws Error with a message for the person at the terminal */
function readOptions(argv: string[]): CliOptions | 'help' {
	const { values } = parseArgs({
		args: argv,
		options: {
			json: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
			keep: { type: 'boolean', default: false },
			port: { type: 'string' },
			dir: { type: 'string', default: '.sandbox' },
			log: { type: 'string' },
			faults: { type: 'string' },
			seed: { type: 'string' },
		},
	});
	if (values.help) return 'help';
	const firstPort = readInteger(values.port, '--port', 65_535 - SANDBOX_SERVICES.length - 1);
	return {
		json: values.json,
		faults: values.faults === undefined ? {} : JSON.parse(readFileSync(values.faults, 'utf8')),
		sandbox: {
			dir: values.dir,
			keep: values.keep,
			logFile: values.log,
			seed: readInteger(values.seed, '--seed', Number.MAX_SAFE_INTEGER),
			...(firstPort === undefined ? {} : portsFrom(firstPort)),
		},
	};
}

function readInteger(text: string | undefined, name: string, max: number): number | undefined {
	if (text === undefined) return undefined;
	const value = Number(text);
	if (!/^\d+$/.test(text) || value > max) throw new Error(`${name}: use a whole number up to ${max}`);
	return value;
}

/** HTTP ports in the order of the services, then the control plane, then SMTP's own. */
function portsFrom(first: number): Pick<SandboxOptions, 'ports' | 'settings'> {
	const control = first + SANDBOX_SERVICES.length;
	const byService = Object.fromEntries(SANDBOX_SERVICES.map((service, index) => [service, first + index]));
	return { ports: { ...byService, control }, settings: { smtp: { port: control + 1 } } };
}

function overview(sandbox: Sandbox): { control: string; services: Record<string, Record<string, string>> } {
	const services = sandbox.services.map((service) => [service, sandbox.credentials(service)] as const);
	return { control: sandbox.controlUrl, services: Object.fromEntries(services) };
}

function print(sandbox: Sandbox, json: boolean): void {
	const description = overview(sandbox);
	if (json) return void process.stdout.write(`${JSON.stringify(description)}\n`);
	for (const [service, credentials] of Object.entries(description.services)) {
		process.stdout.write(`${service}\n`);
		for (const [name, value] of Object.entries(credentials)) process.stdout.write(`  ${name.padEnd(16)} ${value}\n`);
	}
	process.stdout.write(`control\n  ${'baseUrl'.padEnd(16)} ${description.control}\n\nStop with Ctrl+C.\n`);
}

async function main(): Promise<void> {
	const options = readOptions(process.argv.slice(2));
	if (options === 'help') return void process.stdout.write(HELP);
	const sandbox = await startSandbox(options.sandbox);
	const stop = () => {
		void sandbox.stop().then(() => process.exit(0));
	};
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, stop);
	try {
		sandbox.setFaults(options.faults);
	} catch (error) {
		await sandbox.stop();
		throw error;
	}
	print(sandbox, options.json);
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
