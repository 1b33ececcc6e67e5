import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import type { FailureClass } from '../../../../engine/events';
import { ServiceError } from '../../../shared/errors';
import { eventJson } from '../../../shared/eventJson';
import { optionalString, requirePositiveInteger, requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { attempt } from '../../attempt';
import { SERVICE_LABEL } from '../../constants';
import { askJob, askJobs, type KnownJob } from '../../jobs';
import { envelopeEvent, type JobIdentity } from '../../outcome';
import { windowProperty } from './job.descriptions';

const properties: INodeProperties[] = [
	{
		displayName: 'Job Key',
		name: 'jobKey',
		type: 'string',
		default: '={{ $json.jobKey }}',
		required: true,
		description: 'The key of the job in the Job Tracker',
	},
	{
		displayName: 'Attempt',
		name: 'attempt',
		type: 'string',
		default: '={{ $json.attempt }}',
		required: true,
		description: 'Which attempt of the job was submitted',
	},
	{
		displayName: 'Hash',
		name: 'h',
		type: 'string',
		default: '={{ $json.h }}',
		required: true,
		description: 'The first 16 characters of the input hash that was submitted',
	},
	{
		displayName: 'Job ID',
		name: 'jobId',
		type: 'string',
		default: '={{ $json.externalId }}',
		description: 'The job_id that the toolkit gave. Without it nothing can be found out.',
	},
	{
		displayName: 'Queue ID',
		name: 'queueId',
		type: 'string',
		default: '={{ $json.queueId }}',
		description: 'The queue that took the job, given on with the evidence',
	},
	windowProperty,
];

export const description = updateDisplayOptions(
	{ show: { resource: ['job'], operation: ['getEvidence'] } },
	properties,
);

type Evidence = { state: 'queued' | 'running' | 'unknown'; notFound?: boolean; problem?: string };

/** The one bulk answer that all items of an execution share. */
const bulkAnswers = new WeakMap<IExecuteFunctions, Promise<Map<string, string>>>();

async function stateInBulk(ctx: IExecuteFunctions, jobId: string, itemIndex: number): Promise<string | undefined> {
	let states = bulkAnswers.get(ctx);
	if (!states) {
		states = askJobs(ctx, requirePositiveInteger(ctx, 'sinceS', 'Window (Seconds)', itemIndex), itemIndex);
		bulkAnswers.set(ctx, states);
	}
	return (await states).get(jobId);
}

function evidenceOfState(state: string | undefined): Evidence | undefined {
	if (state === 'running') return { state };
	return state === 'queued' || state === 'submitted' ? { state: 'queued' } : undefined;
}

/** Failures that a person must mend; behind any other, "cannot tell" is not "failed". */
const FOR_PEOPLE: FailureClass[] = ['auth', 'cancelled', 'invalid_input', 'refused'];

async function ask(ctx: IExecuteFunctions, jobId: string, itemIndex: number): Promise<Evidence | { job: KnownJob }> {
	const evidence = evidenceOfState(await stateInBulk(ctx, jobId, itemIndex));
	return evidence ?? { job: await askJob(ctx, jobId, itemIndex) };
}

/** What is known of one job: its state in the bulk answer, or the toolkit's full answer where that is not enough. */
async function lookUp(ctx: IExecuteFunctions, jobId: string, itemIndex: number): Promise<Evidence | { job: KnownJob }> {
	const found = await attempt(ask(ctx, jobId, itemIndex));
	if ('value' in found) return found.value;
	if (FOR_PEOPLE.includes(found.failure.class)) throw new ServiceError(found.failure, SERVICE_LABEL);
	return { state: 'unknown', problem: found.failure.message };
}

function readIdentity(ctx: IExecuteFunctions, itemIndex: number): JobIdentity {
	return {
		jobKey: requireString(ctx, 'jobKey', 'Job Key', itemIndex),
		attempt: requirePositiveInteger(ctx, 'attempt', 'Attempt', itemIndex),
		h: requireString(ctx, 'h', 'Hash', itemIndex),
	};
}

export const execute: Operation = async function (itemIndex) {
	const identity = readIdentity(this, itemIndex);
	const jobId = optionalString(this, 'jobId', itemIndex);
	const found = jobId === undefined ? { state: 'unknown' as const } : await lookUp(this, jobId, itemIndex);
	if ('job' in found && found.job?.envelope) return eventJson(envelopeEvent(found.job.envelope, identity));

	const job = 'job' in found ? found.job : undefined;
	const evidence: Evidence =
		'state' in found ? found : (evidenceOfState(job?.state) ?? { state: 'unknown', notFound: job === undefined });
	const queueId = optionalString(this, 'queueId', itemIndex) ?? job?.queueId ?? null;
	const { state, ...more } = evidence;
	const row: IDataObject = this.getInputData()[itemIndex].json;
	return { ...row, ...identity, externalId: jobId ?? null, queueId, evidence: state, ...more };
};
