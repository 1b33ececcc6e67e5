import type { IDataObject } from 'n8n-workflow';

import { ScriptSplitter } from '../../../nodes/ScriptSplitter/ScriptSplitter.node';
import { runNode } from '../../support/mockExecuteCtx';

const node = new ScriptSplitter();

function items(...scripts: unknown[]) {
	return scripts.map((script_text) => ({ json: { script_text, title: 'A title' } as IDataObject }));
}

/** What the default expressions would give. */
function params(scripts: unknown[], more: IDataObject = {}) {
	return (index: number) => ({ script: scripts[index] as string, ...more });
}

describe('Script Splitter', () => {
	it('gives one item a script with its segments and passes the input fields on', async () => {
		const [output] = await runNode(node, { items: items('One. Two.'), params: params(['One. Two.']) });

		expect(output).toEqual([
			{
				json: {
					script_text: 'One. Two.',
					title: 'A title',
					segments: [{ order: 1, text: 'One. Two.', startS: 0, endS: 0.8, durationS: 0.8, words: 2 }],
					segmentCount: 1,
					totalS: 0.8,
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('gives one item a segment, each paired with its script', async () => {
		const scripts = ['One\nTwo', 'Three'];

		const [output] = await runNode(node, {
			items: items(...scripts),
			params: params(scripts, { mode: 'line', output: 'items', options: { includeInputFields: false } }),
		});

		expect(output.map(({ json, pairedItem }) => [json.text, json.order, json.segmentCount, pairedItem])).toEqual([
			['One', 1, 2, { item: 0 }],
			['Two', 2, 2, { item: 0 }],
			['Three', 1, 1, { item: 1 }],
		]);
		expect(output[0].json).not.toHaveProperty('title');
	});

	it('hands every setting to the splitter, numbers also as text', async () => {
		const script = 'Word '.repeat(40);

		const [output] = await runNode(node, {
			items: items(script),
			params: params([script], {
				targetSegmentS: '4',
				wordsPerMinute: 300,
				options: { maxCharacters: '60', minRatio: 0.5, maxRatio: 1.5, charactersPerMinute: 200, language: 'de' },
			}),
		});

		const segments = output[0].json.segments as Array<{ text: string; durationS: number }>;
		expect(segments.length).toBeGreaterThan(2);
		for (const { text } of segments) expect(text.length).toBeLessThanOrEqual(60);
	});

	it.each([
		['an empty script', '', {}, 'script_empty', 'script_text'],
		['a number', 42, {}, 'script_not_text', 'script_text'],
		['an object', { a: 1 }, {}, 'script_not_text', 'script_text'],
		['a target that is no number', 'Text.', { targetSegmentS: 'soon' }, 'option_invalid', 'target_segment_duration'],
		['a target of an odd type', 'Text.', { targetSegmentS: [30] }, 'option_invalid', 'target_segment_duration'],
		['an unknown mode', 'Text.', { mode: 'chapter' }, 'option_invalid', 'split_mode'],
	])('refuses %s with code and field', async (_name, script, more, code, field) => {
		const run = runNode(node, { items: items(script), params: params([script], more as IDataObject) });

		await expect(run).rejects.toMatchObject({ context: { itemIndex: 0, refusal: { code, field } } });
	});

	it('goes on with the other items when it may, and says what was wrong', async () => {
		const scripts = ['One.', ' ', 'Three.'];

		const [output] = await runNode(node, { items: items(...scripts), params: params(scripts), continueOnFail: true });

		expect(output).toHaveLength(3);
		expect(output[1]).toMatchObject({
			json: { error: expect.stringContaining('empty'), details: { code: 'script_empty', field: 'script_text' } },
			pairedItem: { item: 1 },
		});
	});

	it('does nothing without items', async () => {
		expect(await runNode(node, { items: [], params: {} })).toEqual([[]]);
	});
});
