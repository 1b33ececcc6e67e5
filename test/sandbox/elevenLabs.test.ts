import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Sandbox, startSandbox } from '../../sandbox';
import { findMediaBinaries } from '../../sandbox/media/binaries';
import { runFfmpeg } from '../../sandbox/media/ffmpeg';
import { probeMedia } from '../../sandbox/media/probe';
import { withSandbox } from '../support/sandbox';
import { WebhookReceiver } from './webhookReceiver';

const VOICE = 'JBFqnCBsd6RMkjVDRZzb';
const SPEECH = `/v1/text-to-speech/${VOICE}`;

interface Answer {
	status: number;
	headers: Awaited<ReturnType<typeof fetch>>['headers'];
	bytes: Buffer;
	/** The body as JSON, when it is. */
	json: Record<string, unknown>;
}

async function call(sandbox: Sandbox, method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
	const { baseUrl, apiKey } = sandbox.credentials('elevenLabs');
	const isForm = body instanceof FormData;
	const response = await fetch(`${baseUrl}${path}`, {
		method,
		headers: { 'xi-api-key': key ?? apiKey, ...(isForm ? {} : { 'content-type': 'application/json' }) },
		...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
	});
	const bytes = Buffer.from(await response.arrayBuffer());
	const isJson = response.headers.get('content-type')?.includes('json') === true;
	const json = (isJson && !path.includes('/stream') ? JSON.parse(bytes.toString('utf8')) : {}) as Record<
		string,
		unknown
	>;
	return { status: response.status, headers: response.headers, bytes, json };
}

async function say(sandbox: Sandbox, text: string, query = '', more: object = {}): Promise<Answer> {
	return await call(sandbox, 'POST', `${SPEECH}${query}`, { text, ...more });
}

let dir: string;
beforeAll(async () => {
	dir = await mkdtemp(join(tmpdir(), 'elevenlabs-test-'));
});
afterAll(async () => await rm(dir, { recursive: true, force: true }));

async function probe(bytes: Buffer, name = 'sound') {
	const file = join(dir, name);
	await writeFile(file, bytes);
	return await probeMedia(findMediaBinaries().ffprobePath, file);
}

/** Mean volume in dB, as ffmpeg measures it. */
async function meanVolume(bytes: Buffer): Promise<number> {
	const file = join(dir, 'loudness');
	await writeFile(file, bytes);
	const { stderr } = await runFfmpeg(findMediaBinaries().ffmpegPath, [
		'-i',
		file,
		'-af',
		'volumedetect',
		'-f',
		'null',
		'-',
	]);
	return Number(/mean_volume: (-?[\d.]+) dB/.exec(stderr)?.[1]);
}

