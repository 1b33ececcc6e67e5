import type { IDataObject } from 'n8n-workflow';

import { ElevenLabs } from '../../../nodes/ElevenLabs/ElevenLabs.node';
import { runNode, type MockExecuteOptions } from '../../support/mockExecuteCtx';
import { withSandbox } from '../../support/sandbox';
import { failureOfItem } from '../../support/errorItem';

const JOB = {
	jobKey: 'v1.voiceover.001',
	attempt: 1,
	inputHash: 'a'.repeat(64),
	objectKey: `videos/v1/${'a'.repeat(16)}/segment_1_voiceover.mp3`,
};
const SPEECH_TEST_MS = 120_000;

const sandbox = withSandbox(['elevenLabs', 'spaces'], { settings: { elevenLabs: { maxConcurrent: 2 } } });

function credentials(elevenLabs: IDataObject = {}) {
	const spaces = sandbox().credentials('spaces');
	const { baseUrl, apiKey } = sandbox().credentials('elevenLabs');
	return {
		elevenLabsApi: { baseUrl, apiKey, maxConcurrent: 2, ...elevenLabs },
		digitalOceanSpacesApi: {
			...spaces,
			endpoint: spaces.endpoint ?? spaces.baseUrl,
			forcePathStyle: true,
			allowedInternalHosts: new URL(spaces.baseUrl).host,
		},
	};
}

async function run(params: IDataObject, more: MockExecuteOptions & { elevenLabs?: IDataObject } = {}) {
	const [output] = await runNode(new ElevenLabs(), { credentials: credentials(more.elevenLabs), params, ...more });
	return output;
}

async function firstVoice(): Promise<IDataObject> {
	const [voice] = await run({ resource: 'voice', operation: 'getAll', limit: 1 });
	return { __rl: true, mode: 'id', value: voice.json.voice_id as string };
}

const paidCalls = () => (sandbox().report() as unknown as { paidCalls: unknown[] }).paidCalls;

describe('ElevenLabs against its stand-in', () => {
	it('reads voices, models and the plan', async () => {
		const voices = await run({ resource: 'voice', operation: 'getAll', returnAll: true });
		const models = await run({ resource: 'model', operation: 'getAll' });
		const [usage] = await run({ resource: 'usage', operation: 'get' });

		expect(voices.length).toBeGreaterThan(0);
		expect(models.map((model) => model.json.model_id)).toContain('eleven_multilingual_v2');
		expect(usage.json.character_limit).toEqual(expect.any(Number));
	});

	it(
		'speaks into Spaces once, and takes the result from there the second time',
		async () => {
			const params = { voiceId: await firstVoice(), text: 'A fox runs.', saveToSpaces: true, job: JOB };

			const [made] = await run(params);
			const [taken] = await run(params);

			const [output] = made.json.outputs as Array<{ url: string; durationS: number; bytes: number }>;
			expect(made.json).toMatchObject({ outcome: 'completed', usage: { unit: 'characters' } });
			expect(output.durationS).toBeGreaterThan(0.3);
			expect(taken.json.outputs).toEqual([{ ...output, durationS: expect.closeTo(output.durationS, 3) }]);
			const saved = await fetch(output.url);
			expect([saved.status, saved.headers.get('content-type')]).toEqual([200, 'audio/mpeg']);
			expect((await saved.arrayBuffer()).byteLength).toBe(output.bytes);
			expect(paidCalls()).toHaveLength(1);
		},
		SPEECH_TEST_MS,
	);

	it(
		'finds speech that was paid for but never saved',
		async () => {
			const voiceId = await firstVoice();
			await run({ voiceId, text: 'A fox runs.' });

			const [item] = await run({ voiceId, text: 'A fox runs.', saveToSpaces: true, job: { ...JOB, attempt: 2 } });

			expect(item.json).toMatchObject({ outcome: 'completed', usage: { amount: 0 } });
			expect(paidCalls()).toHaveLength(1);
		},
		SPEECH_TEST_MS,
	);

	it(
		'never runs into the limit of the plan',
		async () => {
			const voiceId = await firstVoice();
			const items = Array.from({ length: 5 }, () => ({ json: {} }));

			const output = await run({ voiceId, text: 'One.' }, { items });

			expect(output).toHaveLength(5);
			expect(JSON.stringify(sandbox().report())).not.toContain('"429"');
		},
		SPEECH_TEST_MS,
	);

	it(
		'splits and joins a text that is too long, with the times of its characters',
		async () => {
			const text = 'The quick brown fox jumps over the lazy dog. '.repeat(5).trim();
			const params = { operation: 'textToSpeechWithTimestamps', voiceId: await firstVoice(), text };

			const [item] = await run({ ...params, options: { maxCharacters: 100 } });

			const { endS } = item.json.alignment as { endS: number[] };
			expect(paidCalls()).toHaveLength(3);
			expect(endS).toEqual([...endS].sort((a, b) => a - b));
			expect(Math.abs((endS.at(-1) ?? 0) - (item.json.durationS as number))).toBeLessThan(0.5);
		},
		SPEECH_TEST_MS,
	);

	it('tells a wrong key and an unknown voice apart', async () => {
		const failureOf = async (params: IDataObject, elevenLabs: IDataObject = {}) =>
			failureOfItem((await run(params, { continueOnFail: true, elevenLabs }))[0]);
		const unknown = { __rl: true, mode: 'id', value: 'nobody' };

		expect(await failureOf({ voiceId: await firstVoice(), text: 'x' }, { apiKey: 'wrong' })).toMatchObject({
			class: 'auth',
		});
		expect(await failureOf({ voiceId: unknown, text: 'x' })).toMatchObject({ class: 'invalid_input', began: 'no' });
	});
});
