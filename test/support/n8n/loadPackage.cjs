// Loads an unpacked package as n8n does and prints what came of it as JSON.
// Usage: node loadPackage.cjs <n8n's node_modules> <package folder>; NODE_PATH must name the former, as n8n sees to it.
'use strict';
const { existsSync, realpathSync } = require('node:fs');
const { join, resolve, sep } = require('node:path');

const [modules, folder] = process.argv.slice(2);
require(join(modules, 'reflect-metadata'));
const { LazyPackageDirectoryLoader } = require(join(modules, 'n8n-core'));

async function main() {
	const loader = new LazyPackageDirectoryLoader(folder);
	await loader.loadAll();
	const report = {
		nodes: Object.values(loader.nodeTypes).map(({ type }) => describeNode(type.description)),
		credentials: Object.values(loader.credentialTypes).map(({ type }) => describeCredential(type)),
		modules: loadedModules(),
	};
	process.stdout.write(JSON.stringify(report));
}

function describeNode({ name, group, codex, usableAsTool, subtitle, iconUrl }) {
	return { name, isTrigger: group.includes('trigger'), codex, usableAsTool, subtitle, icons: iconFiles(iconUrl) };
}

function describeCredential({ name, supportedNodes, iconUrl }) {
	return { name, supportedNodes, icons: iconFiles(iconUrl) };
}

/** n8n makes `icons/<package>/<path inside the package>` of each icon. */
function iconFiles(iconUrl) {
	const urls = typeof iconUrl === 'string' ? [iconUrl] : Object.values(iconUrl ?? {});
	return urls.map((url) => {
		const path = resolve(folder, url.replace(/^icons\/[^/]+\//, ''));
		return { path, isInPackage: path.startsWith(resolve(folder) + sep) && existsSync(path) };
	});
}

/** Every module of the package that is in memory, with those of the package that it requires. */
function loadedModules() {
	const root = realpathSync(folder) + sep;
	const inPackage = (path) => path.startsWith(root);
	return Object.values(require.cache)
		.filter(({ id }) => inPackage(id))
		.map(({ id, children }) => ({
			path: id.slice(root.length),
			requires: children.map((child) => child.id.slice(root.length)),
		}));
}

main().catch((error) => {
	process.stderr.write(`${error.stack}\n`);
	process.exitCode = 1;
});
