/** @reads workflows/ */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKFLOWS_DIR } from './constants';
import { DemoError } from './errors';
import type { WorkflowJson } from './n8n';

/** The shipped templates, in reading order. */
export async function readWorkflows(): Promise<WorkflowJson[]> {
	const names = (await readdir(WORKFLOWS_DIR)).filter((name) => name.endsWith('.json')).sort();
	if (names.length === 0) throw new DemoError(`There are no workflows in ${WORKFLOWS_DIR}`);
	const texts = await Promise.all(names.map((name) => readFile(join(WORKFLOWS_DIR, name), 'utf8')));
	return texts.map((text) => JSON.parse(text) as WorkflowJson);
}
