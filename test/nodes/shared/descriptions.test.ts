/** @reads nodes/ icons/ */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { INodeProperties, INodePropertyOptions, INodeType } from 'n8n-workflow';

import { operations as elevenLabsOperations } from '../../../nodes/ElevenLabs/actions/operations';
import { ElevenLabs } from '../../../nodes/ElevenLabs/ElevenLabs.node';
import { ElevenLabsTrigger } from '../../../nodes/ElevenLabs/ElevenLabsTrigger.node';
import { operations as goApiOperations } from '../../../nodes/GoApi/actions/operations';
import { GoApi } from '../../../nodes/GoApi/GoApi.node';
import { GoApiTrigger } from '../../../nodes/GoApi/GoApiTrigger.node';
import type { Operations } from '../../../nodes/shared/router';

const ROOT = join(__dirname, '../../..');

const ALL: Array<[string, string, INodeType]> = [
	['ElevenLabs', 'ElevenLabs', new ElevenLabs()],
	['ElevenLabs', 'ElevenLabsTrigger', new ElevenLabsTrigger()],
	['GoApi', 'GoApi', new GoApi()],
	['GoApi', 'GoApiTrigger', new GoApiTrigger()],
];

function operationsOf(properties: INodeProperties[]): Array<[string, INodePropertyOptions]> {
	return properties
		.filter((property) => property.name === 'operation')
		.flatMap((property) => {
			const resources = property.displayOptions?.show?.resource ?? [];
			return resources.flatMap((resource) =>
				(property.options as INodePropertyOptions[]).map((option): [string, INodePropertyOptions] => [
					String(resource),
					option,
				]),
			);
		});
}

describe.each(ALL)('%s/%s', (folder, name, node) => {
	it('has two icons, a codex of its own name and a subtitle', () => {
		const { icon, subtitle, name: typeName } = node.description;
		const { light, dark } = icon as { light: string; dark: string };
		const codex = JSON.parse(readFileSync(join(ROOT, 'nodes', folder, `${name}.node.json`), 'utf8')) as {
			node: string;
		};

		expect(light).not.toBe(dark);
		for (const path of [light, dark])
			expect(existsSync(join(ROOT, 'nodes', folder, path.slice('file:'.length)))).toBe(true);
		expect(codex.node).toBe(`n8n-nodes-video-engine.${typeName}`);
		expect(subtitle).toBeTruthy();
	});

	it('describes every parameter', () => {
		const silent = node.description.properties.filter(
			({ name: field, description, type }) =>
				!description && type !== 'collection' && !['resource', 'operation', 'binaryPropertyName'].includes(field),
		);

		expect(silent.map((property) => property.name)).toEqual([]);
	});
});

describe.each<[string, INodeType, Operations]>([
	['ElevenLabs', new ElevenLabs(), elevenLabsOperations],
	['GoAPI', new GoApi(), goApiOperations],
])('%s', (_, node, operations) => {
	it('offers exactly the operations that it can do, each with an action', () => {
		const offered = operationsOf(node.description.properties);

		const known = Object.entries(operations).flatMap(([resource, group]) =>
			Object.keys(group).map((name) => `${resource}.${name}`),
		);
		expect(offered.map(([resource, option]) => `${resource}.${String(option.value)}`).sort()).toEqual(known.sort());
		expect(offered.filter(([, option]) => !option.action || !option.description)).toEqual([]);
	});
});

describe.each<[string, INodeType, string]>([
	['ElevenLabs Trigger', new ElevenLabsTrigger(), 'video-engine/elevenlabs'],
	['GoAPI Trigger', new GoApiTrigger(), 'video-engine/goapi'],
])('%s', (_, node, path) => {
	it('listens at a full path that can be changed, and answers before the run', () => {
		const [webhook] = node.description.webhooks ?? [];

		expect(webhook).toMatchObject({
			httpMethod: 'POST',
			isFullPath: true,
			responseMode: 'onReceived',
			path: '={{ $parameter["path"] }}',
		});
		expect(node.description.properties.find((property) => property.name === 'path')?.default).toBe(path);
	});
});
