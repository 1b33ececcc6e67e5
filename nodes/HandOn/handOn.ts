import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import type { Failure } from '../../engine/events';
import type { TrackerClock } from '../../tracker/airtable/types';
import { processState } from '../../tracker/processState';
import { waitForHolder, type Role } from '../../tracker/roles';
import { ServiceError } from '../shared/errors';
import { logger } from '../shared/log';
import { optionalString } from '../shared/params';
import { shorten } from '../shared/redact';
import { readRole, roleBookOf, roleName } from '../shared/roles';
import { runRouter, type Operation } from '../shared/router';

const CLOCK: TrackerClock = { now: () => Date.now(), sleep };

interface Started {
	executionId: string;
	workflowId: string;
}

/** Nothing has begun, and it may be tried again. */
function unstarted(message: string): ServiceError {
	const failure: Failure = { class: 'unavailable', message, began: 'no', retryable: true };
	return new ServiceError(failure, 'n8n');
}

/** Roles of which the log was told that nobody has them. */
function missedRoles(): Set<Role> {
	return processState.singleton('roles:missed', () => new Set<Role>());
}

async function holderOf(ctx: IExecuteFunctions, role: Role, clock: TrackerClock): Promise<string> {
	const book = await roleBookOf(ctx);
	const holder = await waitForHolder(book, role, clock);
	if (holder) {
		missedRoles().delete(role);
		return holder.workflowId;
	}
	const isKnown = (await book.holders()).size > 0;
	const message = isKnown
		? `No published workflow has the role "${roleName(role)}": publish the one with its Video Engine Role Trigger.`
		: 'No workflow has any role: publish those with a Video Engine Role Trigger, and where they are published restart n8n. In queue mode, choose the credential Video Engine Redis in this node and in the triggers.';
	if (!missedRoles().has(role)) logger(ctx).warn(message);
	missedRoles().add(role);
	throw unstarted(message);
}

async function start(
	ctx: IExecuteFunctions,
	itemIndex: number,
	items: INodeExecutionData[],
	clock: TrackerClock,
): Promise<Started> {
	const role = readRole(ctx, ctx.getNodeParameter('role', itemIndex));
	const workflowId = optionalString(ctx, 'workflow', itemIndex) ?? (await holderOf(ctx, role, clock));
	const parentExecution = { executionId: ctx.getExecutionId(), workflowId: ctx.getWorkflow().id ?? '' };
	const options = { doNotWaitToFinish: true, parentExecution, executionMode: ctx.getMode() };
	const given = items.map(({ json, binary }) => ({ json, ...(binary ? { binary } : {}) }));
	try {
		const { executionId } = await ctx.executeWorkflow({ id: workflowId }, given, undefined, options);
		return { executionId, workflowId };
	} catch (error) {
		const words = shorten(error instanceof Error ? error.message : String(error));
		throw unstarted(
			`The workflow with the role "${roleName(role)}" could not be started: ${words} It must be published and begin with "When Executed by Another Workflow".`,
		);
	}
}

/**
 * Starts the workflow that has the role, with all items or once for each, and waits for none of these executions. The
 * items come out as they came in, with links to what they started. An item that could not be handed on is an error that
 * says that nothing has begun.
 */
export async function handOn(ctx: IExecuteFunctions, clock = CLOCK): Promise<INodeExecutionData[]> {
	const items = ctx.getInputData();
	const isEach = ctx.getNodeParameter('items', 0) === 'each';
	const executions = new Map<string, Started>();
	let together: Promise<Started> | undefined;

	const operation: Operation = async function (itemIndex) {
		const { json, binary } = items[itemIndex];
		const begun = isEach
			? start(this, itemIndex, [items[itemIndex]], clock)
			: (together ??= start(this, 0, items, clock));
		const subExecution = await begun;
		executions.set(subExecution.executionId, subExecution);
		return [{ json, ...(binary ? { binary } : {}), metadata: { subExecution } }];
	};
	const [output] = await runRouter(ctx, { default: { default: operation } });

	const [subExecution] = executions.values();
	if (executions.size === 1) ctx.setMetadata({ subExecution });
	else ctx.setMetadata({ subExecutionsCount: executions.size });
	return output;
}
