import type { IDataObject } from 'n8n-workflow';

import { ElevenLabs } from '../../../nodes/ElevenLabs/ElevenLabs.node';
import * as savedObject from '../../../nodes/shared/savedObject';
import { processState } from '../../../tracker/processState';
import { runNode, type MockExecuteOptions } from '../../support/mockExecuteCtx';
import { startFakeServer, type FakeReply, type FakeServer, type ReceivedRequest } from '../shared/fakeServer';
import { mp3, mp3Seconds, wav } from './audioBytes';
import { failureOfItem } from '../../support/errorItem';

jest.mock('../../../nodes/shared/savedObject', () => ({
	SPACES_CREDENTIAL: 'digitalOceanSpacesApi',
	findExistingResult: jest.fn(),
	putBytes: jest.fn(),
}));

const findExistingResult = jest.mocked(savedObject.findExistingResult);
const putBytes = jest.mocked(savedObject.putBytes);

const HASH = 'c'.repeat(64);
const JOB = {
	jobKey: 'v1.voiceover.001',
	attempt: 1,
	inputHash: HASH,
	objectKey: 'videos/v1/c/segment_1_voiceover.mp3',
};
const VOICE = { __rl: true, mode: 'id', value: 'voice-1' };

type Answer = (request: ReceivedRequest, index: number) => FakeReply | Promise<FakeReply>;

let server: FakeServer;
let keyCounter = 0;

const isSpeech = (request: ReceivedRequest) => request.path.startsWith('/v1/text-to-speech/');
const speeches = () => server.requests.filter(isSpeech);
const bodyOf = (request: ReceivedRequest) => JSON.parse(request.body.toString()) as IDataObject;

const spoken: FakeReply = {
	body: mp3(100),
	headers: { 'content-type': 'audio/mpeg', 'request-id': 'req-1', 'character-cost': '11' },
};

async function serve(answer: Answer): Promise<void> {
	server = await startFakeServer(answer);
}

async function speak(
	params: IDataObject,
	more: MockExecuteOptions & { attempt?: number; elevenLabs?: IDataObject } = {},
) {
	const credentials = {
		elevenLabsApi: { apiKey: `key-${keyCounter}`, baseUrl: `${server.baseUrl}/`, maxConcurrent: 2, ...more.elevenLabs },
		digitalOceanSpacesApi: { bucket: 'b' },
	};
	const job = params.job ? { ...(params.job as IDataObject), attempt: more.attempt ?? 1 } : undefined;
	const complete = { resource: 'speech', voiceId: VOICE, text: 'Hello world', ...params, ...(job ? { job } : {}) };
	const [output] = await runNode(new ElevenLabs(), { credentials, params: complete, ...more });
	return output;
}

async function failureOf(params: IDataObject, more: Parameters<typeof speak>[1] = {}) {
	const [item] = await speak(params, { continueOnFail: true, ...more });
	return failureOfItem(item);
}

beforeEach(() => {
	keyCounter += 1;
	findExistingResult.mockReset().mockResolvedValue(undefined);
	putBytes.mockReset().mockResolvedValue({ url: 'https://cdn.test/x.mp3', bytes: 41_700, sha256: 'd' });
});
afterEach(async () => await server?.close());

