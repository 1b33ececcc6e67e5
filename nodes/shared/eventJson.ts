import type { IDataObject } from 'n8n-workflow';

import type { ProviderEvent } from '../../engine/events';

/** An event as the JSON of an n8n item; members that are not set are left out. */
export function eventJson(event: ProviderEvent): IDataObject {
	const set = Object.entries(event).filter(([, value]) => value !== undefined);
	return Object.fromEntries(set) as IDataObject;
}
