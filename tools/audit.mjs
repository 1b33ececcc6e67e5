import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPackage } from './build.mjs';
import { ToolError, note } from './errors.mjs';
import { DIST, ROOT } from './paths.mjs';
import { runNpm } from './spawn.mjs';

const AUDIT_PATH = '-/npm/v1/security/advisories/bulk';
const AUDIT_TIMEOUT_MS = 30_000;
/** What of these severities is in the bundle must not be published. */
const FAILING = ['high', 'critical'];
const DEFAULT_REGISTRY = 'https://registry.npmjs.org/';

/**
 * Asks the registry for known weaknesses of the libraries that users receive. The published package has no
 * dependencies, so `npm audit` sees none: what counts is what esbuild put into the bundle, with the versions of it.
 *
 * @returns 0 when nothing serious is known, or when the registry could not be asked and `isStrict` is false
 * @throws ToolError for weaknesses of severity high or critical
 */
export async function audit({ isStrict = false } = {}) {
	await buildPackage();
	const packages = await bundledPackages();
	const registry = await configuredRegistry();
	const answer = await askForAdvisories(registry, packages);
	if (!answer.ok) {
		const problem = `NOT AUDITED: ${registry} does not answer the question for advisories (${answer.reason}). ${packages.length} bundled libraries remain unchecked.`;
		if (isStrict) throw new ToolError(problem);
		note(problem);
		return 0;
	}
	return judge(answer.advisories, packages);
}

/** Name and version of every library in the bundle, from the list of licences that the build writes. */
export async function bundledPackages() {
	const notices = await readFile(join(DIST, 'THIRD_PARTY_LICENSES.txt'), 'utf8');
	const heads = [...notices.matchAll(/^-{80}\n(\S+) (\d\S*) \(/gm)];
	if (heads.length === 0) throw new ToolError('dist/THIRD_PARTY_LICENSES.txt names no library: has its form changed?');
	return heads.map(([, name, version]) => ({ name, version }));
}

async function configuredRegistry() {
	const { code, output } = await runNpm(['config', 'get', 'registry', '--loglevel=error'], { cwd: ROOT });
	const url = /https?:\/\/\S+/.exec(output)?.[0];
	return code === 0 && url !== undefined ? url : DEFAULT_REGISTRY;
}

/** Advisories by package name, as npm's own audit asks for them. Never throws: a registry may lack this service. */
export async function askForAdvisories(registry, packages) {
	const versions = {};
	for (const { name, version } of packages) versions[name] = [...new Set([...(versions[name] ?? []), version])];
	try {
		const response = await fetch(new URL(AUDIT_PATH, registry.endsWith('/') ? registry : `${registry}/`), {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(versions),
			signal: AbortSignal.timeout(AUDIT_TIMEOUT_MS),
		});
		if (!response.ok) return { ok: false, reason: `HTTP ${response.status}` };
		return { ok: true, advisories: await response.json() };
	} catch (error) {
		return { ok: false, reason: error.cause?.code ?? error.message };
	}
}

/** Tells what is known. @throws ToolError when any of it is serious */
export function judge(advisories, packages) {
	const found = Object.entries(advisories).flatMap(([name, list]) =>
		list.map(({ severity, title, url, vulnerable_versions: range }) => ({ name, severity, title, url, range })),
	);
	for (const { name, severity, title, url, range } of found) note(`${severity}: ${name} ${range}: ${title} ${url}`);
	const serious = found.filter(({ severity }) => FAILING.includes(severity));
	if (serious.length > 0) {
		const names = [...new Set(serious.map(({ name }) => name))].join(', ');
		throw new ToolError(`Bundled libraries with weaknesses of severity ${FAILING.join(' or ')}: ${names}`);
	}
	note(`Audited ${packages.length} bundled libraries: ${found.length} lesser advisories, none high or critical.`);
	return 0;
}