describe('ElevenLabs: Text to Speech', () => {
	it('gives a file with its measured length', async () => {
		await serve(() => spoken);

		const [item] = await speak({
			operation: 'textToSpeech',
			voiceSettings: { stability: 0.4, similarityBoost: 0.8 },
			options: { seed: 7 },
		});

		const [request] = speeches();
		expect(request.path).toBe('/v1/text-to-speech/voice-1');
		expect(request.query.get('output_format')).toBe('mp3_44100_128');
		expect(request.headers['xi-api-key']).toBe(`key-${keyCounter}`);
		expect(bodyOf(request)).toEqual({
			text: 'Hello world',
			model_id: 'eleven_multilingual_v2',
			voice_settings: { stability: 0.4, similarity_boost: 0.8 },
			seed: 7,
		});
		expect(item.json).toMatchObject({
			mimeType: 'audio/mpeg',
			bytes: 41_700,
			requestIds: ['req-1'],
			characterCost: 11,
		});
		expect(item.json.durationS).toBeCloseTo(mp3Seconds(100), 2);
		expect(item.binary?.data).toMatchObject({ fileName: 'speech.mp3', mimeType: 'audio/mpeg' });
	});

	it('finds the voice in the address of its page', async () => {
		await serve(() => spoken);

		await speak({
			voiceId: { __rl: true, mode: 'url', value: 'https://elevenlabs.io/app/voice-library?voiceId=abc123' },
		});

		expect(speeches()[0].path).toBe('/v1/text-to-speech/abc123');
	});

	it('names the empty field instead of calling the API', async () => {
		await serve(() => spoken);

		await expect(speak({ text: '  ' })).rejects.toThrow('Text is required');
		await expect(speak({ voiceId: { __rl: true, mode: 'list', value: '' } })).rejects.toThrow('Voice is required');
		expect(server.requests).toHaveLength(0);
	});

	it('saves to Spaces and gives a completed event', async () => {
		await serve(() => spoken);

		const [item] = await speak({ saveToSpaces: true, job: JOB });

		expect(putBytes.mock.calls[0][1]).toMatchObject({ key: JOB.objectKey, contentType: 'audio/mpeg', inputHash: HASH });
		expect(item.json).toMatchObject({
			service: 'elevenLabs',
			jobKey: 'v1.voiceover.001',
			attempt: 1,
			h: 'c'.repeat(16),
			externalId: 'req-1',
			outcome: 'completed',
			outputs: [
				{
					url: 'https://cdn.test/x.mp3',
					kind: 'audio',
					bytes: 41_700,
					persisted: true,
					durationS: expect.closeTo(mp3Seconds(100), 2),
				},
			],
			usage: { amount: 11, unit: 'characters' },
		});
	});

	it('takes what lies in Spaces instead of paying again', async () => {
		await serve(() => ({ body: mp3(50) }));
		findExistingResult.mockResolvedValue({
			url: `${server.baseUrl}/saved.mp3`,
			bytes: 20_850,
			contentType: 'audio/mpeg',
			metadata: {},
			foundIn: 'spaces',
		});

		const [item] = await speak({ saveToSpaces: true, job: JOB });

		expect(speeches()).toHaveLength(0);
		expect(item.json).toMatchObject({
			outcome: 'completed',
			outputs: [{ persisted: true, durationS: expect.closeTo(mp3Seconds(50), 2) }],
		});
	});

	it('pays nothing while Spaces can’t be asked', async () => {
		await serve(() => spoken);
		findExistingResult.mockRejectedValue(new Error('no connection'));

		await expect(speak({ saveToSpaces: true, job: JOB })).rejects.toThrow();
		expect(server.requests).toHaveLength(0);
	});

	it('says that the speech is paid for when it can’t be saved', async () => {
		await serve(() => spoken);
		putBytes.mockRejectedValue(new Error('bucket gone'));

		expect(await failureOf({ saveToSpaces: true, job: JOB })).toMatchObject({ began: 'yes', retryable: true });
	});

	it('keeps speech without a job under its own hash', async () => {
		await serve(() => spoken);

		await speak({ saveToSpaces: true });

		expect(putBytes.mock.calls[0][1].key).toMatch(/^speech\/[0-9a-f]{16}\.mp3$/);
	});

	it('splits a long text, stitches the parts and joins the sound', async () => {
		await serve((_, index) => ({ ...spoken, headers: { ...spoken.headers, 'request-id': `req-${index + 1}` } }));
		const sentence = `${'word '.repeat(25).trim()}. `;

		const [item] = await speak({ text: sentence.repeat(3), options: { maxCharacters: 130 } });

		const bodies = speeches().map(bodyOf);
		expect(bodies.map((body) => body.previous_request_ids)).toEqual([undefined, ['req-1'], ['req-1', 'req-2']]);
		expect(bodies.map((body) => typeof body.next_text)).toEqual(['string', 'string', 'undefined']);
		expect(item.json).toMatchObject({ requestIds: ['req-1', 'req-2', 'req-3'], characterCost: 33 });
		expect(item.json.durationS).toBeCloseTo(mp3Seconds(300), 2);
	});

	it('sends no stitching to a model that refuses it', async () => {
		await serve(() => spoken);

		await speak({
			text: `${'a'.repeat(99)}. ${'b'.repeat(99)}.`,
			modelId: 'eleven_v3',
			options: { maxCharacters: 120 },
		});

		expect(speeches().map((request) => Object.keys(bodyOf(request)))).toEqual([
			['text', 'model_id'],
			['text', 'model_id'],
		]);
	});

	it('asks the model list for the limit of long texts, once per key', async () => {
		const models = [{ model_id: 'eleven_multilingual_v2', maximum_text_length_per_request: 3000 }];
		await serve((request) => (request.path === '/v1/models' ? { body: models } : spoken));
		const text = 'This is one sentence. '.repeat(200);

		await speak({ text });
		await speak({ text });

		expect(server.requests.filter((request) => request.path === '/v1/models')).toHaveLength(1);
		expect(Math.max(...speeches().map((request) => String(bodyOf(request).text).length))).toBeLessThanOrEqual(3000);
	});

	it('refuses to speak a long text in a format that can’t be joined, before paying', async () => {
		await serve(() => spoken);

		const failure = await failureOf({
			text: 'One. Two. '.repeat(30),
			outputFormat: 'opus_48000_64',
			options: { maxCharacters: 100 },
		});

		expect(failure).toMatchObject({ class: 'invalid_input', began: 'no', retryable: false });
		expect(server.requests).toHaveLength(0);
	});

	it('joins WAV parts', async () => {
		await serve(() => ({ ...spoken, body: wav(16_000) }));

		const [item] = await speak({
			text: `${'a'.repeat(99)}. ${'b'.repeat(99)}.`,
			outputFormat: 'wav_16000',
			options: { maxCharacters: 120 },
		});

		expect(item.json.durationS).toBeCloseTo(2, 2);
	});
});

