import type { IDataObject } from 'n8n-workflow';

import { redact } from '../../../shared/redact';

/** A workflow that broke, in the words that people are told. */
export interface WorkflowError {
	/** The same whenever the same breaks. */
	cause: string;
	title: string;
	message: string;
	reason: string;
	service: 'n8n';
	step: string;
	/** To the execution; empty where n8n kept none. */
	link: string;
}

function part(value: unknown): IDataObject {
	return typeof value === 'object' && value !== null ? (value as IDataObject) : {};
}

function words(...values: unknown[]): string {
	return redact(String(values.find((value) => typeof value === 'string' && value !== '') ?? ''));
}

/** What n8n's Error Trigger gives, in words; undefined for any other item. */
export function describeWorkflowError(item: IDataObject): WorkflowError | undefined {
	const [workflow, execution, trigger] = [part(item.workflow), part(item.execution), part(item.trigger)];
	const name = words(workflow.name);
	if (name === '' || (item.execution === undefined && item.trigger === undefined)) return undefined;
	const error = { ...part(trigger.error), ...part(execution.error) };
	const node = words(execution.lastNodeExecuted);
	return {
		cause: `${name}: ${words(error.message) || 'unknown error'}`,
		title: `A workflow of the video engine broke: ${name}`,
		message: node === '' ? 'It could not be started.' : `It ended in the node ${node}.`,
		reason: words(error.description, error.message) || 'n8n gave no reason.',
		service: 'n8n',
		step: node,
		link: words(execution.url),
	};
}
