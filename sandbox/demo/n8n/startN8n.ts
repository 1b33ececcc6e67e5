import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOOPBACK } from './constants';
import { putCredentials, putWorkflows } from './content';
import { n8nEnvironment } from './environment';
import { installPackages } from './packages';
import { freePort } from './ports';
import { RestClient } from './restClient';
import { ServerProcess } from './serverProcess';
import type { ExecutionSummary, Owner, RunningN8n, StartN8nOptions } from './types';

const DEFAULT_EXECUTIONS = 100;
const OWNER_EMAIL = 'owner@video-engine.example';
const STATE_FILE = 'state.json';

interface State {
	/** Hash of everything that was installed and imported. */
	content: string;
	owner: Owner;
}

/**
 * Starts a real n8n on loopback with our packages installed as a user would, credentials and workflows in place and
 * published, and resolves when its webhooks answer. A folder of an earlier start keeps its database when packages and
 * workflows are the same, and is made anew when they are not.
 */
export async function startN8n(options: StartN8nOptions): Promise<RunningN8n> {
	const tell = options.onProgress ?? (() => undefined);
	const owner = await prepareFolder(options, tell);
	const port = options.port ?? (await freePort());
	const env = n8nEnvironment({ dir: options.dir, port, brokerPort: await freePort(), env: options.env });
	const baseUrl = `http://${LOOPBACK}:${port}`;
	tell('starting n8n');
	const server = new ServerProcess(env, join(options.dir, 'n8n.log'));
	try {
		await server.ready(`${baseUrl}/healthz/readiness`, `${baseUrl}/rest/settings`);
		const rest = new RestClient(baseUrl);
		await rest.signIn(owner);
		tell('importing credentials and workflows');
		await putCredentials(rest, options.credentials);
		await putWorkflows(rest, options.workflows);
		return handle(baseUrl, owner, server, rest);
	} catch (error) {
		await server.kill();
		throw error;
	}
}

/** The folder with the packages in it, and who owns the instance; as it was where nothing has changed. */
export async function prepareFolder(
	{ dir, tarballs, workflows }: StartN8nOptions,
	tell: (what: string) => void,
): Promise<Owner> {
	const content = await contentHash(tarballs, workflows);
	const stateFile = join(dir, STATE_FILE);
	if (existsSync(stateFile)) {
		const state = JSON.parse(await readFile(stateFile, 'utf8')) as State;
		if (state.content === content) return state.owner;
	}
	await rm(dir, { recursive: true, force: true });
	await mkdir(dir, { recursive: true });
	tell('installing the package into n8n');
	await installPackages(dir, tarballs);
	const owner = { email: OWNER_EMAIL, password: newPassword() };
	await writeFile(stateFile, JSON.stringify({ content, owner } satisfies State), { mode: 0o600 });
	return owner;
}

/** n8n asks for an upper-case letter and a digit. */
function newPassword(): string {
	return `V3${randomBytes(9).toString('base64url')}`;
}

async function contentHash(tarballs: string[], workflows: unknown[]): Promise<string> {
	const hash = createHash('sha256').update(JSON.stringify(workflows));
	for (const tarball of tarballs) hash.update(await readFile(tarball));
	return hash.digest('hex');
}

function handle(baseUrl: string, owner: Owner, server: ServerProcess, rest: RestClient): RunningN8n {
	return {
		baseUrl,
		owner,
		logFile: server.logFile,
		rest: (method, path, body) => rest.call(method, path, body),
		async executions(limit = DEFAULT_EXECUTIONS) {
			const { results } = await rest.call<{ results: ExecutionSummary[] }>('GET', `/executions?limit=${limit}`);
			return results;
		},
		stop: () => server.stop(),
		kill: () => server.kill(),
	};
}
