import { NodeOperationError } from 'n8n-workflow';

import { getTracker } from '../../../nodes/JobTracker/connection';
import { JobTracker } from '../../../nodes/JobTracker/JobTracker.node';
import { mockExecuteCtx, runNode } from '../../support/mockExecuteCtx';
import { type NodeBench, openNodeBench } from './support';

const VIDEO = {
	script: 'One.',
	title: 'A title',
	segments: [{ text: 'One.', startS: 0, endS: 10 }],
	settings: '{}',
};
const EVENT = { jobKey: 'vid_1.music', attempt: 1, h: 'a1b2c3d4e5f60718', outcome: 'progress' };

let bench: NodeBench;
beforeAll(async () => {
	bench = await openNodeBench();
	await bench.run('schema.setUp');
});
afterAll(async () => await bench.close());

describe('a wrong input', () => {
	it.each<[string, Record<string, unknown>, string]>([
		['video.create', { ...VIDEO, script: '  ' }, 'Script is required'],
		['video.create', { ...VIDEO, title: ['A title'] }, 'title must be text.'],
		['video.create', { ...VIDEO, segments: 7 }, 'Segments must be a list of objects with a text'],
		['video.create', { ...VIDEO, segments: '[' }, 'Segments is not valid JSON'],
		['video.create', { ...VIDEO, segments: '[]' }, 'Segments must be a list of objects with a text'],
		['video.create', { ...VIDEO, segments: [null] }, 'Segments must be a list of objects with a text'],
		['video.create', { ...VIDEO, segments: [{ text: ' ' }] }, 'Segments must be a list of objects with a text'],
		['video.create', { ...VIDEO, settings: '[]' }, 'Settings must be a JSON object'],
		['video.create', { ...VIDEO, settings: { background: 'stolen' } }, 'background must be one of: user, generated.'],
		['video.claimReadySteps', { videoId: '' }, 'Video ID is required'],
		['video.claimReadySteps', { videoId: 'vid_none' }, 'There is no video "vid_none" in the tracker.'],
		['video.getStatus', { videoId: '' }, 'Video ID is required'],
		['video.retry', { target: '' }, 'Video ID or Job is required'],
		['video.cancel', { target: 'vid_none' }, 'There is no video "vid_none" in the tracker.'],
		['video.checkNow', { target: '' }, 'Video ID or Job is required'],
		['video.retry', { target: 'vid_none', segment: '2 or all' }, 'segment must be a whole number above zero.'],
		['video.retry', { target: 'vid_none.music', segment: 2 }, 'A job has no segments'],
		['video.cancel', { target: "vid_1'),TRUE(),('" }, 'The id must be a video id, a job key or a job id.'],
		['job.get', { target: '__proto__.toString.constructor' }, 'The id must be a video id'],
		['job.get', { target: 'vid_none.music' }, 'There is no video "vid_none" in the tracker.'],
		['job.markSubmitted', { jobKey: '', attempt: 1, externalId: 'x' }, 'Job Key is required'],
		[
			'job.markSubmitted',
			{ jobKey: 'v.mix', attempt: 0, externalId: 'x' },
			'Attempt must be a whole number above zero',
		],
		['job.markSubmitted', { jobKey: 'v.mix', attempt: 1, externalId: '' }, 'External ID is required'],
		['job.recordEvent', { event: 'no JSON' }, 'Event is not valid JSON'],
		['job.recordEvent', { event: { ...EVENT, jobKey: '' } }, 'The item names no job.'],
		['job.matchResult', { event: '' }, 'Event must be a JSON object'],
		['job.matchResult', { event: { ...EVENT, attempt: 0 } }, 'The item names no attempt.'],
		['job.complete', { event: { ...EVENT, h: '' } }, 'The item holds no hash of its result.'],
		['job.complete', { event: EVENT }, 'Only a result that is stored in Spaces can complete a job.'],
		['job.failOrRetry', { jobKey: '', attempt: 1, failure: {} }, 'Job Key is required'],
		['job.failOrRetry', { jobKey: 'v.mix', attempt: 'one', failure: {} }, 'Attempt must be a whole number above zero'],
		['job.failOrRetry', { jobKey: 'v.mix', attempt: 1, failure: 7 }, 'Failure must be a JSON object'],
		['alert.claim', { cause: '', videoId: '' }, 'Cause is required'],
		['video.paint', {}, 'The operation "paint" of "video" does not exist'],
	])('of %s names its field (%#)', async (operation, params, message) => {
		const failed = bench.run(operation, params);

		await expect(failed).rejects.toThrow(NodeOperationError);
		await expect(failed).rejects.toThrow(message);
	});

	it.each([
		['', 'Endpoint URL in the Airtable Tracker credential is not a URL', 'nowhere'],
		['wrong', 'Airtable does not accept the token', ''],
	])('of the credential is told, too (token %j)', async (accessToken, message, endpointUrl) => {
		const credential = { ...bench.credential, accessToken, ...(endpointUrl === '' ? {} : { endpointUrl }) };

		const failed = bench.run('video.getStatus', { videoId: 'v' }, { credentials: { airtableTrackerApi: credential } });

		await expect(failed).rejects.toThrow(message);
	});

	it('gives code and field to the items that go on', async () => {
		const params = { ...VIDEO, settings: { voice_speed: 9 } };

		const [item] = await bench.run('video.create', params, { continueOnFail: true });

		expect(item.json).toMatchObject({
			error: expect.stringContaining('voice_speed'),
			details: { field: 'voice_speed', failure: { class: 'invalid_input', began: 'no', retryable: false } },
		});
	});
});

