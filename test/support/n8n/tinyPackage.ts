import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const NODE_SOURCE = `'use strict';
class Shout {
	constructor() {
		this.description = {
			displayName: 'Shout', name: 'shout', group: ['transform'], version: 1, description: 'Puts text in capitals',
			defaults: { name: 'Shout' }, inputs: ['main'], outputs: ['main'],
			properties: [{ displayName: 'Text', name: 'text', type: 'string', default: '' }],
		};
	}
	async execute() {
		const shout = (_, i) => ({ json: { text: this.getNodeParameter('text', i).toUpperCase() }, pairedItem: { item: i } });
		return [this.getInputData().map(shout)];
	}
}
exports.Shout = Shout;
`;

/** Packs a community package with one node, `n8n-nodes-tiny.shout`, and returns the tarball's path. */
export async function packTinyPackage(folder: string): Promise<string> {
	await mkdir(folder, { recursive: true });
	const manifest = {
		name: 'n8n-nodes-tiny',
		version: '1.0.0',
		keywords: ['n8n-community-node-package'],
		files: ['Shout.node.js'],
		n8n: { n8nNodesApiVersion: 1, nodes: ['Shout.node.js'], credentials: [] },
	};
	await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
	await writeFile(join(folder, 'Shout.node.js'), NODE_SOURCE);
	await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: folder });
	return join(folder, 'n8n-nodes-tiny-1.0.0.tgz');
}
