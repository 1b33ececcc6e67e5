import type { ICredentialDataDecryptedObject, ICredentialTestFunctions, IDataObject } from 'n8n-workflow';

import { JobTracker } from '../../../nodes/JobTracker/JobTracker.node';
import { NOBODY_PORT } from '../../support/nobody';
import { describeWith, RedisServer } from '../../support/redisServer';
import { CLOCK } from '../../../nodes/JobTracker/connection';
import { readRedisSettings } from '../../../tracker/redis/settings';
import { redisOf } from '../../../tracker/tracker';
import { type NodeBench, openNodeBench } from './support';

/** As the node reads it. */
const endpointOf = ({ credential }: NodeBench) => String(credential.endpointUrl).replace(/\/+$/, '');

async function test(data: IDataObject) {
	const { redisTest } = new JobTracker().methods.credentialTest;
	const context = { logger: { debug: () => undefined } } as unknown as ICredentialTestFunctions;
	return await redisTest.call(context, {
		id: '1',
		name: 'Redis',
		type: 'videoEngineRedisApi',
		data: data as ICredentialDataDecryptedObject,
	});
}

describe('the test of the Redis credential', () => {
	it.each([
		[{ url: 'http://redis' }, 'URL must look like redis://'],
		[{ url: 'nonsense' }, 'URL must look like redis://'],
		[{ host: ' ' }, 'Host is missing'],
		[{ host: 'redis', port: 'http' }, 'Port must be a number'],
		[{ host: 'redis', port: 0 }, 'Port must be a number'],
		[{ host: 'redis', database: -1 }, 'Database must be a whole number'],
	])('of %j says what is wrong with it', async (data, message) => {
		expect(await test(data)).toMatchObject({ status: 'Error', message: expect.stringContaining(message) });
	});

	it('says that nothing answers', async () => {
		const verdict = await test({ host: '127.0.0.1', port: NOBODY_PORT });
		expect(verdict).toMatchObject({ status: 'Error', message: expect.stringMatching(/does not answer.*ECONNREFUSED/) });
	});
});

describeWith('redis-server')('the Job Tracker with Redis', () => {
	let server: RedisServer;
	let bench: NodeBench;

	beforeAll(async () => {
		server = await RedisServer.start();
		bench = await openNodeBench();
		await bench.run('schema.setUp');
	});

	afterAll(async () => {
		const settings = readRedisSettings({ url: server.url });
		const connection = { baseId: String(bench.credential.baseId), endpointUrl: endpointOf(bench) };
		if (settings.ok) await redisOf(connection, settings.value, CLOCK).close();
		await bench.close();
		await server.stop();
	});

	it('passes the test of its credential, by URL and by fields', async () => {
		expect(await test({ url: server.url })).toMatchObject({ status: 'OK' });
		expect(await test({ host: '127.0.0.1', port: server.port, keyPrefix: 'mine' })).toMatchObject({ status: 'OK' });
	});

	it('says what to do where Redis wants other keys', async () => {
		const client = server.client();
		await client.config('SET', 'requirepass', 'right');
		expect((await test({ url: server.url })).message).toMatch(/wants a password/);
		expect((await test({ url: server.url.replace('//', '//:wrong@') })).message).toMatch(/Check user and password/);
		await client.acl('SETUSER', 'reader', 'on', '>secret', '+@all', '-set', '~*');
		expect((await test({ url: server.url.replace('//', '//reader:secret@') })).message).toMatch(/may not write/);
		await client.config('SET', 'requirepass', '');
		client.disconnect();
	});

	it('needs the credential where the lock is Redis, and says which', async () => {
		const airtableTrackerApi = { ...bench.credential, lock: 'redis' };
		const failed = bench.run('video.getActive', {}, { credentials: { airtableTrackerApi } });
		await expect(failed).rejects.toThrow('this node has no Redis credential');
		const wrong = { airtableTrackerApi, videoEngineRedisApi: { url: 'nonsense' } };
		await expect(bench.run('video.getActive', {}, { credentials: wrong })).rejects.toThrow(
			'URL must look like redis://',
		);
	});

	it('keeps a video in Redis as well as in Airtable', async () => {
		const airtableTrackerApi = { ...bench.credential, lock: 'redis' };
		const credentials = { airtableTrackerApi, videoEngineRedisApi: { url: server.url } };
		await bench.run('schema.setUp', {}, { credentials });
		const segments = [{ text: 'One.', startS: 0, endS: 10 }];
		const params = { script: 'One.', title: 'A title', segments, settings: { background: 'generated' } };
		const [created] = await bench.run('video.create', params, { credentials });
		const videoId = String(created.json.video_id);
		const steps = await bench.run('video.claimReadySteps', { videoId }, { credentials });
		expect(steps.length).toBeGreaterThan(0);
		const client = server.client();
		const keys = await client.keys('video-engine:*');
		expect(keys.some((key) => key.endsWith(`:video:${videoId}`))).toBe(true);
		client.disconnect();
	});
});