describe('items', () => {
	it('none give none', async () => {
		expect(await bench.run('video.create', VIDEO, { items: [] })).toEqual([]);
	});

	it('three are worked on, each paired with what came of it', async () => {
		const items = [{ json: {} }, { json: {} }, { json: {} }];
		const created = await bench.run('video.create', (index) => ({ ...VIDEO, title: `Number ${index}` }), { items });
		const ids = created.map(({ json }) => String(json.videoId));

		const steps = await bench.run('video.claimReadySteps', (index) => ({ videoId: ids[index] }), { items });

		expect(new Set(ids).size).toBe(3);
		expect(created.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(steps).toHaveLength(6);
		for (const { json, pairedItem } of steps) expect(pairedItem).toEqual({ item: ids.indexOf(String(json.videoId)) });
	});

	it('that fail go on beside the others where they may', async () => {
		const items = [{ json: {} }, { json: {} }, { json: {} }];
		const params = (index: number) => ({ ...VIDEO, script: index === 1 ? '' : 'One.' });

		const given = await bench.run('video.create', params, { items, continueOnFail: true });

		expect(given.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(given.map(({ json }) => json.error)).toEqual([undefined, 'Script is required', undefined]);
		expect(given[1].json.details).toMatchObject({ failure: { class: 'invalid_input' } });
	});

	it('end with the first that fails where they may not', async () => {
		const items = [{ json: {} }, { json: {} }, { json: {} }];
		const videosBefore = (await bench.rows('Videos')).length;

		const failed = bench.run('video.create', { ...VIDEO, script: '' }, { items });

		await expect(failed).rejects.toMatchObject({ message: 'Script is required', context: { itemIndex: 0 } });
		expect(await bench.rows('Videos')).toHaveLength(videosBefore);
	});
});

describe('the credential', () => {
	it('must be there', async () => {
		const failed = runNode(new JobTracker(), { params: { resource: 'job', operation: 'findDue' } });

		await expect(failed).rejects.toThrow('airtableTrackerApi');
	});

	it.each([
		[{ tickSeconds: '5', safetyScanSeconds: 60, speechPrice: 0 }, [5, 60, 0]],
		[{ tickSeconds: 0, safetyScanSeconds: -1, speechPrice: 'much' }, [30, 900, 0.3]],
		[{ tickSeconds: '', safetyScanSeconds: null, speechPrice: '' }, [30, 900, 0.3]],
		[{}, [30, 900, 0.3]],
	])('sets pace and price, and takes defaults for what is odd: %j', async (settings, expected) => {
		const { ctx } = mockExecuteCtx(new JobTracker(), {
			credentials: { airtableTrackerApi: { ...bench.credential, ...settings } },
		});

		const { tickS, safetyScanS, speechUsdPerThousandCharacters } = (await getTracker(ctx, 0)).context.settings;

		expect([tickS, safetyScanS, speechUsdPerThousandCharacters]).toEqual(expected);
	});
});
