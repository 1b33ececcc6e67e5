import { VideoEngineUnderTest } from '../support/n8n/videoEngine';
import { codeBlocks, codeWords, readPage, tableRows } from './pages';

const START_MS = 240_000;
const REQUEST_MS = 60_000;
const EXAMPLE_HOST = 'https://n8n.example.com';

interface Call {
	url: string;
	headers: Record<string, string>;
	body: string;
}

/** The request that a curl line makes. */
function readCurl(command: string): Call {
	const url = /(https?:\S+)/.exec(command)?.[1] ?? '';
	const headers = [...command.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name, value]) => [name, value]);
	return {
		url,
		headers: Object.fromEntries(headers) as Record<string, string>,
		body: /-d '([^']+)'/.exec(command)?.[1] ?? '',
	};
}

describe('what docs/api.md says, asked of a real n8n', () => {
	const page = readPage('docs/api.md');
	const example = readCurl(codeBlocks(page, 'sh')[0]);
	const statuses = new Map(tableRows(page, 'Errors').map(([status, cell]) => [codeWords(cell)[0], Number(status)]));
	let engine: VideoEngineUnderTest;

	beforeAll(async () => {
		engine = await VideoEngineUnderTest.start();
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
});