describe('ElevenLabs: concurrency and failures', () => {
	it('keeps to the limit of the key over all items', async () => {
		let inWork = 0;
		let peak = 0;
		await serve(async () => {
			peak = Math.max(peak, ++inWork);
			await new Promise((resolve) => setTimeout(resolve, 20));
			inWork -= 1;
			return spoken;
		});

		const output = await speak({}, { items: Array.from({ length: 6 }, () => ({ json: {} })) });

		expect(output).toHaveLength(6);
		expect(peak).toBe(2);
	});

	it('learns a smaller limit from the answers', async () => {
		const limited = { ...spoken, headers: { ...spoken.headers, 'maximum-concurrent-requests': '1' } };
		let inWork = 0;
		let peak = 0;
		await serve(async () => {
			peak = Math.max(peak, ++inWork);
			await new Promise((resolve) => setTimeout(resolve, 10));
			inWork -= 1;
			return limited;
		});
		await speak({});

		await speak({}, { items: [{ json: {} }, { json: {} }, { json: {} }] });

		expect(peak).toBe(1);
	});

	it('marks the job’s claim as calling, and as settling afterwards', async () => {
		const claim = { jobKey: JOB.jobKey, attempt: 1, h: 'c'.repeat(16) };
		await processState.claims.take(claim, 0);
		const looks: Array<ReturnType<typeof processState.claims.get>> = [];
		await serve(() => {
			looks.push(processState.claims.get(claim));
			return spoken;
		});

		await speak({ saveToSpaces: true, job: JOB });

		looks.push(processState.claims.get(claim));
		processState.claims.release(claim);
		expect((await Promise.all(looks)).map((entry) => entry?.phase)).toEqual(['calling', 'settling']);
	});

	it('repeats what the service did not begin', async () => {
		const busy = {
			status: 429,
			body: { detail: { status: 'too_many_concurrent_requests', message: 'wait' } },
			headers: { 'retry-after': '0' },
		};
		await serve((_, index) => (index === 0 ? busy : spoken));

		await speak({});

		expect(speeches()).toHaveLength(2);
	});

	it.each<[string, FakeReply, object]>([
		['a lost answer', { hangUp: true }, { class: 'unavailable', began: 'unknown', retryable: true }],
		['a 500', { status: 500, body: 'oops' }, { class: 'unavailable', began: 'unknown', retryable: true }],
		[
			'a used up quota, which comes as 401',
			{ status: 401, body: { detail: { status: 'quota_exceeded', message: 'This request exceeds your quota' } } },
			{ class: 'quota', message: 'This request exceeds your quota (quota_exceeded)', began: 'no', retryable: false },
		],
		['an empty sound', { body: Buffer.alloc(0) }, { class: 'provider_failed', began: 'yes', retryable: true }],
	])('never repeats %s', async (_, reply, expected) => {
		await serve(() => reply);

		expect(await failureOf({})).toMatchObject(expected);
		expect(speeches()).toHaveLength(1);
	});

	it('says that earlier parts are paid for when a later one is refused', async () => {
		const refused = { status: 401, body: { detail: { status: 'quota_exceeded', message: 'used up' } } };
		await serve((_, index) => (index === 0 ? spoken : refused));

		const failure = await failureOf({ text: `${'a'.repeat(99)}. ${'b'.repeat(99)}.`, options: { maxCharacters: 120 } });

		expect(failure).toMatchObject({ class: 'quota', began: 'yes' });
	});

	it('does not call once it is cancelled while waiting for its turn', async () => {
		await serve(() => ({ hang: true }));
		const controller = new AbortController();
		const [first, second, third] = [0, 1, 2].map(() => failureOf({}, { signal: controller.signal }));
		while (speeches().length < 2) await new Promise((resolve) => setImmediate(resolve));
		controller.abort();

		expect(await Promise.all([first, second])).toMatchObject([{ began: 'unknown' }, { began: 'unknown' }]);
		expect(await third).toMatchObject({ class: 'cancelled', began: 'no' });
		expect(speeches()).toHaveLength(2);
	});
});

