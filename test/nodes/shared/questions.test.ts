import type { IExecuteFunctions } from 'n8n-workflow';

import { asksInParallel } from '../../../nodes/shared/questions';

const contextOf = (operation: string) => ({ getNodeParameter: () => operation }) as unknown as IExecuteFunctions;

describe('items of a node', () => {
	it('are worked on side by side when they only ask, and one by one when they change something', () => {
		const { concurrency } = asksInParallel('get', 'head');

		expect(['get', 'head', 'create'].map((operation) => concurrency?.(contextOf(operation)))).toEqual([8, 8, 1]);
	});
});
