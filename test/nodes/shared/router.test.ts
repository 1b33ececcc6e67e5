import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import type { Failure } from '../../../engine/events';
import { ServiceError } from '../../../nodes/shared/errors';
import type { Operation } from '../../../nodes/shared/router';
import { mockExecuteCtx, runNode } from '../../support/mockExecuteCtx';
import { createToyNode } from './toyNode';

const QUOTA: Failure = { class: 'quota', message: 'no credits left', began: 'no', retryable: false, httpStatus: 401 };

const echo: Operation = async function (itemIndex) {
	return { text: this.getNodeParameter('text', itemIndex) as string };
};

const failOnBad: Operation = async function (itemIndex) {
	const text = this.getNodeParameter('text', itemIndex) as string;
	if (text === 'bad') throw new ServiceError(QUOTA, 'ElevenLabs');
	return { text };
};

const itemsOf = (count: number) => Array.from({ length: count }, (_, index) => ({ json: { index } }));
const texts = (list: string[]) => (itemIndex: number) => ({ text: list[itemIndex] });

describe('runRouter', () => {
	it.each([0, 1, 3])('gives one paired item for each of %i input items', async (count) => {
		const node = createToyNode({ thing: { do: echo } });

		const [output] = await runNode(node, { items: itemsOf(count), params: (index) => ({ text: `t${index}` }) });

		expect(output).toEqual(itemsOf(count).map((_, item) => ({ json: { text: `t${item}` }, pairedItem: { item } })));
	});

	it('pairs every item of an operation that gives several, and keeps binary data', async () => {
		const many: Operation = async () => [
			{ json: { part: 1 }, binary: { data: { data: 'AA==', mimeType: 'audio/mpeg' } } },
			{ json: { part: 2 } },
		];

		const [output] = await runNode(createToyNode({ thing: { do: many } }), { items: itemsOf(2) });

		expect(output.map((item) => [item.json.part, item.pairedItem])).toEqual([
			[1, { item: 0 }],
			[2, { item: 0 }],
			[1, { item: 1 }],
			[2, { item: 1 }],
		]);
		expect(output[0].binary?.data.mimeType).toBe('audio/mpeg');
	});

	it('turns plain lists into items', async () => {
		const list: Operation = async () => [{ name: 'a' }, { name: 'b' }];

		const [output] = await runNode(createToyNode({ thing: { do: list } }));

		expect(output.map((item) => item.json.name)).toEqual(['a', 'b']);
	});

	it('ends with the first error, which says what to do and which item it was', async () => {
		const node = createToyNode({ thing: { do: failOnBad } });

		const run = runNode(node, { items: itemsOf(3), params: texts(['a', 'bad', 'c']) });

		const error = await run.catch((reason: unknown) => reason as NodeApiError);
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error).toMatchObject({
			message: expect.stringContaining('ElevenLabs: The plan or credit'),
			description: 'no credits left',
			context: { itemIndex: 1, failure: QUOTA },
		});
	});

	it('goes on after an error when told so, and gives the failure to the error output', async () => {
		const node = createToyNode({ thing: { do: failOnBad } });

		const [output] = await runNode(node, {
			items: itemsOf(3),
			params: texts(['a', 'bad', 'c']),
			continueOnFail: true,
		});

		expect(output.map((item) => item.pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(output[1].json).toEqual({
			error: expect.stringContaining('credit'),
			message: QUOTA.message,
			details: { failure: QUOTA },
		});
		// n8n would replace the JSON of an item that has it.
		expect(output[1].error).toBeUndefined();
	});

	it('names an operation that does not exist, also one that only a prototype has', async () => {
		const node = createToyNode({ thing: { do: echo } });

		const run = runNode(node, { params: { operation: 'constructor' } });

		await expect(run).rejects.toThrow('The operation "constructor" of "thing" does not exist');
	});

	it('keeps the order of the items when several are worked on at a time', async () => {
		let inWork = 0;
		let peak = 0;
		const slow: Operation = async function (itemIndex) {
			peak = Math.max(peak, ++inWork);
			await new Promise((resolve) => setImmediate(resolve));
			inWork -= 1;
			return { itemIndex };
		};
		const node = createToyNode({ thing: { do: slow } }, { concurrency: () => 2 });

		const [output] = await runNode(node, { items: itemsOf(5) });

		expect(output.map((item) => item.json.itemIndex)).toEqual([0, 1, 2, 3, 4]);
		expect(peak).toBe(2);
	});

	it('starts nothing new after an error, but awaits what is in work', async () => {
		const finished: number[] = [];
		let started = 0;
		const work: Operation = async function (itemIndex) {
			started += 1;
			if (itemIndex === 0) throw new NodeOperationError(this.getNode(), 'first one fails');
			await new Promise((resolve) => setImmediate(resolve));
			finished.push(itemIndex);
			return {};
		};
		const node = createToyNode({ thing: { do: work } }, { concurrency: () => 2 });

		await expect(runNode(node, { items: itemsOf(5) })).rejects.toThrow('first one fails');

		expect(started).toBe(2);
		expect(finished).toEqual([1]);
	});

	it('begins no item once the execution is cancelled', async () => {
		let isCalled = false;
		const node = createToyNode({ thing: { do: async () => ((isCalled = true), {}) } });
		const { ctx } = mockExecuteCtx(node, { signal: AbortSignal.abort() });

		const run = node.execute?.call(ctx);

		await expect(run).rejects.toMatchObject({ context: { failure: { class: 'cancelled', began: 'no' } } });
		expect(isCalled).toBe(false);
	});

	it('completes an error of n8n instead of wrapping it', async () => {
		const refuse: Operation = async function () {
			throw new NodeOperationError(this.getNode(), 'Text is required');
		};

		const run = runNode(createToyNode({ thing: { do: refuse } }));

		await expect(run).rejects.toMatchObject({
			message: 'Text is required',
			context: { itemIndex: 0, failure: { class: 'invalid_input', began: 'no', retryable: false } },
		});
	});
});
