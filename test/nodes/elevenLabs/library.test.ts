import type { IDataObject, ILoadOptionsFunctions } from 'n8n-workflow';

import { ElevenLabs } from '../../../nodes/ElevenLabs/ElevenLabs.node';
import * as savedObject from '../../../nodes/shared/savedObject';
import { mockExecuteCtx, runNode, type MockExecuteOptions } from '../../support/mockExecuteCtx';
import { startFakeServer, type FakeReply, type FakeServer, type ReceivedRequest } from '../shared/fakeServer';
import { mp3 } from './audioBytes';

jest.mock('../../../nodes/shared/savedObject', () => ({ findExistingResult: jest.fn(), putBytes: jest.fn() }));

const findExistingResult = jest.mocked(savedObject.findExistingResult);

let server: FakeServer;

async function serve(answer: (request: ReceivedRequest) => FakeReply): Promise<void> {
	server = await startFakeServer(answer);
}

const credentials = () => ({ elevenLabsApi: { apiKey: 'k', baseUrl: server.baseUrl } });

async function run(params: IDataObject, more: MockExecuteOptions = {}) {
	const [output] = await runNode(new ElevenLabs(), { credentials: credentials(), params, ...more });
	return output;
}

beforeEach(() => findExistingResult.mockReset().mockResolvedValue(undefined));
afterEach(async () => await server?.close());

/** Five voices in pages of two. */
function voicePages(request: ReceivedRequest): FakeReply {
	const start = Number(request.query.get('next_page_token') ?? 0);
	const voices = [1, 2, 3, 4, 5]
		.slice(start, start + 2)
		.map((n) => ({ voice_id: `v${n}`, name: `Voice ${n}`, category: 'premade' }));
	const hasMore = start + 2 < 5;
	return { body: { voices, has_more: hasMore, next_page_token: hasMore ? String(start + 2) : null } };
}

describe('ElevenLabs: voices, models, usage, history', () => {
	it('pages through all voices', async () => {
		await serve(voicePages);

		const output = await run({ resource: 'voice', operation: 'getAll', returnAll: true });

		expect(output.map((item) => item.json.voice_id)).toEqual(['v1', 'v2', 'v3', 'v4', 'v5']);
	});

	it('stops at the limit and passes the search on', async () => {
		await serve(voicePages);

		const output = await run({ resource: 'voice', operation: 'getAll', limit: 1, search: 'anna' });

		expect(output).toHaveLength(1);
		expect(server.requests).toHaveLength(1);
		expect(server.requests[0].query.get('search')).toBe('anna');
	});

	it('gets one voice', async () => {
		await serve(() => ({ body: { voice_id: 'v 1', name: 'Anna' } }));

		const [item] = await run({
			resource: 'voice',
			operation: 'get',
			voiceId: { __rl: true, mode: 'id', value: 'v/1' },
		});

		expect(server.requests[0].path).toBe('/v1/voices/v%2F1');
		expect(item.json.name).toBe('Anna');
	});

	it('gets models and the plan', async () => {
		await serve((request) =>
			request.path === '/v1/models' ? { body: [{ model_id: 'a' }, { model_id: 'b' }] } : { body: { tier: 'creator' } },
		);

		const models = await run({ resource: 'model', operation: 'getAll', limit: 1 });
		const [usage] = await run({ resource: 'usage', operation: 'get' });

		expect(models.map((item) => item.json.model_id)).toEqual(['a']);
		expect(usage.json.tier).toBe('creator');
	});

	it('pages through the history and downloads the sound of an item', async () => {
		await serve((request) => {
			if (request.path.endsWith('/audio')) return { body: mp3(2) };
			const isFirst = !request.query.has('start_after_history_item_id');
			return {
				body: { history: [{ history_item_id: isFirst ? 'h1' : 'h2' }], last_history_item_id: 'h1', has_more: isFirst },
			};
		});

		const items = await run({ resource: 'history', operation: 'getAll', returnAll: true });
		const [audio] = await run({ resource: 'history', operation: 'getAudio', historyItemId: 'h1' });

		expect(items.map((item) => item.json.history_item_id)).toEqual(['h1', 'h2']);
		expect(audio.json).toMatchObject({ historyItemId: 'h1', bytes: 834 });
		expect(audio.binary?.data).toMatchObject({ fileName: 'h1.mp3', mimeType: 'audio/mpeg' });
	});

	it('lists voices page by page for the editor, and models that speak', async () => {
		await serve((request) =>
			request.path === '/v1/models'
				? {
						body: [
							{ model_id: 'a', name: 'A' },
							{ model_id: 'sts', can_do_text_to_speech: false },
						],
					}
				: voicePages(request),
		);
		const { listSearch, loadOptions } = new ElevenLabs().methods;
		const ctx = mockExecuteCtx(new ElevenLabs(), { credentials: credentials() })
			.ctx as unknown as ILoadOptionsFunctions;

		const page = await listSearch.searchVoices.call(ctx, 'vo', '2');
		const models = await loadOptions.getSpeechModels.call(ctx);

		expect(page).toMatchObject({
			results: [{ name: 'Voice 3 (premade)', value: 'v3' }, { value: 'v4' }],
			paginationToken: '4',
		});
		expect(models.map((model) => model.value)).toEqual(['a']);
	});
});

