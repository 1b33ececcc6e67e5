import { setTimeout as sleep } from 'node:timers/promises';
import { PUBLISH_TIMEOUT_MS, READY_POLL_MS } from './constants';
import type { RestClient } from './restClient';
import type { CredentialSpec, WorkflowJson } from './types';

interface Named {
	id: string;
	name: string;
}

/** Creates the credentials, or gives those of an earlier start their present values. */
export async function putCredentials(rest: RestClient, credentials: CredentialSpec[]): Promise<void> {
	const existing = await rest.call<Named[]>('GET', '/credentials');
	for (const credential of credentials) {
		const known = existing.find(({ name }) => name === credential.name);
		if (known === undefined) await rest.call('POST', '/credentials', credential);
		else await rest.call('PATCH', `/credentials/${known.id}`, credential);
	}
}

/** Creates those workflows that are not there yet, under their own ids, and publishes every one. */
export async function putWorkflows(rest: RestClient, workflows: WorkflowJson[]): Promise<void> {
	const existing = await rest.call<Array<Named & { active: boolean }>>('GET', '/workflows');
	const credentials = await rest.call<Named[]>('GET', '/credentials');
	for (const workflow of workflows) {
		if (!existing.some(({ id }) => id === workflow.id)) {
			await rest.call('POST', '/workflows', bindCredentials(workflow, credentials));
		}
	}
	const unpublished = workflows.filter(({ id }) => !existing.some((known) => known.id === id && known.active));
	await publishAll(rest, unpublished);
	await Promise.all(unpublished.map(({ id }) => publicationSettled(rest, id)));
}

/** Templates name credentials by name alone; the editor binds them on import, the API leaves them as they are. */
function bindCredentials(workflow: WorkflowJson, credentials: Named[]): WorkflowJson {
	const idOf = new Map(credentials.map(({ id, name }) => [name, id]));
	const nodes = workflow.nodes.map((node) => {
		if (node.credentials === undefined) return node;
		const bound = Object.entries(node.credentials).map(([type, { name }]) => [
			type,
			{ id: idOf.get(name) ?? null, name },
		]);
		return { ...node, credentials: Object.fromEntries(bound) };
	});
	return { ...workflow, nodes };
}

/**
 * n8n refuses to publish a workflow before the sub-workflows that it names, so those that are refused are tried again
 * after the others. A round without progress is an error that a person would meet in the editor too.
 */
async function publishAll(rest: RestClient, workflows: WorkflowJson[]): Promise<void> {
	let waiting = workflows;
	while (waiting.length > 0) {
		const refused: Array<{ workflow: WorkflowJson; reason: string }> = [];
		for (const workflow of waiting) {
			const reason = await publish(rest, workflow.id);
			if (reason !== undefined) refused.push({ workflow, reason });
		}
		if (refused.length === waiting.length) {
			throw new Error(
				refused.map(({ workflow, reason }) => `${workflow.name} cannot be published: ${reason}`).join('\n'),
			);
		}
		waiting = refused.map(({ workflow }) => workflow);
	}
}

async function publish(rest: RestClient, id: string): Promise<string | undefined> {
	const { versionId } = await rest.call<{ versionId: string }>('GET', `/workflows/${id}`);
	try {
		await rest.call('POST', `/workflows/${id}/activate`, { versionId });
		return undefined;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

/** Publication goes on after the API has answered: webhooks and schedules work once its status says so. */
async function publicationSettled(rest: RestClient, id: string): Promise<void> {
	const deadline = Date.now() + PUBLISH_TIMEOUT_MS;
	while (Date.now() < deadline) {
		const { status, triggers } = await rest.call<{ status: string; triggers: Array<{ errorMessage?: string | null }> }>(
			'GET',
			`/workflows/${id}/publication-status`,
		);
		if (status === 'published' || status === 'not_published') return;
		if (status !== 'in_progress') {
			throw new Error(
				`Workflow ${id} was not published: ${triggers.map(({ errorMessage }) => errorMessage ?? '').join('; ')}`,
			);
		}
		await sleep(READY_POLL_MS);
	}
	throw new Error(`Workflow ${id} was not published within ${PUBLISH_TIMEOUT_MS / 1000} s`);
}