describe('ElevenLabs: before paying again', () => {
	const item = (more: IDataObject = {}) => ({
		history_item_id: 'h1',
		request_id: 'req-old',
		voice_id: 'voice-1',
		model_id: 'eleven_multilingual_v2',
		text: 'Hello world',
		state: 'created',
		...more,
	});

	async function withHistory(history: IDataObject[], audio: FakeReply = { body: mp3(80) }): Promise<void> {
		await serve((request) => {
			if (request.path === '/v1/history') return { body: { history, has_more: false } };
			return request.path.startsWith('/v1/history/') ? audio : spoken;
		});
	}

	it('downloads what an earlier attempt has paid for', async () => {
		await withHistory([item({ text: 'other' }), item()]);

		const [result] = await speak({ saveToSpaces: true, job: JOB }, { attempt: 2 });

		expect(speeches()).toHaveLength(0);
		expect(server.requests[0].query.get('voice_id')).toBe('voice-1');
		expect(result.json).toMatchObject({ externalId: 'req-old', usage: { amount: 0, unit: 'characters' } });
	});

	it.each<[string, IDataObject]>([
		['another voice', { voice_id: 'voice-2' }],
		['another model', { model_id: 'eleven_v3' }],
		['another text', { text: 'Hello World' }],
		['another format', { output_format: 'pcm_16000' }],
		['a deleted item', { state: 'deleted' }],
		['other settings', { settings: { stability: 0.1 } }],
	])('pays again when the history holds only %s', async (_, difference) => {
		await withHistory([item(difference)]);

		await speak({ saveToSpaces: true, job: JOB, voiceSettings: { stability: 0.5 } }, { attempt: 2 });

		expect(speeches()).toHaveLength(1);
	});

	it('does not look on a first attempt', async () => {
		await withHistory([item()]);

		await speak({ saveToSpaces: true, job: JOB });

		expect(server.requests.map((request) => request.path)).toEqual(['/v1/text-to-speech/voice-1']);
	});

	it('pays nothing while the history can’t be asked', async () => {
		await serve((request) => (isSpeech(request) ? spoken : { status: 503, headers: { 'retry-after': '600' } }));
		const failure = await failureOf({ saveToSpaces: true, job: JOB }, { attempt: 2 });

		expect(failure).toMatchObject({ began: 'no' });
		expect(speeches()).toHaveLength(0);
	});

	it('does not take a history that was cut on the way for an empty one', async () => {
		await serve((request) => (isSpeech(request) ? spoken : { body: '{"history":[{"history_item_id":"h1","te' }));
		const failure = await failureOf({ saveToSpaces: true, job: JOB }, { attempt: 2 });

		expect(failure).toMatchObject({ class: 'unavailable', began: 'no', retryable: true });
		expect(speeches()).toHaveLength(0);
	});

	it('pays again with a key that may not read the history', async () => {
		const refused = { status: 401, body: { detail: { status: 'missing_permissions', message: 'no' } } };
		await serve((request) => (isSpeech(request) ? spoken : refused));

		await speak({ saveToSpaces: true, job: JOB }, { attempt: 2 });

		expect(speeches()).toHaveLength(1);
	});

	it('pays again when the history no longer holds the sound', async () => {
		await withHistory([item()], { status: 404, body: { detail: 'gone' } });

		await speak({ saveToSpaces: true, job: JOB }, { attempt: 2 });

		expect(speeches()).toHaveLength(1);
	});
});

