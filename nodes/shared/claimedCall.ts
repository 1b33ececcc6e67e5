import { processState } from '../../tracker/processState';
import { ServiceError } from './errors';
import type { JobContext } from './jobContext';

/**
 * Comes last before a call that costs something: the attempt may have been given up while it waited for a slot, or for
 * Spaces; if not, its call begins here. A call without a job, or of a job that nobody has claimed here, may be made.
 *
 * @throws ServiceError with class `cancelled`; nothing was begun
 */
export async function beginCall(job: JobContext | undefined, service: string): Promise<void> {
	if (!job || (await processState.beginCall(job))) return;
	const message =
		'This attempt was given up before its call began: the job was cancelled, or another attempt has taken its place.';
	// Where the job waits for just this attempt after all, the next one may be made.
	throw new ServiceError({ class: 'cancelled', message, began: 'no', retryable: true }, service);
}
