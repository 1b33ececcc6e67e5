/** @needs n8n */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { API_KEY_HEADER, HEALTH_PATH, INTAKE_PATH, JOBS_PATH, VIDEOS_PATH } from '../../sandbox/demo/constants';
import { withSmallPictures } from '../support/n8n/content';
import { VideoEngineUnderTest } from '../support/n8n/videoEngine';

const START_MS = 240_000;
const VIDEO_MS = 600_000;
const POLL_MS = 200;
/** Each question is an execution of n8n. */
const HEALTH_POLL_MS = 500;
const CHECK_TRIES = 4;
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

interface Answer {
	status: number;
	body: Record<string, unknown>;
}

type Cells = Record<string, unknown>;

/** Asks again until there is an answer; the test's own time is the limit. */
async function until<T>(ask: () => Promise<T | undefined>, pollMs = POLL_MS): Promise<T> {
	for (;;) {
		const found = await ask();
		if (found !== undefined) return found;
		await sleep(pollMs);
	}
}

describe('what a person can ask and do while a video is under way, in a real n8n', () => {
	let engine: VideoEngineUnderTest;

	beforeAll(async () => {
		engine = await VideoEngineUnderTest.start({ adapt: withSmallPictures });
	}, START_MS);

	afterEach(() => {
		engine.demo.sandbox.setFaults({});
	});

	afterAll(async () => {
		await engine?.stop();
	});

	async function send(method: string, path: string, body?: object, key = engine.demo.apiKey): Promise<Answer> {
		const response = await fetch(`${engine.demo.n8n.baseUrl}${path}`, {
			method,
			headers: { [API_KEY_HEADER]: key, ...(body ? { 'content-type': 'application/json' } : {}) },
			...(body ? { body: JSON.stringify(body) } : {}),
		});
		const text = await response.text();
		return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Cells) : { text } };
	}

	let clips: ReturnType<VideoEngineUnderTest['clips']> | undefined;

	const ask = async (id: string) => await send('GET', `${JOBS_PATH}/${encodeURIComponent(id)}`);
	const act = async (id: string, what: string, body?: object) =>
		await send('POST', `${JOBS_PATH}/${encodeURIComponent(id)}/${what}`, body);
	const health = async () => await send('GET', HEALTH_PATH, undefined, 'no key');

	/** A video of two segments that waits for people's clips: only its voices and its music are made. */
	async function start(script_text: string): Promise<string> {
		const request = { script_text, title: 'A title of its own', background: 'user', target_segment_duration: 3 };
		const { body } = await send('POST', INTAKE_PATH, request);
		expect(body.segments).toHaveLength(2);
		return String(body.video_id);
	}

	async function putClip(videoId: string, order: number, which: number): Promise<void> {
		const { view } = engine.demo;
		const segment = (await view.records('Segments', videoId)).find(({ fields }) => fields.order === order);
		clips ??= engine.clips();
		const { name, path, type } = (await clips)[which];
		await view.attach('Segments', String(segment?.id), 'Video', { name, type, bytes: await readFile(path) });
	}

	/** What people see of a video or a job: looking at it costs n8n nothing. */
	async function shown(id: string): Promise<Cells> {
		const [videoId, step] = id.split('.');
		const { view } = engine.demo;
		const rows = step === undefined ? await view.records('Videos', videoId) : await view.records('Jobs', videoId);
		return rows.map(({ fields }) => fields).find(({ job_key }) => step === undefined || job_key === id) ?? {};
	}

	/** Asks the API once people see one of these states, and again where it knows better. */
	const hasStatus = (id: string, ...wanted: string[]) =>
		until(async () => {
			if (!wanted.includes(String((await shown(id)).status))) return undefined;
			const { body } = await ask(id);
			return wanted.includes(String(body.status)) ? body : undefined;
		});

	const lastTick = async () => ((await health()).body.recovery as Cells).last_tick_at;

	/** Resolves just after a tick of the recovery flow, when the next one is furthest away. */
	async function afterTick(): Promise<unknown> {
		const before = await lastTick();
		return await until(async () => {
			const now = await lastTick();
			return now === before ? undefined : now;
		}, HEALTH_POLL_MS);
	}

	/** A video whose music is done and whose callback was lost, checked by a person between two ticks. */
	async function checkBetweenTicks() {
		const dropped = () => engine.demo.sandbox.report().callbacks.dropped;
		const droppedBefore = dropped();
		const tick = await afterTick();
		const videoId = await start('The lamp was lit before dusk fell. Nobody could say who had done it.');
		const music = `${videoId}.music`;
		await until(async () => (dropped() > droppedBefore ? true : undefined));
		const listed = await send('GET', VIDEOS_PATH);
		const job = await ask(music);
		const byId = await ask(String(job.body.job_id));
		const checked = await act(videoId, 'check');
		const found = await hasStatus(music, 'completed', 'failed');
		return { videoId, music, listed, job, byId, checked, found, isBetween: (await lastTick()) === tick };
	}

	it(
		'tells where a video stands, checks it at once, and runs anew only what a new clip changes',
		async () => {
			const { sandbox } = engine.demo;
			sandbox.setFaults({ callbacks: { drop: 1 } });
			let seen = await checkBetweenTicks();
			// On a slow machine a tick may come first, and find it as well.
			for (let tries = 1; !seen.isBetween && tries < CHECK_TRIES; tries++) {
				await act(seen.videoId, 'cancel');
				seen = await checkBetweenTicks();
			}
			const { videoId, music, listed, job, byId, checked, found } = seen;

			expect(listed.body.videos).toContainEqual(
				expect.objectContaining({ video_id: videoId, title: 'A title of its own' }),
			);
			expect(job).toMatchObject({ status: 200, body: { job_key: music, video_id: videoId, step: 'music' } });
			expect(byId.body.job_key).toBe(music);
			expect(checked).toMatchObject({ status: 202, body: { video_id: videoId } });
			expect(found.output_url).toMatch(/^http/);
			// No tick has come in between: the check alone found it.
			expect(seen.isBetween).toBe(true);

			const waiting = await hasStatus(videoId, 'searching_video');
			expect(waiting).toMatchObject({ waiting_for_clip: [1, 2], video_url: null });
			expect(waiting.jobs).toHaveLength(9);
			expect(await act(videoId, 'retry')).toMatchObject({ status: 409, body: { error: { code: 'nothing_to_retry' } } });

			sandbox.setFaults({});
			await putClip(videoId, 1, 0);
			await putClip(videoId, 2, 0);
			await act(videoId, 'check');
			const film = await hasStatus(videoId, 'completed', 'failed');
			expect(film).toMatchObject({ status: 'completed', progress: 100 });
			await engine.settled();

			const before = sandbox.report();
			await putClip(videoId, 2, 1);
			const retried = await act(videoId, 'retry', { segment: 2 });
			const again = await hasStatus(videoId, 'completed', 'failed');
			const after = sandbox.report();

			expect(retried.status).toBe(202);
			expect((retried.body.changed as string[]).map((key) => key.slice(videoId.length + 1)).sort()).toEqual([
				'background.002',
				'combine.002',
				'concatenate',
				'mix',
				'voiceover.002',
			]);
			expect(again.status).toBe('completed');
			expect(again.video_url).not.toBe(film.video_url);
			expect(after.paidCalls.length).toBe(before.paidCalls.length);
			// One segment, the whole film, and the music under it.
			expect(after.submits.length - before.submits.length).toBe(3);
			await engine.settled();
		},
		VIDEO_MS,
	);

	it(
		'cancels, and writes down a callback that comes later without taking it',
		async () => {
			const { sandbox, view } = engine.demo;
			sandbox.setFaults({ delayMs: 20_000, services: { goApi: { callbacks: { delay: 1 } } } });
			const videoId = await start('A bell that rang too late was heard by the gulls. They had left by then.');
			await until(async () => ((await shown(`${videoId}.music`)).submitted_at === undefined ? undefined : true));

			const cancelled = await act(videoId, 'cancel');
			const event = await until(async () =>
				(await view.records('Webhook Events', videoId)).find(({ fields }) => fields.verdict === 'cancelled'),
			);

			expect(cancelled).toMatchObject({ status: 202, body: { video_id: videoId } });
			expect(event.fields.event_key).toContain('music');
			expect((await ask(`${videoId}.music`)).body).toMatchObject({ status: 'cancelled', output_url: null });
			expect((await ask(videoId)).body).toMatchObject({ status: 'failed' });
			expect(await act(videoId, 'cancel')).toMatchObject({
				status: 409,
				body: { error: { code: 'nothing_to_cancel' } },
			});
			await engine.settled();
		},
		VIDEO_MS,
	);

	it(
		'goes on without a segment, and without the music',
		async () => {
			const { sandbox } = engine.demo;
			const videoId = await start('The ladder had one rung too few for him. He took the stairs, and said nothing.');
			await hasStatus(videoId, 'searching_video');
			const nca = () => sandbox.report().submits.filter(({ service }) => service === 'nca').length;
			const before = nca();

			const skipped = [await act(videoId, 'skip', { segment: 2 }), await act(`${videoId}.music`, 'skip')];
			const again = await act(videoId, 'skip', { segment: 2 });
			const whole = await act(videoId, 'skip');
			await putClip(videoId, 1, 0);
			await act(videoId, 'check');
			const film = await hasStatus(videoId, 'completed', 'failed');

			expect(skipped.map(({ status }) => status)).toEqual([202, 202]);
			expect(again).toMatchObject({ status: 409, body: { error: { code: 'nothing_to_skip' } } });
			expect(whole).toMatchObject({ status: 422, body: { error: { code: 'cannot_skip' } } });
			expect(film).toMatchObject({ status: 'completed', video_url: expect.any(String) });
			// One segment and the film of it; nothing is mixed.
			expect(nca() - before).toBe(2);
			await engine.settled();
		},
		VIDEO_MS,
	);

	it.each([
		['an unknown video', 404, 'not_found', 'vid_none', 'check', undefined],
		['an unknown job', 404, 'not_found', UNKNOWN_ID, 'retry', undefined],
		['an act that is none', 404, 'unknown_act', 'vid_none', 'explode', undefined],
		['a formula', 400, 'invalid_id', "vid_1' OR TRUE() OR '", 'retry', undefined],
		['a prototype', 404, 'not_found', '__proto__', 'cancel', undefined],
		['ten kilobytes', 400, 'invalid_id', 'v'.repeat(10_000), 'cancel', undefined],
		['a segment that is no number', 400, 'invalid_segment', 'vid_none', 'retry', { segment: 'all' }],
		['a segment before the first', 400, 'invalid_segment', 'vid_none', 'retry', { segment: 0 }],
	])(
		'answers %s with %d %s',
		async (_what, status, code, id, what, body) => {
			expect(await act(id, what, body)).toMatchObject({
				status,
				body: { error: { code, message: expect.any(String), request_id: expect.any(String) } },
			});
			if (code !== 'unknown_act' && body === undefined) expect((await ask(id)).status).toBe(status);
		},
		VIDEO_MS,
	);

	it('lets nobody ask or act without the key', async () => {
		for (const [method, path] of [
			['GET', VIDEOS_PATH],
			['GET', `${JOBS_PATH}/vid_none`],
			['POST', `${JOBS_PATH}/vid_none/cancel`],
		]) {
			expect([401, 403]).toContain((await send(method, path, undefined, 'guess')).status);
		}
	});

	it(
		'tells anybody of its health, asking nobody, with nothing of any video, and saves no run of it',
		async () => {
			await engine.settled();
			const { sandbox, n8n } = engine.demo;
			const seen = async () => ({
				calls: Object.values(sandbox.report().services).map((service) => service?.calls),
				executions: (await n8n.executions()).length,
			});

			// A late write may fall among the probes; if a probe asked anybody, no round would ever be without a call.
			const answers = await until(async () => {
				const before = await seen();
				const round = await Promise.all(Array.from({ length: 5 }, health));
				return JSON.stringify(await seen()) === JSON.stringify(before) ? round : undefined;
			});

			for (const { status, body } of answers) {
				expect(status).toBe(200);
				expect(body).toMatchObject({
					status: expect.stringMatching(/^(ok|degraded)$/),
					recovery: { age_s: expect.any(Number) },
					services: { airtable: { state: 'ok' }, nca: { state: expect.any(String) } },
				});
				expect(JSON.stringify(body)).not.toMatch(/title|vid_|http|key/i);
			}
		},
		VIDEO_MS,
	);
});
