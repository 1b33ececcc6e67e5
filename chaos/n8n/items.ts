import { Buffer } from 'node:buffer';

import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { CALLBACK_PATHS } from '../../engine/callback/constants';
import type { Scope } from './expressions';
import type { Template, TemplateNode } from './templates';

export type Items = INodeExecutionData[];

export interface Answer {
	status: number;
	body: unknown;
}

/** One execution on its way. */
export interface Run {
	id: string;
	template: Template;
	/** What each node gave last, for `$('Node')`. */
	given: Map<string, Items>;
	state: Map<string, unknown>;
	lastNode: string;
	/** Whose items the running node works on. */
	previousNode?: string;
	answer?: (answer: Answer) => void;
}

const CALLBACK_PATH_OF: Record<string, string> = {
	'n8n-nodes-video-engine.ncaToolkitTrigger': CALLBACK_PATHS.nca,
	'n8n-nodes-video-engine.goApiTrigger': CALLBACK_PATHS.goApi,
	'n8n-nodes-video-engine.elevenLabsTrigger': CALLBACK_PATHS.elevenLabs,
};

/** The path behind `/webhook/` at which a node listens; undefined for nodes that don't. */
export function pathOf(node: TemplateNode): string | undefined {
	const path = node.parameters.path;
	return typeof path === 'string' && path !== '' ? path : CALLBACK_PATH_OF[node.type];
}

/** JSON where it is JSON, else the text. */
export function parse(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString('utf8'));
	} catch {
		return bytes.toString('utf8');
	}
}

/** What expressions of a node may name, for one of its items. */
export function scopeOf(run: Run, json: IDataObject, itemIndex = 0): Scope {
	return {
		$json: json,
		$: (name) => {
			const given = run.given.get(name) ?? [];
			return { item: given[Math.min(itemIndex, given.length - 1)] ?? { json: {} } };
		},
		$execution: { id: run.id },
		$workflow: { id: run.template.id, name: run.template.name },
		$prevNode: { name: run.previousNode ?? '' },
	};
}

const ERROR_SHAPES = ['error', 'error,message', 'details,error,message'];

/** As n8n tells failed items: by an error on the item, or a JSON that holds nothing but one. */
function isErrorItem({ json, error }: INodeExecutionData): boolean {
	return error !== undefined || (Boolean(json.error) && ERROR_SHAPES.includes(Object.keys(json).sort().join(',')));
}

/** Failed items leave by the second output, with the JSON of their input added. */
export function splitErrors(input: Items, output: Items): Items[] {
	const good: Items = [];
	const bad: Items = [];
	for (const item of output) {
		if (!isErrorItem(item)) good.push(item);
		else {
			const index = typeof item.pairedItem === 'object' && 'item' in item.pairedItem ? item.pairedItem.item : 0;
			bad.push({ ...item, json: { ...input[index]?.json, ...item.json } });
		}
	}
	return [good, bad];
}