describe('ElevenLabs: transcription', () => {
	const CREATE = { resource: 'transcription', operation: 'create' };
	const job = { jobKey: 'v1.captions', attempt: 1, inputHash: 'e'.repeat(64), objectKey: 'videos/v1/e/captions.json' };

	/** Parts of a form, by name. */
	async function formOf(request: ReceivedRequest): Promise<Record<string, unknown>> {
		const headers = { 'content-type': String(request.headers['content-type']) };
		const form = await new Response(new Uint8Array(request.body), { headers }).formData();
		return Object.fromEntries(form.entries());
	}

	it('sends an address and waits for the transcript', async () => {
		await serve(() => ({ body: { text: 'Hello', words: [] } }));

		const [item] = await run({
			...CREATE,
			sourceUrl: 'https://x.test/a.mp3',
			options: { diarize: true, languageCode: 'de' },
		});

		expect(await formOf(server.requests[0])).toEqual({
			model_id: 'scribe_v2',
			source_url: 'https://x.test/a.mp3',
			diarize: 'true',
			language_code: 'de',
		});
		expect(item.json.text).toBe('Hello');
	});

	it('sends the file of the item, byte for byte', async () => {
		await serve(() => ({ body: { text: 'Hello' } }));
		const bytes = Buffer.from([0, 13, 10, 45, 45, 255]);
		const binary = { data: { data: bytes.toString('base64'), mimeType: 'audio/mpeg', fileName: 'a"b.mp3' } };

		await run({ ...CREATE, inputType: 'binary' }, { items: [{ json: {}, binary }] });

		const { file } = await formOf(server.requests[0]);
		expect(Buffer.from(await (file as Blob).arrayBuffer()).equals(bytes)).toBe(true);
	});

	it('asks for a webhook that finds its job again', async () => {
		await serve(() => ({ status: 202, body: { message: 'accepted', request_id: 'req-9' } }));

		const [item] = await run({
			...CREATE,
			sourceUrl: 'https://x.test/a.mp3',
			wait: false,
			options: { webhookId: 'w1' },
			job,
		});

		const form = await formOf(server.requests[0]);
		expect(form).toMatchObject({ webhook: 'true', webhook_id: 'w1' });
		expect(JSON.parse(String(form.webhook_metadata))).toEqual({ job: 'v1.captions', attempt: 1, h: 'e'.repeat(16) });
		expect(item.json).toMatchObject({ jobKey: 'v1.captions', externalId: 'req-9', status: 'submitted' });
	});

	it('takes what lies in Spaces instead of paying again', async () => {
		await serve(() => ({ body: {} }));
		findExistingResult.mockResolvedValue({
			url: 'https://cdn.test/c.json',
			bytes: 3,
			contentType: 'application/json',
			metadata: {},
			foundIn: 'spaces',
		});

		const [item] = await run({ ...CREATE, sourceUrl: 'https://x.test/a.mp3', job });

		expect(item.json).toMatchObject({ outcome: 'completed', outputs: [{ kind: 'json', persisted: true }] });
		expect(server.requests).toHaveLength(0);
	});

	it('gets a transcript that was made before', async () => {
		await serve(() => ({ body: { text: 'Hello' } }));

		await run({ resource: 'transcription', operation: 'get', transcriptionId: 't1' });

		expect(server.requests[0].path).toBe('/v1/speech-to-text/transcripts/t1');
	});

	it('names what is missing', async () => {
		await serve(() => ({ body: {} }));

		await expect(run(CREATE)).rejects.toThrow('URL is required');
		await expect(run({ ...CREATE, inputType: 'binary' })).rejects.toThrow("expects a file in 'data'");
	});
});
