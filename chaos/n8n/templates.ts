import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A node of a template, in the members that decide what it does. */
export interface TemplateNode {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	onError?: 'continueErrorOutput' | 'continueRegularOutput' | 'stopWorkflow';
	disabled?: boolean;
	webhookId?: string;
}

export interface Template {
	id: string;
	name: string;
	nodes: TemplateNode[];
	connections: Record<string, { main: Array<Array<{ node: string }> | null> }>;
	settings: { errorWorkflow?: string };
}

const STICKY_NOTE = 'n8n-nodes-base.stickyNote';

/** The shipped templates by id, read once: what is played here is what is shipped. */
export function readTemplates(dir: string): Map<string, Template> {
	const files = readdirSync(dir).filter((name) => name.endsWith('.json'));
	const templates = files.sort().map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')) as Template);
	for (const template of templates) template.nodes = template.nodes.filter((node) => node.type !== STICKY_NOTE);
	return new Map(templates.map((template) => [template.id, template]));
}
