import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { operations } from '../../../nodes/NcaToolkit/actions/router';
import { NcaToolkit } from '../../../nodes/NcaToolkit/NcaToolkit.node';
import { requireSpans } from '../../../nodes/NcaToolkit/parameters';
import type { ParameterContext } from '../../../nodes/shared/params';
import { mockExecuteCtx, runNode } from '../../support/mockExecuteCtx';
import { recorded, withFakeToolkit } from './fakeToolkit';

const URL_A = 'http://media.test/a.mp4';
const URL_B = 'http://media.test/b.mp4';
const { properties } = new NcaToolkit().description;

function valuesOf(property: INodeProperties): string[] {
	return (property.options as INodePropertyOptions[]).map(({ value }) => String(value));
}

describe('the operations of the NCA Toolkit node', () => {
	const toolkit = withFakeToolkit();
	const run = async (params: IDataObject, answer = recorded('ok_compose_async_webhook').response) => {
		toolkit().answers.push(answer);
		const [items] = await runNode(new NcaToolkit(), { params, credentials: toolkit().credentials });
		const [{ method, path, body }] = toolkit().requests;
		const { id, webhook_url, ...payload } = body;
		return { method, path, payload, id, webhook_url, output: items.map(({ json }) => json) };
	};

	test('every operation on offer is there, and none is hidden', () => {
		const resource = properties.find(({ name }) => name === 'resource') as INodeProperties;
		const offered = valuesOf(resource).map((value) => {
			const operation = properties.find(
				({ name, displayOptions }) => name === 'operation' && displayOptions?.show?.resource?.includes(value),
			) as INodeProperties;
			return [value, valuesOf(operation).sort()];
		});
		const present = Object.entries(operations).map(([name, group]) => [name, Object.keys(group).sort()]);

		expect(Object.fromEntries(offered)).toEqual(Object.fromEntries(present));
	});

	test.each<[string, string, IDataObject, string, unknown]>([
		[
			'audio',
			'concatenate',
			{ audioUrls: `${URL_A}\n${URL_B}\n` },
			'/v1/audio/concatenate',
			{ audio_urls: [{ audio_url: URL_A }, { audio_url: URL_B }] },
		],
		[
			'code',
			'executePython',
			{ code: 'return 1', options: { timeout: 5 } },
			'/v1/code/execute/python',
			{ code: 'return 1', timeout: 5 },
		],
		[
			'image',
			'screenshot',
			{ url: 'http://a.test', options: { full_page: true, more: '{"quality":80}' } },
			'/v1/image/screenshot/webpage',
			{ url: 'http://a.test', full_page: true, quality: 80 },
		],
		['image', 'screenshot', { source: 'html', html: '<b>x</b>' }, '/v1/image/screenshot/webpage', { html: '<b>x</b>' }],
		[
			'media',
			'convert',
			{ mediaUrl: URL_A, format: 'mov', options: { video_crf: 20 } },
			'/v1/media/convert',
			{ media_url: URL_A, format: 'mov', video_crf: 20 },
		],
		[
			'media',
			'convertToMp3',
			{ mediaUrl: URL_A, options: { bitrate: '192k' } },
			'/v1/media/convert/mp3',
			{ media_url: URL_A, bitrate: '192k' },
		],
		[
			'media',
			'download',
			{ mediaUrl: URL_A, options: { format: '{"quality":"best"}', audio: '{}' } },
			'/v1/BETA/media/download',
			{ media_url: URL_A, format: { quality: 'best' } },
		],
		[
			'media',
			'generateAss',
			{ mediaUrl: URL_A, options: { replace: [{ find: 'a', replace: 'b' }] } },
			'/v1/media/generate/ass',
			{ media_url: URL_A, replace: [{ find: 'a', replace: 'b' }] },
		],
		['media', 'silence', { mediaUrl: URL_A, duration: 0.7 }, '/v1/media/silence', { media_url: URL_A, duration: 0.7 }],
		[
			'media',
			'transcribe',
			{ mediaUrl: URL_A, options: { include_srt: true, language: '' } },
			'/v1/media/transcribe',
			{ media_url: URL_A, include_srt: true },
		],
		[
			'storage',
			'upload',
			{ fileUrl: URL_A, options: { public: true } },
			'/v1/s3/upload',
			{ file_url: URL_A, public: true },
		],
		['video', 'caption', { videoUrl: URL_A }, '/v1/video/caption', { video_url: URL_A }],
		[
			'video',
			'caption',
			{
				videoUrl: URL_A,
				captionSource: 'text',
				captions: 'Hello',
				options: { bold: true, settings: '{"x":10}', exclude_time_ranges: '[]' },
			},
			'/v1/video/caption',
			{ video_url: URL_A, captions: 'Hello', settings: { bold: true, x: 10 } },
		],
		[
			'video',
			'compose',
			{ composeJson: { inputs: [], outputs: [] } },
			'/v1/ffmpeg/compose',
			{ inputs: [], outputs: [] },
		],
		[
			'video',
			'concatenate',
			{ videoUrls: [URL_A, { video_url: URL_B }] as never },
			'/v1/video/concatenate',
			{ video_urls: [{ video_url: URL_A }, { video_url: URL_B }] },
		],
		[
			'video',
			'cut',
			{ videoUrl: URL_A, cuts: { span: [{ start: '00:00:01.000', end: '00:00:02.000' }] } },
			'/v1/video/cut',
			{ video_url: URL_A, cuts: [{ start: '00:00:01.000', end: '00:00:02.000' }] },
		],
		[
			'video',
			'imageToVideo',
			{ imageUrl: 'http://media.test/i.png', options: { lengthS: 2 } },
			'/v1/image/convert/video',
			{ image_url: 'http://media.test/i.png', length: 2 },
		],
		[
			'video',
			'split',
			{ videoUrl: URL_A, splits: { span: [{ start: '0', end: '1' }] } },
			'/v1/video/split',
			{ video_url: URL_A, splits: [{ start: '0', end: '1' }] },
		],
		['video', 'thumbnail', { videoUrl: URL_A, second: 1.5 }, '/v1/video/thumbnail', { video_url: URL_A, second: 1.5 }],
		[
			'video',
			'trim',
			{ videoUrl: URL_A, start: '00:00:01', options: { video_preset: 'fast' } },
			'/v1/video/trim',
			{ video_url: URL_A, start: '00:00:01', video_preset: 'fast' },
		],
	])('%s: %s queues one job at its path', async (resource, operation, params, path, payload) => {
		const sent = await run({ resource, operation, ...params });

		expect(sent).toMatchObject({ method: 'POST', path, webhook_url: '', id: expect.any(String) as string });
		expect(sent.payload).toEqual(payload);
		expect(sent.output).toMatchObject([{ status: 'submitted' }]);
	});

	test('takes a list of spans from an expression', () => {
		const { ctx } = mockExecuteCtx(new NcaToolkit());
		const list = { ...ctx, getNodeParameter: () => [{ start: '0', end: 1.5 }] } as unknown as ParameterContext;

		expect(requireSpans(list, 'splits', 'Parts', 0)).toEqual([{ start: '0', end: '1.5' }]);
	});

	test('combines a voice and a clip with the shape that is asked for', async () => {
		const { path, payload } = await run({
			resource: 'video',
			operation: 'combine',
			voiceUrl: 'http://media.test/v.mp3',
			voiceS: 8.2,
			clipUrl: URL_A,
			clipS: 5,
			fit: 'loop',
			options: { width: 640, height: 360, fps: 25, preset: 'ultrafast', framing: 'pad' },
		});

		const text = JSON.stringify(payload);
		expect(path).toBe('/v1/ffmpeg/compose');
		expect(payload.inputs).toMatchObject([
			{ file_url: URL_A, options: [{ option: '-stream_loop' }] },
			{ file_url: 'http://media.test/v.mp3' },
		]);
		expect(text).toContain('640:360');
		expect(text).toContain('ultrafast');
		expect(text).toContain('pad=');
	});

	test('mixes music under a video', async () => {
		const params = {
			videoUrl: URL_A,
			musicUrl: 'http://media.test/m.mp3',
			durationS: 12,
			musicVolumeDb: -20,
			fadeOutS: 2,
		};

		const { path, payload } = await run({ resource: 'video', operation: 'mixMusic', ...params });

		expect(path).toBe('/v1/ffmpeg/compose');
		expect(JSON.stringify(payload)).toContain('volume=-20');
	});

	test.each<[IDataObject, string]>([
		[{ operation: 'combine', voiceUrl: URL_A, clipUrl: URL_A }, 'voiceS'],
		[{ operation: 'combine', voiceUrl: 'ftp://x', voiceS: 1, clipUrl: URL_A }, 'voiceUrl'],
		[{ operation: 'concatenate', videoUrls: '' }, 'Video URLs is required'],
		[{ operation: 'concatenate', videoUrls: `${URL_A}\nno` }, 'entry 2 is not a URL'],
		[{ operation: 'cut', videoUrl: URL_A, cuts: { span: [{ start: '1', end: '' }] } }, 'needs a start and an end'],
		[{ operation: 'compose', composeJson: '[1]' }, 'must be a JSON object'],
		[{ operation: 'compose', composeJson: '{' }, 'not valid JSON'],
		[{ operation: 'trim', videoUrl: ' ' }, 'Video URL is required'],
	])('names the field at fault instead of asking the toolkit (%#)', async (params, words) => {
		const node = runNode(new NcaToolkit(), {
			params: { resource: 'video', ...params },
			credentials: toolkit().credentials,
		});

		await expect(node).rejects.toThrow(words);
		expect(toolkit().requests).toHaveLength(0);
	});

	test('reads the facts of a file at once', async () => {
		const { path, payload, output } = await run(
			{ resource: 'media', operation: 'metadata', mediaUrl: URL_A },
			recorded('ok_media_metadata').response,
		);

		expect([path, payload]).toEqual(['/v1/media/metadata', { media_url: URL_A }]);
		expect(output[0]).toMatchObject({ duration: 3, fps: 25, video_codec: expect.any(String) as string });
	});

	test.each([
		['authenticate', '/v1/toolkit/authenticate', 'ok_authenticate', 'Authorized'],
		['test', '/v1/toolkit/test', 'ok_toolkit_test', expect.stringContaining('http') as string],
	])('asks the toolkit itself: %s', async (operation, path, fixture, response) => {
		const sent = await run({ resource: 'toolkit', operation }, recorded(fixture).response);

		expect(sent).toMatchObject({ method: 'GET', path, output: [{ response }] });
	});

	test('sends any request of the v1 API as it is', async () => {
		const params = {
			resource: 'raw',
			operation: 'request',
			path: '/v1/media/metadata',
			bodyJson: { media_url: URL_A },
		};

		const { path, payload, id, output } = await run(params, recorded('ok_media_metadata').response);

		expect([path, payload, id]).toEqual(['/v1/media/metadata', { media_url: URL_A }, undefined]);
		expect(output).toMatchObject([{ status: 200, body: { message: 'success' } }]);
	});

	test.each(['/authenticate', '/v1/../x', 'http://evil.test/v1/x', '/v1/a?b=c'])(
		'refuses %s as a path',
		async (path) => {
			const params = { resource: 'raw', operation: 'request', path };

			await expect(runNode(new NcaToolkit(), { params, credentials: toolkit().credentials })).rejects.toThrow('v1 API');
		},
	);
});