describe('ElevenLabs stand-in', () => {
	const sandboxOf = withSandbox(['elevenLabs'], { settings: { elevenLabs: { transcriptionDelayMs: 10 } } });

	describe('speech', () => {
		it('is real sound with the headers of the service, paid once', async () => {
			const answer = await say(sandboxOf(), 'Good morning. This is a film about tea.');

			expect(answer.status).toBe(200);
			expect(answer.headers.get('content-type')).toBe('audio/mpeg');
			expect(answer.headers.get('character-cost')).toBe('39');
			expect(answer.headers.get('current-concurrent-requests')).toBe('1');
			expect(answer.headers.get('maximum-concurrent-requests')).toBe('5');
			expect(answer.headers.get('request-id')).toMatch(/^[0-9a-f]{32}$/);
			expect(answer.headers.get('history-item-id')).not.toBeNull();
			const { audio, durationS } = await probe(answer.bytes);
			expect(audio).toMatchObject({ codec_name: 'mp3', sample_rate: '44100', bit_rate: '128000' });
			expect(durationS).toBeGreaterThan(1.5);
			expect(durationS).toBeLessThan(6);
			const volume = await meanVolume(answer.bytes);
			expect(volume).toBeGreaterThan(-26);
			expect(volume).toBeLessThan(-14);
			expect(sandboxOf().report().paidCalls).toHaveLength(1);
		}, 20_000);

		it.each([
			['German', 'Guten Morgen, das ist ein Film über den Tee.', 1.5],
			['Japanese', '東京は日本の首都です。とても大きい都市です。', 2],
			['Arabic', 'مرحبا بالعالم، هذا فيلم عن الشاي.', 1.5],
			['Thai', 'สวัสดีชาวโลก', 0.6],
			['emoji', '😀🎉', 0.3],
			['dots', '...', 0.3],
			['a script that nobody reads', '\u{10330}\u{10331}\u{10332} \u{10333}\u{10334}', 0.3],
			['several scripts', 'Hello こんにちは мир!', 1],
		])(
			'says %s',
			async (_name, text, least) => {
				const answer = await say(sandboxOf(), text, '?output_format=wav_22050');

				expect(answer.status).toBe(200);
				expect((await probe(answer.bytes)).durationS).toBeGreaterThanOrEqual(least);
				expect(await meanVolume(answer.bytes)).toBeGreaterThan(-40);
			},
			120_000,
		);

		it.each([
			['pcm_16000', 'audio/pcm', undefined],
			['wav_44100', 'audio/wav', 'pcm_s16le'],
			['opus_48000_64', 'audio/ogg', 'opus'],
			['ulaw_8000', 'audio/basic', undefined],
			['mp3_22050_32', 'audio/mpeg', 'mp3'],
		])(
			'comes as %s',
			async (format, contentType, codec) => {
				const answer = await say(sandboxOf(), 'A test of the format.', `?output_format=${format}`);

				expect(answer.headers.get('content-type')).toBe(contentType);
				if (codec === undefined) expect(answer.bytes.length).toBeGreaterThan(8_000);
				else expect((await probe(answer.bytes)).audio?.codec_name).toBe(codec);
			},
			120_000,
		);

		it('is slower when asked to be', async () => {
			const [usual, slow] = await Promise.all(
				[1, 0.7].map(
					async (speed) => await say(sandboxOf(), 'Some words about tea.', '', { voice_settings: { speed } }),
				),
			);

			expect(slow.bytes.length).toBeGreaterThan(usual.bytes.length * 1.15);
		}, 20_000);

		it('tells when each character is said', async () => {
			const text = 'One two three 🎉 four.';

			const { json } = await call(sandboxOf(), 'POST', `${SPEECH}/with-timestamps`, { text });

			const alignment = json.alignment as Record<string, number[]>;
			const [starts, ends] = [alignment.character_start_times_seconds, alignment.character_end_times_seconds];
			expect(alignment.characters).toEqual([...text]);
			expect(starts).toHaveLength([...text].length);
			for (const [index, start] of starts.entries()) {
				expect(ends[index]).toBeGreaterThanOrEqual(start);
				if (index > 0) expect(start).toBeGreaterThanOrEqual(starts[index - 1]);
			}
			const { durationS } = await probe(Buffer.from(json.audio_base64 as string, 'base64'));
			expect(ends.at(-1)).toBeCloseTo(durationS, 0);
		}, 20_000);

		it('is streamed by its twins', async () => {
			const text = 'A text to be streamed.';
			const whole = await say(sandboxOf(), text);

			const stream = await call(sandboxOf(), 'POST', `${SPEECH}/stream`, { text });
			const timed = await call(sandboxOf(), 'POST', `${SPEECH}/stream/with-timestamps`, { text });

			const lines = timed.bytes.toString('utf8').trim().split('\n');
			const parts = lines.map(
				(line) => JSON.parse(line) as { audio_base64: string; alignment: { characters: string[] } },
			);
			const sounds = [stream.bytes, Buffer.concat(parts.map((part) => Buffer.from(part.audio_base64, 'base64')))];
			expect(parts.flatMap((part) => part.alignment.characters).join('')).toBe(text);
			// No two renderings are alike to the byte, as with the service itself.
			const { durationS } = await probe(whole.bytes);
			for (const sound of sounds) expect(Math.abs((await probe(sound)).durationS - durationS)).toBeLessThan(0.3);
		}, 20_000);
	});

	describe('refusals', () => {
		it.each([
			['an unknown voice', 400, { detail: { status: 'voice_not_found' } }, '/v1/text-to-speech/nobody', { text: 'x' }],
			[
				'an unknown model',
				400,
				{ detail: { code: 'invalid_parameters', param: 'model_id' } },
				SPEECH,
				{ text: 'x', model_id: 'm' },
			],
			['an empty text', 400, { detail: { code: 'invalid_parameters', param: 'text' } }, SPEECH, { text: ' ' }],
			['a missing text', 422, { detail: [{ loc: ['body', 'text'], type: 'missing' }] }, SPEECH, {}],
			['a text that is none', 422, { detail: [{ loc: ['body', 'text'], type: 'string_type' }] }, SPEECH, { text: 5 }],
			[
				'settings out of range',
				422,
				{ detail: [{ loc: ['body', 'voice_settings', 'stability'] }] },
				SPEECH,
				{ text: 'x', voice_settings: { stability: 2 } },
			],
			['a list for a body', 422, { detail: [{ loc: ['body'] }] }, SPEECH, []],
			[
				'a format it lacks',
				422,
				{ detail: [{ loc: ['query', 'output_format'] }] },
				`${SPEECH}?output_format=mp3`,
				{ text: 'x' },
			],
			[
				'stale stitching',
				400,
				{ detail: { param: 'previous_request_ids' } },
				SPEECH,
				{ text: 'x', previous_request_ids: ['a'] },
			],
			[
				'too much stitching',
				400,
				{ detail: { param: 'next_request_ids' } },
				SPEECH,
				{ text: 'x', next_request_ids: ['a', 'b', 'c', 'd'] },
			],
			[
				'stitching where the model has none',
				400,
				{ detail: { code: 'invalid_parameters' } },
				SPEECH,
				{ text: 'x', model_id: 'eleven_v3', previous_request_ids: ['a'] },
			],
			[
				'a text above the limit',
				400,
				{ detail: { status: 'max_character_limit_exceeded' } },
				SPEECH,
				{ text: 'x'.repeat(10_001) },
			],
		])('of %s', async (_name, status, body, path, request) => {
			const answer = await call(sandboxOf(), 'POST', path, request);

			expect(answer.status).toBe(status);
			expect(answer.json).toMatchObject(body);
			expect(sandboxOf().report().paidCalls).toEqual([]);
		});

		it('of a wrong key', async () => {
			const answer = await call(sandboxOf(), 'POST', SPEECH, { text: 'x' }, 'no');

			expect(answer.status).toBe(401);
			expect(answer.json).toMatchObject({ detail: { code: 'invalid_api_key', type: 'authentication_error' } });
		});

		it('answers what it does not have with a bare word', async () => {
			expect(await call(sandboxOf(), 'GET', '/v1/nothing')).toMatchObject({
				status: 404,
				json: { detail: 'Not Found' },
			});
			expect((await call(sandboxOf(), 'GET', '/v1/voices/%E0')).status).toBe(404);
		});

		it('acts out its own faults', async () => {
			sandboxOf().setFaults({ services: { elevenLabs: { script: ['quotaExceeded', 'systemBusy', 'forgetHistory'] } } });

			const answers = [await say(sandboxOf(), 'x'), await say(sandboxOf(), 'x'), await say(sandboxOf(), 'x')];

			expect(answers.map(({ status }) => status)).toEqual([401, 429, 200]);
			expect(answers[0].json).toMatchObject({ detail: { status: 'quota_exceeded' } });
			expect(answers[1].json).toMatchObject({ detail: { status: 'system_busy' } });
			expect((await call(sandboxOf(), 'GET', '/v1/history')).json).toMatchObject({ history: [] });
		});
	});

	describe('history', () => {
		it('finds a speech again by its request, with the same sound', async () => {
			await say(sandboxOf(), 'The first text.');
			const second = await say(sandboxOf(), 'The second text.', '', { voice_settings: { stability: 0.4 } });

			const list = await call(sandboxOf(), 'GET', `/v1/history?voice_id=${VOICE}&page_size=1`);
			const [item] = list.json.history as Array<Record<string, unknown>>;
			const next = await call(
				sandboxOf(),
				'GET',
				`/v1/history?start_after_history_item_id=${String(item.history_item_id)}&search=first`,
			);
			const audio = await call(sandboxOf(), 'GET', `/v1/history/${String(item.history_item_id)}/audio`);

			expect(list.json).toMatchObject({ has_more: true, last_history_item_id: item.history_item_id });
			expect(item).toMatchObject({
				request_id: second.headers.get('request-id'),
				text: 'The second text.',
				model_id: 'eleven_multilingual_v2',
				state: 'created',
				source: 'TTS',
				settings: { stability: 0.4 },
				output_format: 'mp3_44100_128',
				character_count_change_from: 15,
				character_count_change_to: 31,
			});
			expect(next.json).toMatchObject({ has_more: false, history: [{ text: 'The first text.' }] });
			expect(audio.bytes.equals(second.bytes)).toBe(true);
			expect(audio.headers.get('content-type')).toBe('audio/mpeg');
		}, 20_000);

		it('keeps nothing when asked not to, and forgets what is deleted', async () => {
			const kept = await say(sandboxOf(), 'Kept.');
			await say(sandboxOf(), 'Not kept.', '?enable_logging=false');
			const id = kept.headers.get('history-item-id');

			const before = await call(sandboxOf(), 'GET', '/v1/history?sort_direction=asc');
			await call(sandboxOf(), 'DELETE', `/v1/history/${id}`);
			const after = await call(sandboxOf(), 'GET', `/v1/history/${id}`);

			expect(before.json.history).toHaveLength(1);
			expect(after.status).toBe(404);
			expect((await call(sandboxOf(), 'GET', `/v1/history/${id}/audio`)).status).toBe(404);
			expect((await call(sandboxOf(), 'GET', '/v1/history?page_size=0')).status).toBe(422);
		}, 20_000);

		it('lets stitching name a request that it knows', async () => {
			const first = await say(sandboxOf(), 'One.');

			const second = await say(sandboxOf(), 'Two.', '', { previous_request_ids: [first.headers.get('request-id')] });

			expect(second.status).toBe(200);
		}, 20_000);
	});

	describe('lists', () => {
		it('pages, sorts and searches voices', async () => {
			const first = await call(sandboxOf(), 'GET', '/v2/voices?page_size=5&sort=name&sort_direction=desc');
			const token = String(first.json.next_page_token);
			const second = await call(
				sandboxOf(),
				'GET',
				`/v2/voices?page_size=100&sort=name&sort_direction=desc&next_page_token=${token}`,
			);
			const found = await call(sandboxOf(), 'GET', '/v2/voices?search=german&include_total_count=false');
			const byId = await call(sandboxOf(), 'GET', `/v2/voices?voice_ids=${VOICE}`);
			const all = await call(sandboxOf(), 'GET', '/v1/voices');

			const names = [first, second].flatMap(({ json }) =>
				(json.voices as Array<{ name: string }>).map(({ name }) => name),
			);
			expect(first.json).toMatchObject({ has_more: true, total_count: 12 });
			expect(second.json).toMatchObject({ has_more: false, next_page_token: null });
			expect(names).toEqual([...names].sort((a, b) => b.localeCompare(a)));
			expect(names).toHaveLength(12);
			expect(found.json).toMatchObject({ voices: [{ name: 'Anna' }] });
			expect(found.json).not.toHaveProperty('total_count');
			expect(byId.json.voices).toHaveLength(1);
			expect(all.json.voices).toHaveLength(12);
			expect((await call(sandboxOf(), 'GET', `/v1/voices/${VOICE}`)).json).toMatchObject({ name: 'George' });
			expect((await call(sandboxOf(), 'GET', '/v2/voices?page_size=101')).status).toBe(422);
			expect((await call(sandboxOf(), 'GET', '/v2/voices?next_page_token=YWJj')).status).toBe(422);
		});

		it('names the models with their limits', async () => {
			const { bytes } = await call(sandboxOf(), 'GET', '/v1/models');

			const models = JSON.parse(bytes.toString('utf8')) as Array<Record<string, unknown>>;
			expect(models.find(({ model_id: id }) => id === 'eleven_flash_v2_5')).toMatchObject({
				maximum_text_length_per_request: 40_000,
				model_rates: { character_cost_multiplier: 0.5 },
			});
		});

		it('counts characters in the subscription', async () => {
			await say(sandboxOf(), 'Ten chars.');
			await say(sandboxOf(), 'Ten chars.', '', { model_id: 'eleven_flash_v2_5' });

			expect((await call(sandboxOf(), 'GET', '/v1/user/subscription')).json).toMatchObject({
				tier: 'creator',
				character_count: 15,
				character_limit: 1_000_000,
			});
			expect((await call(sandboxOf(), 'GET', '/v1/user')).json).toMatchObject({
				subscription: { character_count: 15 },
			});
		}, 20_000);
	});

	describe('transcription', () => {
		let receiver: WebhookReceiver;
		let url: string;
		beforeEach(async () => {
			receiver = new WebhookReceiver();
			url = await receiver.open();
		});
		afterEach(async () => await receiver.close());

		function form(fields: Record<string, string>, audio?: Buffer) {
			const data = new FormData();
			for (const [name, value] of Object.entries({ model_id: 'scribe_v1', ...fields })) data.append(name, value);
			if (audio) data.append('file', new Blob([new Uint8Array(audio)]), 'a.mp3');
			return data;
		}

		it('knows the words of what was said here', async () => {
			const { bytes } = await say(sandboxOf(), 'These are the true words.');

			const fields = { timestamps_granularity: 'character', additional_formats: '[{"format":"srt"}]' };
			const answer = await call(sandboxOf(), 'POST', '/v1/speech-to-text', form(fields, bytes));

			const words = answer.json.words as Array<Record<string, unknown>>;
			expect(answer.status).toBe(200);
			expect(answer.json.text).toBe('These are the true words.');
			expect(words.map(({ text }) => text).join('')).toBe('These are the true words.');
			expect(words[0]).toMatchObject({ text: 'These', type: 'word', start: 0, characters: expect.any(Array) });
			expect(words[1]).toMatchObject({ type: 'spacing' });
			expect(JSON.stringify(answer.json.additional_formats)).toContain('These are the true words.');
			expect(sandboxOf().report().paidCalls).toHaveLength(2);
		}, 20_000);

		it('gives a fixed transcript of other sound', async () => {
			const { bytes } = await say(sandboxOf(), 'Unknown.', '?output_format=wav_16000');
			const other = Buffer.concat([bytes, Buffer.alloc(3200)]);
			const fetched = await call(
				sandboxOf(),
				'POST',
				'/v1/speech-to-text',
				form({ timestamps_granularity: 'none' }, other),
			);

			expect(fetched.json).toMatchObject({ words: [], text: expect.stringContaining('not known') });
		}, 20_000);

		it.each([
			['no file', {}, undefined, 'file'],
			['a file that is no media', {}, Buffer.from('text'), 'file'],
			['an empty file', {}, Buffer.alloc(0), 'file'],
			['an unknown model', { model_id: 'whisper' }, Buffer.from('x'), 'model_id'],
			['a URL that leads nowhere', { source_url: 'http://127.0.0.1:1/a' }, undefined, 'source_url'],
			['deep metadata', { webhook_metadata: '{"a":{"b":{"c":1}}}' }, Buffer.from('x'), 'webhook_metadata'],
			['metadata that is no JSON', { webhook_metadata: 'job 1' }, Buffer.from('x'), 'webhook_metadata'],
			['a webhook that nobody registered', { webhook: 'true' }, Buffer.from('x'), 'webhook'],
		])('refuses %s', async (_name, fields, audio, param) => {
			const answer = await call(sandboxOf(), 'POST', '/v1/speech-to-text', form(fields, audio));

			expect(answer).toMatchObject({ status: 400, json: { detail: { param } } });
		});

		it('refuses what is no form', async () => {
			expect((await call(sandboxOf(), 'POST', '/v1/speech-to-text', { model_id: 'scribe_v1' })).status).toBe(422);
		});

		it('sends the result to a registered webhook, signed', async () => {
			const { bytes } = await say(sandboxOf(), 'Signed words.');
			const settings = { auth_type: 'hmac', name: 'n8n', webhook_url: url };
			const created = await call(sandboxOf(), 'POST', '/v1/workspace/webhooks', { settings });

			const metadata = { job: 'v.captions', attempt: 1 };
			const fields = { webhook: 'true', webhook_metadata: JSON.stringify(metadata) };
			const accepted = await call(sandboxOf(), 'POST', '/v1/speech-to-text', form(fields, bytes));
			const [webhook] = await receiver.wait(1);

			const { t, v0 } = Object.fromEntries(
				String(webhook.headers['elevenlabs-signature'])
					.split(',')
					.map((part) => part.split('=') as [string, string]),
			);
			const secret = String(created.json.webhook_secret);
			const body = JSON.parse(webhook.body) as Record<string, unknown>;
			expect(secret).toBe(sandboxOf().credentials('elevenLabs').webhookSecret);
			expect(accepted.status).toBe(202);
			expect(createHmac('sha256', secret).update(`${t}.${webhook.body}`).digest('hex')).toBe(v0);
			expect(body).toMatchObject({
				type: 'speech_to_text_transcription',
				event_timestamp: Number(t),
				data: {
					request_id: accepted.json.request_id,
					webhook_metadata: metadata,
					transcription: { text: 'Signed words.' },
				},
			});
			const later = `/v1/speech-to-text/transcripts/${String(accepted.json.transcription_id)}`;
			expect((await call(sandboxOf(), 'GET', later)).json).toMatchObject({ text: 'Signed words.' });
		}, 20_000);

		it('lists, switches off and removes webhooks', async () => {
			const settings = { auth_type: 'hmac', name: 'n8n', webhook_url: url };
			const { json } = await call(sandboxOf(), 'POST', '/v1/workspace/webhooks', { settings });
			const path = `/v1/workspace/webhooks/${String(json.webhook_id)}`;

			await call(sandboxOf(), 'PATCH', path, { is_disabled: true, name: 'off', events: ['speech_to_text'] });
			const listed = await call(sandboxOf(), 'GET', '/v1/workspace/webhooks');
			const removed = await call(sandboxOf(), 'DELETE', path);

			expect(listed.json).toMatchObject({ webhooks: [{ name: 'off', is_disabled: true, webhook_url: url }] });
			expect(removed.status).toBe(200);
			expect((await call(sandboxOf(), 'DELETE', path)).status).toBe(404);
			expect((await call(sandboxOf(), 'PATCH', path, { name: 'x' })).status).toBe(404);
			expect((await call(sandboxOf(), 'POST', '/v1/workspace/webhooks', {})).status).toBe(422);
		});
	});

	describe('music and sounds', () => {
		it('are made synchronously in the asked length', async () => {
			const music = await call(sandboxOf(), 'POST', '/v1/music', { prompt: 'calm', music_length_ms: 4_000 });
			const sound = await call(sandboxOf(), 'POST', '/v1/sound-generation', { text: 'wind', duration_seconds: 1 });

			expect(music.headers.get('song-id')).not.toBeNull();
			expect((await probe(music.bytes)).durationS).toBeCloseTo(4, 0);
			expect((await probe(sound.bytes)).durationS).toBeCloseTo(1, 0);
		}, 30_000);

		it('follow a plan, and come in two parts when details are wanted', async () => {
			const plan = await call(sandboxOf(), 'POST', '/v1/music/plan', { prompt: 'calm', music_length_ms: 4_000 });

			const answer = await call(sandboxOf(), 'POST', '/v1/music/detailed', { composition_plan: plan.json });

			expect(answer.headers.get('content-type')).toMatch(/^multipart\/mixed; boundary=/);
			expect(answer.bytes.includes('"song_id"')).toBe(true);
		}, 30_000);

		it.each([
			[{}, 400],
			[{ prompt: 'x', composition_plan: {} }, 400],
			[{ prompt: 'x'.repeat(4_101) }, 400],
			[{ prompt: 'x', music_length_ms: 100 }, 422],
			[{ prompt: 'x', music_length_ms: 'long' }, 422],
		])('refuses the wish %#', async (body, status) => {
			expect((await call(sandboxOf(), 'POST', '/v1/music', body)).status).toBe(status);
		});
	});
});

