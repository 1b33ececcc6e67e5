/** @needs n8n */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CALLBACK_PATHS } from '../../engine/callback/constants';
import { API_KEY_HEADER, INTAKE_PATH } from '../../sandbox/demo/constants';
import { withSmallPictures, withTick } from '../support/n8n/content';
import { VideoEngineUnderTest } from '../support/n8n/videoEngine';
import { filesBelow, leaksIn, secretsOf, tablesOf, type Place } from './support/leaks';

const START_MS = 240_000;
const RUN_MS = 600_000;
const POLL_MS = 200;
const TICK_S = 5;
const N8N_BODY_MAX_MIB = 16;
const TABLES = ['Videos', 'Segments', 'Jobs', 'Webhook Events', 'Paid Calls', 'Expectations', 'Alerts', 'Instances'];
/** Stands for what a provider signs its links with. */
const SIGNED_LINK = 'canary0of0a0signed0link';

describe('a real n8n', () => {
	let engine: VideoEngineUnderTest;

	beforeAll(async () => {
		engine = await VideoEngineUnderTest.start({
			settings: { goApi: { outputQuery: `?X-Amz-Expires=3600&X-Amz-Signature=${SIGNED_LINK}` } },
			env: { N8N_LOG_LEVEL: 'debug' },
			// What fails is tried again by ticks.
			adapt: (content) => withTick(TICK_S)(withSmallPictures(content)),
		});
	}, START_MS);

	afterAll(async () => {
		await engine?.stop();
	});

	async function post(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
		const response = await fetch(`${engine.demo.n8n.baseUrl}${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body,
		});
		return { status: response.status, text: await response.text() };
	}

	describe.each(Object.entries(CALLBACK_PATHS))('at the trigger of %s', (_service, path) => {
		it.each<[string, number, string | Uint8Array<ArrayBuffer>, Record<string, string>]>([
			['malformed JSON, before any of our code', 422, '{"a":', {}],
			['malformed JSON that says to be bytes', 401, '{"a":', { 'content-type': 'application/octet-stream' }],
			['JSON without any proof', 401, '{}', {}],
			['a body above n8n’s own limit, by n8n itself', 500, new Uint8Array((N8N_BODY_MAX_MIB + 1) * 1024 * 1024), {}],
			['a body above our limit', 413, new Uint8Array(9 * 1024 * 1024), { 'content-type': 'application/octet-stream' }],
			['a form with files', 400, '--x\r\n\r\n--x--', { 'content-type': 'multipart/form-data; boundary=x' }],
		])('answers %s with %i', async (_what, status, body, headers) => {
			expect((await post(`/webhook/${path}`, body, headers)).status).toBe(status);
		});
	});

	it(
		'keeps no secret and no signed URL in any log, execution, table, message or mail, whatever fails',
		async () => {
			const { demo } = engine;
			const key = { [API_KEY_HEADER]: demo.apiKey };
			const script = 'A secret is safe as long as nobody writes it down. Not in a log, not in a table.';
			await post(INTAKE_PATH, JSON.stringify({ script_text: script }), { [API_KEY_HEADER]: 'a wrong key' });
			demo.sandbox.setFaults({ seed: 3, callbacks: { duplicate: 1 } });
			const { status, videoId } = await engine.make({ script });
			expect(status).toBe('completed');
			for (const services of [
				{ elevenLabs: { status: { '400': 1 } }, goApi: { status: { '400': 1 } } },
				{ nca: { status: { '400': 1 } }, slack: { status: { '500': 1 } } },
			]) {
				demo.sandbox.setFaults({ seed: 5, services });
				expect(await engine.make({ script: `${script} ${Object.keys(services).join()}` })).toMatchObject({
					status: 'failed',
				});
			}
			// Steps of a service that keeps failing wait for it: here only that it was met counts, not how it ends.
			for (const [service, status] of [
				['spaces', '403'],
				['airtable', '500'],
			] as const) {
				demo.sandbox.setFaults({ seed: 7, services: { [service]: { status: { [status]: 0.7 } } } });
				const refusals = () => demo.sandbox.report().services[service]?.statuses[status] ?? 0;
				const before = refusals();
				await post(INTAKE_PATH, JSON.stringify({ script_text: `${script} ${service}`, background: 'generated' }), key);
				while (refusals() === before) await sleep(POLL_MS);
				// Speech that was paid for is kept in memory for minutes of such trouble.
				demo.sandbox.setFaults({});
				await engine.settled();
			}
			const places: Place[] = [];
			for (const path of [`api/v1/jobs/${videoId}`, 'api/v1/videos', 'api/v1/jobs/unknown', 'health']) {
				const answer = await fetch(`${demo.n8n.baseUrl}/webhook/video-engine/${path}`, { headers: key });
				places.push({ name: path, text: `${JSON.stringify([...answer.headers])} ${await answer.text()}` });
			}
			for (const table of TABLES) {
				const answer = await fetch(
					`${demo.sandbox.baseUrl('airtable')}/_people/records?table=${encodeURIComponent(table)}`,
				);
				places.push({ name: `Airtable ${table}`, text: await answer.text() });
			}
			for (const [service, path] of [
				['slack', '_messages'],
				['smtp', '_mails'],
				['sentry', '_events'],
			] as const) {
				places.push({ name: service, text: await (await fetch(`${demo.sandbox.baseUrl(service)}/${path}`)).text() });
			}
			// What every sink of messages tells of itself.
			places.push({ name: 'sandbox', text: JSON.stringify(demo.sandbox.report()) });
			await demo.n8n.stop();
			places.push(
				...filesBelow(join(engine.folder, 'n8n'), /\.log$/).filter(({ name }) => !name.includes('node_modules')),
			);
			places.push(...tablesOf(join(engine.folder, 'n8n', '.n8n', 'database.sqlite')));

			const secrets = [...(await secretsOf(demo.credentials)), demo.apiKey, SIGNED_LINK];
			expect(secrets.length).toBeGreaterThan(9);
			const sizes = Object.fromEntries(places.map(({ name, text }) => [name, text.length]));
			expect(sizes).toMatchObject({ slack: expect.any(Number), 'Airtable Jobs': expect.any(Number) });
			expect(leaksIn(places, secrets)).toEqual([]);
		},
		RUN_MS,
	);
});
