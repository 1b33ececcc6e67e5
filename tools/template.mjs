#!/usr/bin/env node
// Puts a workflow that was exported from n8n's editor into workflows/: the one formatting that diffs well, and without
// what belongs to one instance alone.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { note } from './errors.mjs';

const USAGE = 'Usage: node tools/template.mjs <exported.json> <workflows/template.json>';

/**
 * The text of a template. `id` is the one that the other templates know it by: an import into n8n may have changed it.
 */
export function templateText(exported, id = exported.id) {
	const { name, nodes, connections, settings = {} } = exported;
	const template = {
		active: false,
		connections,
		id,
		meta: { templateId: 'video-engine' },
		name,
		nodes: nodes.map(withoutAccountIds),
		pinData: {},
		settings,
		staticData: null,
		tags: [],
	};
	return `${JSON.stringify(sorted(template), null, '\t')}\n`;
}

/** Credentials are found by their names after an import. */
function withoutAccountIds({ credentials, ...node }) {
	if (credentials === undefined) return node;
	const byName = Object.entries(credentials).map(([type, { name }]) => [type, { id: null, name }]);
	return { ...node, credentials: Object.fromEntries(byName) };
}

function sorted(value) {
	if (Array.isArray(value)) return value.map(sorted);
	if (value === null || typeof value !== 'object') return value;
	const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
	return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}

function main([from, to]) {
	if (from === undefined || to === undefined) {
		note(USAGE);
		process.exitCode = 2;
		return;
	}
	const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
	writeFileSync(to, templateText(read(from), existsSync(to) ? read(to).id : undefined));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
	main(process.argv.slice(2));
