/** @needs n8n */
import { withSmallPictures } from '../support/n8n/content';
import { VideoEngineUnderTest } from '../support/n8n/videoEngine';
import { codeBlocks, codeWords, readPage, tableRows } from './pages';

const START_MS = 240_000;
const REQUEST_MS = 120_000;
const MANY_REQUESTS_MS = 240_000;
const EXAMPLE_HOST = 'https://n8n.example.com';

interface Call {
	method: string;
	url: string;
	headers: Record<string, string>;
	body: string;
}

/** The request that a curl line makes. */
function readCurl(command: string): Call {
	const url = /(https?:\S+)/.exec(command)?.[1] ?? '';
	const headers = [...command.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name, value]) => [name, value]);
	return {
		method: command.includes('-X POST') ? 'POST' : 'GET',
		url,
		headers: Object.fromEntries(headers) as Record<string, string>,
		body: /-d '([^']+)'/.exec(command)?.[1] ?? '',
	};
}

/** Every request of a block of commands; a command may go on in the next line. */
function readCalls(block: string): Call[] {
	return block
		.replace(/\\\n\s*/g, '')
		.trim()
		.split('\n')
		.map(readCurl);
}

describe('what docs/api.md says, asked of a real n8n', () => {
	const page = readPage('docs/api.md');
	const example = readCurl(codeBlocks(page, 'sh')[0]);
	const statuses = new Map(tableRows(page, 'Errors').map(([status, cell]) => [codeWords(cell)[0], Number(status)]));
	let engine: VideoEngineUnderTest;

	beforeAll(async () => {
		engine = await VideoEngineUnderTest.start({ adapt: withSmallPictures });
	}, START_MS);

	afterAll(async () => {
		await engine?.stop();
	});

	async function send(body: string, headers: Record<string, string> = {}): Promise<Response> {
		return await fetch(example.url.replace(EXAMPLE_HOST, engine.demo.n8n.baseUrl), {
			method: 'POST',
			headers: { ...example.headers, 'X-API-Key': engine.demo.apiKey, ...headers },
			body,
		});
	}

	/** Sends a documented request, with this id in place of the example's. */
	async function sendCall({ method, url, headers, body }: Call, id = ''): Promise<Response> {
		const address = url.replace(EXAMPLE_HOST, engine.demo.n8n.baseUrl).replace('VIDEO_ID', id);
		const key = 'X-API-Key' in headers ? { 'X-API-Key': engine.demo.apiKey } : {};
		return await fetch(address, { method, headers: { ...headers, ...key }, ...(body === '' ? {} : { body }) });
	}

	async function create(): Promise<string> {
		const response = await send(JSON.stringify({ script_text: 'A word. And another one.', background: 'user' }));
		return ((await response.json()) as { video_id: string }).video_id;
	}

	/** The documented keys; what is null in the one may be set in the other. */
	function keysOf(value: unknown): unknown {
		if (Array.isArray(value)) return value.slice(0, 1).map(keysOf);
		if (value === null || typeof value !== 'object') return 'value';
		return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, keysOf(member)]));
	}

	/** The same keys at every level, lists by their first member. */
	function shapeOf(value: unknown): unknown {
		if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
		if (value === null || typeof value !== 'object') return typeof value;
		return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shapeOf(member)]));
	}

	it(
		'takes the request of the example, and answers in the form of the example',
		async () => {
			const response = await send(example.body);
			expect(response.status).toBe(202);
			const [documented] = codeBlocks(page, 'json');
			expect(shapeOf(await response.json())).toEqual(shapeOf(JSON.parse(documented)));
		},
		REQUEST_MS,
	);

	it.each([
		['script_empty', { script_text: ' ' }],
		['script_too_large', { script_text: 'word '.repeat(200_000) }],
		['script_not_text', { script_text: 7 }],
		['option_invalid', { script_text: 'A word.', target_segment_duration: 0 }],
		['invalid_setting', { script_text: 'A word.', background: 'painted' }],
		['invalid_setting', { script_text: 'A word.', voice_id: 'no/such voice' }],
		['invalid_setting', { script_text: 'A word.', title: 7 }],
	])(
		'answers %s with the documented status and form',
		async (code, request) => {
			const response = await send(JSON.stringify(request));
			expect(response.status).toBe(statuses.get(code));
			const answer: unknown = await response.json();
			expect(answer).toMatchObject({ error: { code } });
			expect(shapeOf(answer)).toEqual(shapeOf(JSON.parse(codeBlocks(page, 'json')[1])));
		},
		REQUEST_MS,
	);

	it(
		'leaves a missing key, and what is not JSON, to n8n',
		async () => {
			expect((await send(example.body, { 'X-API-Key': 'guess' })).status).toBe(403);
			expect((await send('no JSON')).status).toBe(422);
		},
		REQUEST_MS,
	);

	it(
		'tells of a video in the form of the example, and of one of its jobs',
		async () => {
			const [, question] = codeBlocks(page, 'sh').map(readCalls);
			const documented = JSON.parse(codeBlocks(page, 'json')[2]) as { jobs: unknown[] };
			const videoId = await create();

			const video = (await (await sendCall(question[0], videoId)).json()) as { jobs: Array<{ job_id: string }> };
			const job: unknown = await (await sendCall(question[0], video.jobs[0].job_id)).json();

			expect(keysOf({ ...video, waiting_for_clip: [] })).toEqual(keysOf(documented));
			expect(keysOf(job)).toEqual(keysOf(documented.jobs[0]));
		},
		REQUEST_MS,
	);

	it(
		'takes every act of the examples, answers in the documented form, and refuses with the documented status',
		async () => {
			const [, , acts] = codeBlocks(page, 'sh').map(readCalls);
			const refusals = new Map(
				tableRows(page, 'Act on it')
					.slice(4)
					.map(([status, cell]) => [codeWords(cell)[0], Number(status)]),
			);
			const seen = new Map<string, number>();

			for (const call of acts) {
				const videoId = await create();
				const response = await sendCall(call, videoId);
				const answer = (await response.json()) as { error?: { code: string } };
				if (answer.error) seen.set(answer.error.code, response.status);
				else {
					expect(response.status).toBe(202);
					expect(shapeOf(answer)).toEqual(shapeOf(JSON.parse(codeBlocks(page, 'json')[3])));
				}
				const unknown = await sendCall(call, 'vid_none');
				seen.set(((await unknown.json()) as { error: { code: string } }).error.code, unknown.status);
			}

			expect([...seen.keys()].sort()).toEqual(['cannot_skip', 'not_found', 'nothing_to_retry']);
			for (const [code, status] of seen) expect([code, status]).toEqual([code, refusals.get(code)]);
		},
		MANY_REQUESTS_MS,
	);

	it(
		'tells its health in the form of the example, without a key',
		async () => {
			const [, , , health] = codeBlocks(page, 'sh').map(readCalls);
			const response = await sendCall(health[0]);

			expect(health[0].headers).toEqual({});
			expect(response.status).toBe(200);
			expect(keysOf(await response.json())).toEqual(keysOf(JSON.parse(codeBlocks(page, 'json')[4])));
		},
		REQUEST_MS,
	);
});