describe('ElevenLabs stand-in with limits', () => {
	async function withLimits<T>(elevenLabs: Record<string, unknown>, run: (sandbox: Sandbox) => Promise<T>): Promise<T> {
		const sandbox = await startSandbox({ services: ['elevenLabs'], settings: { elevenLabs } });
		try {
			return await run(sandbox);
		} finally {
			await sandbox.stop();
		}
	}

	it('queues briefly above the concurrency limit, then refuses in both spellings', async () => {
		const answers = await withLimits({ maxConcurrent: 2, speechDelayMs: 400 }, async (sandbox) => {
			return await Promise.all(['a', 'b', 'c', 'd'].map(async (text) => await say(sandbox, text)));
		});

		const refused = answers
			.filter(({ status }) => status === 429)
			.map(({ json }) => json.detail as Record<string, string>);
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
		expect(refused.map(({ status, code }) => code ?? status).sort()).toEqual([
			'concurrent_limit_exceeded',
			'too_many_concurrent_requests',
		]);
	}, 20_000);

	it('gives a slot that becomes free to a request that waits', async () => {
		const answers = await withLimits({ maxConcurrent: 1 }, async (sandbox) => {
			await say(sandbox, 'The first one starts the engine.');
			return await Promise.all([
				say(sandbox, 'a', '?output_format=pcm_8000'),
				say(sandbox, 'b', '?enable_logging=false'),
			]);
		});

		// Whether 50 ms are enough depends on the machine; no answer may be anything else.
		for (const { status } of answers) expect([200, 429]).toContain(status);
		expect(answers.some(({ status }) => status === 200)).toBe(true);
	}, 20_000);

	it('ends at the quota with 401, in the shape that is set', async () => {
		const [first, second] = await withLimits({ quota: 10, errorShape: 'current' }, async (sandbox) => [
			await say(sandbox, 'Eight ch'),
			await say(sandbox, 'abc'),
		]);

		expect(first.status).toBe(200);
		expect(second).toMatchObject({
			status: 401,
			json: { detail: { code: 'quota_exceeded', status: 'quota_exceeded' } },
		});
	}, 20_000);

	it('charges a speech whose client went away, and keeps it', async () => {
		await withLimits({ speechDelayMs: 200 }, async (sandbox) => {
			const { baseUrl, apiKey } = sandbox.credentials('elevenLabs');
			const given = new AbortController();
			const lost = fetch(`${baseUrl}${SPEECH}`, {
				method: 'POST',
				headers: { 'xi-api-key': apiKey },
				body: JSON.stringify({ text: 'Lost but paid.' }),
				signal: given.signal,
			}).catch(() => 'gone');
			setTimeout(() => given.abort(), 50);

			expect(await lost).toBe('gone');
			let items: unknown[] = [];
			while (items.length === 0) items = (await call(sandbox, 'GET', '/v1/history')).json.history as unknown[];
			expect(items).toMatchObject([{ text: 'Lost but paid.' }]);
		});
	}, 20_000);

	it('refuses a setting that it does not know', async () => {
		await expect(withLimits({ plan: 'pro' }, async () => undefined)).rejects.toThrow('settings.elevenLabs.plan');
	});
});
