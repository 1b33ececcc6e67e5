/** @needs n8n */
import { setTimeout as sleep } from 'node:timers/promises';
import { API_KEY_HEADER, INTAKE_PATH } from '../../sandbox/demo/constants';
import type { DemoResult } from '../../sandbox/demo/result';
import { findMediaBinaries } from '../../sandbox/media/binaries';
import { probeMedia } from '../../sandbox/media/probe';
import { SMALL, withSmallPictures, withTick } from '../support/n8n/content';
import { VideoEngineUnderTest } from '../support/n8n/videoEngine';

const START_MS = 240_000;
const VIDEO_MS = 600_000;
const EVENT_ROWS_MS = 45_000;
const EVENT_POLL_MS = 200;
const MAX_INTAKE_BYTES = 1024 * 1024;
/** Whoever waits for a lost callback waits for a tick: four of them in a row, in one of the films below. */
const TICK_S = 5;
/** Of a script whose video has no title of its own, as every message shows. */
const TITLE_CHARACTERS = 20;

/** Each test has words of its own: equal work of two videos would be one paid call. */
const SCRIPTS = {
	plain:
		'The tide goes out twice a day, and twice a day it comes back. Nobody asks it to. The shells it leaves behind are the only receipt.',
	dropped: 'A letter that was never delivered still has something to say. Somebody only has to go and look for it.',
	doubled: 'An echo is not a second voice. It is the first one, heard again, and it should be answered only once.',
	clips: 'Bring your own pictures and the story will wait for them. When they are there, it goes on by itself.',
	failing: 'Some days nothing works, and the honest thing is to say so. Then to say why.',
};

