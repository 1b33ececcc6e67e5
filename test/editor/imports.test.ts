/** @needs n8n chromium */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import type { WorkflowJson } from '../../sandbox/demo/n8n';
import { readWorkflows } from '../../sandbox/demo/workflows';
import { withSmallPictures, withTick } from '../support/n8n/content';
import { VideoEngineUnderTest } from '../support/n8n/videoEngine';
import { findChromium, launchChromium, logIn } from './browser';
import { importAndPublish, type Way } from './importing';

const START_MS = 300_000;
const FILM_MS = 600_000;
const TICK_S = 5;
const POLL_MS = 100;
const LOOPBACK = '127.0.0.1';

const chromium = findChromium();
const SUITE = 'templates that are imported by hand (needs Chromium)';
const isSkipped = chromium === undefined && !process.env.CI;
if (isSkipped) process.stderr.write(`Skipped: ${SUITE}\n`);
const suite = isSkipped ? describe.skip : describe;

suite(SUITE, () => {
	let engine: VideoEngineUnderTest;
	let browser: Browser | undefined;
	let page: Page;
	let folder: string;
	let server: Server;
	let templates: Array<{ workflow: WorkflowJson; file: string }>;

	beforeAll(async () => {
		if (chromium === undefined) throw new Error('There is no Chromium; install it or name it in CHROMIUM_PATH');
		folder = await mkdtemp(join(tmpdir(), 'video-engine-imports-'));
		const { workflows } = withTick(TICK_S)(withSmallPictures({ credentials: [], workflows: await readWorkflows() }));
		templates = workflows.map((workflow) => ({ workflow, file: join(folder, `${workflow.id}.json`) }));
		for (const { workflow, file } of templates) await writeFile(file, JSON.stringify(workflow));
		server = createServer((request, response) => {
			void readFile(join(folder, basename(request.url ?? ''))).then((bytes) => response.end(bytes));
		});
		await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
		engine = await VideoEngineUnderTest.start({ adapt: (content) => ({ ...content, workflows: [] }) });
		browser = await launchChromium(chromium);
		page = await (await logIn(browser, engine.demo.n8n)).newPage();
	}, START_MS);

	const statusOf = async (id: string) =>
		(await engine.demo.n8n.rest<{ status: string }>('GET', `/workflows/${id}/publication-status`)).status;

	/** What was imported and still counts. */
	async function imported(): Promise<string[]> {
		const stored = await engine.demo.n8n.rest<Array<{ id: string; isArchived: boolean }>>('GET', '/workflows');
		return stored.filter(({ isArchived }) => !isArchived).map(({ id }) => id);
	}

	/** Takes every address from what was imported, so that the next ones are as the first in an empty n8n. */
	afterEach(async () => {
		for (const id of await imported()) {
			await engine.demo.n8n.rest('POST', `/workflows/${id}/archive`);
			while ((await statusOf(id)) !== 'not_published') await sleep(POLL_MS);
		}
	}, START_MS);

	afterAll(async () => {
		await browser?.close();
		await engine?.stop();
		server?.close();
		if (folder !== undefined) await rm(folder, { recursive: true, force: true });
	});

	/** Another order for each number; 7 has no factor in common with the number of templates. */
	function shuffled(number: number): typeof templates {
		return templates.map((_, index) => templates[((index + number) * 7) % templates.length]);
	}

	it.each<[Way, number]>([
		['From File', 1],
		['From URL', 2],
		['paste', 3],
	])(
		'make a film: %s, published in order %i',
		async (way, number) => {
			for (const { workflow, file } of shuffled(number)) {
				const { port } = server.address() as AddressInfo;
				const place = way === 'From URL' ? `http://${LOOPBACK}:${port}/${basename(file)}` : file;
				const nodes = workflow.nodes.filter(({ type }) => !type.endsWith('.stickyNote'));
				await importAndPublish(page, way, place, nodes.length);
			}
			// n8n goes on with it after it has answered the click.
			for (const id of await imported()) while ((await statusOf(id)) !== 'published') await sleep(POLL_MS);
			const script = `Whoever brings it in another way, number ${number}, sees the same film. It only has to be said once.`;
			expect(await engine.make({ script })).toMatchObject({ status: 'completed' });
		},
		FILM_MS,
	);
});