describe('ElevenLabs: Text to Speech with Timestamps', () => {
	const alignment = {
		characters: ['H', 'i'],
		character_start_times_seconds: [0, 0.1],
		character_end_times_seconds: [0.1, 0.2],
	};
	const answer = (part: unknown = alignment): FakeReply => ({
		body: { audio_base64: mp3(100).toString('base64'), alignment: part },
		headers: { 'request-id': 'req-1' },
	});

	it('shifts the times of later parts by the sound before them', async () => {
		await serve(() => answer());

		const [item] = await speak({
			operation: 'textToSpeechWithTimestamps',
			text: `${'a'.repeat(99)}. ${'b'.repeat(99)}.`,
			options: { maxCharacters: 120 },
		});

		const times = item.json.alignment as { startS: number[]; characters: string[] };
		expect(speeches()[0].path).toBe('/v1/text-to-speech/voice-1/with-timestamps');
		expect(times.characters).toEqual(['H', 'i', 'H', 'i']);
		expect(times.startS).toEqual([0, 0.1, expect.closeTo(2.612, 2), expect.closeTo(2.712, 2)]);
	});

	it('lives with an alignment that is null', async () => {
		await serve(() => answer(null));

		const [item] = await speak({ operation: 'textToSpeechWithTimestamps' });

		expect(item.json.alignment).toBeUndefined();
	});

	it('saves the times beside the sound and takes both from there', async () => {
		await serve((request) => {
			if (request.path === '/saved.mp3') return { body: mp3(100) };
			return request.path === '/saved.mp3.json' ? { body: { characters: ['H'], startS: [0], endS: [1] } } : answer();
		});

		const [made] = await speak({ operation: 'textToSpeechWithTimestamps', saveToSpaces: true, job: JOB });
		findExistingResult.mockResolvedValue({
			url: `${server.baseUrl}/saved.mp3`,
			bytes: 1,
			contentType: 'audio/mpeg',
			metadata: {},
			foundIn: 'spaces',
		});
		const [taken] = await speak({ operation: 'textToSpeechWithTimestamps', saveToSpaces: true, job: JOB });

		expect(putBytes.mock.calls.map(([, input]) => input.key)).toEqual([`${JOB.objectKey}.json`, JOB.objectKey]);
		expect(made.json.alignment).toMatchObject({ characters: ['H', 'i'] });
		expect(taken.json.alignment).toMatchObject({ characters: ['H'] });
		expect(speeches()).toHaveLength(1);
	});
});
