import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { readAnswer } from './outcome';
import { callToolkit, type ToolkitCall } from './transport';

/**
 * Asks the toolkit something that it answers at once and never calls back about.
 * Gives the answer itself where it is an object, `{ response }` otherwise.
 *
 * @throws ServiceError
 */
export async function askToolkit(
	ctx: IExecuteFunctions,
	itemIndex: number,
	call: Omit<ToolkitCall, 'idempotent'>,
): Promise<IDataObject> {
	const answer = await callToolkit(ctx, { ...call, idempotent: true }, itemIndex);
	const read = readAnswer(answer.body);
	const response = 'finished' in read ? read.finished.response : null;
	const isObject = typeof response === 'object' && response !== null && !Array.isArray(response);
	return isObject ? (response as IDataObject) : { response: response as IDataObject[string] };
}
