import type { IExecuteFunctions } from 'n8n-workflow';

import type { RouterOptions } from './router';

/** Questions about what is under way that one node asks a service at a time. */
const QUESTIONS_IN_PARALLEL = 8;

/**
 * Lets the items of some operations be worked on side by side: those that only ask, so that one tick of the recovery
 * flow with hundreds of jobs ends before the next one. What pays or changes something stays one by one.
 */
export function asksInParallel(...operations: string[]): RouterOptions {
	return {
		concurrency: (context: IExecuteFunctions) =>
			operations.includes(String(context.getNodeParameter('operation', 0, ''))) ? QUESTIONS_IN_PARALLEL : 1,
	};
}