describe('the whole engine in a real n8n', () => {
	let engine: VideoEngineUnderTest;

	beforeAll(async () => {
		// The test of `npm run demo` looks at the size that the templates ask for.
		engine = await VideoEngineUnderTest.start({ adapt: (content) => withTick(TICK_S)(withSmallPictures(content)) });
	}, START_MS);

	afterEach(() => {
		engine.demo.sandbox.setFaults({});
	});

	afterAll(async () => {
		await engine?.stop();
	});

	async function jobsOf({ videoId }: DemoResult): Promise<Array<Record<string, unknown>>> {
		return (await engine.demo.view.records('Jobs', videoId)).map(({ fields }) => fields);
	}

	/** Deliveries per event; nobody waits for these rows, so the last of them may be written a moment after all else. */
	async function deliveriesOnce(videoId: string, wanted: number[]): Promise<unknown[]> {
		const giveUpMs = Date.now() + EVENT_ROWS_MS;
		for (;;) {
			const events = await engine.demo.view.records('Webhook Events', videoId);
			const deliveries = events.map(({ fields }) => fields.deliveries);
			if (Date.now() > giveUpMs || JSON.stringify(deliveries) === JSON.stringify(wanted)) return deliveries;
			await sleep(EVENT_POLL_MS);
		}
	}

	/** Work of this video may be paid for once, whatever happened on the way; another video's music may be the same. */
	function expectPaidOnce({ report, steps }: DemoResult): void {
		const begin = steps.map(({ startedAt }) => startedAt ?? '').sort()[0];
		const own = report.paidCalls.filter(({ at }) => at >= begin);
		const calls = own.map(({ service, route, inputHash }) => `${service} ${route} ${inputHash}`);
		expect(calls).toEqual([...new Set(calls)]);
	}

	async function expectFinished(result: DemoResult): Promise<void> {
		expect(result).toMatchObject({ status: 'completed', finalUrl: expect.any(String) });
		const jobs = await jobsOf(result);
		expect(jobs.map(({ job_key, status }) => ({ job_key, status }))).toEqual(
			jobs.map(({ job_key }) => ({ job_key, status: 'completed' })),
		);
		expectPaidOnce(result);
	}

	it(
		'turns a script into a film that is as long as its narration',
		async () => {
			const result = await engine.make({ script: SCRIPTS.plain });
			await expectFinished(result);
			const probe = await probeMedia(findMediaBinaries().ffprobePath, String(result.out));
			expect(probe.video).toMatchObject({
				codec_name: 'h264',
				...SMALL,
				pix_fmt: 'yuv420p',
				r_frame_rate: '30/1',
			});
			expect(probe.audio).toMatchObject({ codec_name: 'aac', sample_rate: '48000', channels: 2 });
			const toleranceS = 0.5 + 0.02 * result.segments;
			expect(Math.abs(probe.durationS - Number(result.narrationS))).toBeLessThanOrEqual(toleranceS);
			const executions = await engine.demo.n8n.executions();
			expect(executions.filter(({ status }) => status !== 'success')).toEqual([]);
		},
		VIDEO_MS,
	);

	it(
		'keeps only permanent addresses, each of which downloads with its content type',
		async () => {
			const result = await engine.make({ script: SCRIPTS.plain });
			const publicUrl = engine.demo.sandbox.credentials('spaces').publicBaseUrl;
			const urls = (await jobsOf(result)).map(({ output_url }) => String(output_url));
			for (const url of [...urls, String(result.finalUrl)]) {
				expect(url.startsWith(publicUrl)).toBe(true);
				const response = await fetch(url, { method: 'HEAD' });
				expect({ url, status: response.status }).toEqual({ url, status: 200 });
				expect(response.headers.get('content-type')).toMatch(/^(audio|video)\//);
			}
		},
		VIDEO_MS,
	);

	it(
		'finishes although every callback is lost',
		async () => {
			engine.demo.sandbox.setFaults({ seed: 7, callbacks: { drop: 1 } });
			const result = await engine.make({ script: SCRIPTS.dropped });
			await expectFinished(result);
			expect(result.report.callbacks.dropped).toBeGreaterThan(0);
		},
		VIDEO_MS,
	);

	it(
		'takes a callback that comes twice once, and counts both',
		async () => {
			engine.demo.sandbox.setFaults({ seed: 8, callbacks: { duplicate: 1 } });
			const result = await engine.make({ script: SCRIPTS.doubled });
			await expectFinished(result);
			for (const { history } of await jobsOf(result)) {
				expect(String(history).match(/completed/g)).toHaveLength(1);
			}
			const callbacks = result.steps.filter(({ service }) => service !== 'elevenLabs').length;
			const wanted = Array.from({ length: callbacks }, () => 2);
			expect(await deliveriesOnce(result.videoId, wanted)).toEqual(wanted);
		},
		VIDEO_MS,
	);

	it(
		"shows a person's clips, those that come late too",
		async () => {
			const result = await engine.make({ script: SCRIPTS.clips, clips: await engine.clips() });
			await expectFinished(result);
			const segments = await engine.demo.view.records('Segments', result.videoId);
			expect(segments.map(({ fields }) => fields.clip_source)).toEqual(segments.map(() => 'user'));
		},
		VIDEO_MS,
	);

	it(
		"ends with the provider's words, one Slack message, one mail and one Sentry event when a provider always fails",
		async () => {
			// A 400 proves that nothing began; after a 500 the engine rightly waits for minutes before it tries again.
			engine.demo.sandbox.setFaults({ services: { goApi: { status: { '400': 1 } } } });
			const result = await engine.make({ script: SCRIPTS.failing });
			expect(result.status).toBe('failed');
			const reasons = (await jobsOf(result)).flatMap(({ error_message }) =>
				error_message ? [String(error_message)] : [],
			);
			expect(reasons.some((reason) => result.error?.includes(reason))).toBe(true);
			const { slack, smtp, sentry } = engine.demo.sandbox.report().services;
			// A tick meanwhile may rightly add that too many of the last hour's few jobs failed.
			const ofVideo = (told: unknown, key: string) =>
				(told as Array<Record<string, unknown>>).filter((each) => !String(each[key]).includes('Many jobs fail'));
			const told = [ofVideo(slack?.own.messages, 'text'), ofVideo(smtp?.own.mails, 'subject')];
			const once = expect.stringContaining(SCRIPTS.failing.slice(0, TITLE_CHARACTERS));
			expect(told).toMatchObject([[{ text: once }], [{ subject: once }]]);
			const events = (sentry?.own.events ?? []) as Array<{ tags: { kind: string } }>;
			expect(events.filter(({ tags }) => tags.kind !== 'failure_rate')).toMatchObject([
				{ level: 'error', tags: { kind: 'job_failed', service: 'goApi', video: result.videoId, state: 'open' } },
			]);
			const alerts = await engine.demo.view.records('Alerts', result.videoId);
			expect(alerts.map(({ fields }) => fields)).toMatchObject([{ kind: 'job_failed', state: 'open', told: 1 }]);
		},
		VIDEO_MS,
	);

	it.each([
		['an empty script', JSON.stringify({ script_text: '' })],
		['a script of a megabyte', JSON.stringify({ script_text: 'word '.repeat(MAX_INTAKE_BYTES / 5) })],
		['no script', '{}'],
		['bytes that are no JSON', '\u0000\u0001\u0002{'],
	])(
		'refuses %s with a reason and creates nothing',
		async (_what, body) => {
			const videos = async () => {
				const response = await fetch(`${engine.demo.sandbox.baseUrl('airtable')}/_people/records?table=Videos`);
				return ((await response.json()) as { records: unknown[] }).records.length;
			};
			const before = await videos();
			const response = await fetch(`${engine.demo.n8n.baseUrl}${INTAKE_PATH}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json', [API_KEY_HEADER]: engine.demo.apiKey },
				body,
			});
			expect([400, 413, 422]).toContain(response.status);
			expect(await response.text()).toMatch(/script|JSON|large/i);
			expect(await videos()).toBe(before);
		},
		VIDEO_MS,
	);

	it('lets nobody in without the key', async () => {
		const response = await fetch(`${engine.demo.n8n.baseUrl}${INTAKE_PATH}`, { method: 'POST', body: '{}' });
		expect([401, 403]).toContain(response.status);
	});
});
