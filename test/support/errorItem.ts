import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Failure } from '../../engine/events';

/** The failure that an error item carries; undefined for an item that went well. */
export function failureOfItem(item: INodeExecutionData): Failure | undefined {
	return (item.json.details as IDataObject | undefined)?.failure as Failure | undefined;
}
