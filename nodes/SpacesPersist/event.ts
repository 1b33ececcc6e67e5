import type { IDataObject } from 'n8n-workflow';
import type { ProviderEvent, ProviderOutput } from '../../engine/events';
import { eventJson } from '../shared/eventJson';
import type { JobContext } from '../shared/jobContext';
import { kindOfType } from './contentType';
import type { MediaFacts } from './inspect';

/** One permanent object, as the record of a job keeps it. */
export interface PersistedObject {
	url: string;
	bytes: number;
	contentType: string;
	sha256?: string;
	media?: MediaFacts;
}

/**
 * The news "this job has its result in Spaces". News that came in is carried forward, with its first output replaced
 * by the permanent one; anything else (a step, a due job) gives news of its own.
 */
export function completedEvent(incoming: IDataObject, job: JobContext, object: PersistedObject): IDataObject {
	const carried = isEvent(incoming) ? incoming : undefined;
	const [first, ...rest] = carried?.outputs ?? [];
	const output: ProviderOutput & Pick<PersistedObject, 'contentType' | 'sha256' | 'media'> = {
		...first,
		url: object.url,
		kind: kindOfType(object.contentType),
		persisted: true,
		bytes: object.bytes,
		contentType: object.contentType,
		sha256: object.sha256,
		media: object.media,
		durationS: object.media?.durationS ?? first?.durationS,
	};
	const event: ProviderEvent = {
		service: 'spaces',
		externalId: null,
		receivedAt: new Date().toISOString(),
		...carried,
		jobKey: job.jobKey,
		attempt: carried?.attempt ?? job.attempt,
		h: job.h,
		outcome: 'completed',
		outputs: [eventJsonOf(output), ...rest],
	};
	return eventJson(event);
}

function isEvent(json: IDataObject): json is IDataObject & ProviderEvent {
	return typeof json.outcome === 'string' && Array.isArray(json.outputs) && typeof json.service === 'string';
}

function eventJsonOf<T extends object>(value: T): T {
	return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
