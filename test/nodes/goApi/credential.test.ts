import { GoApiApi } from '../../../credentials/GoApiApi.credentials';
import { testCredential } from '../../credentials/testCredential';
import { startFakeServer, type FakeReply, type FakeServer } from '../shared/fakeServer';

let server: FakeServer;

async function verdictOf(reply: FakeReply) {
	server = await startFakeServer(() => reply);
	return await testCredential(new GoApiApi(), { baseUrl: `${server.baseUrl}/`, apiKey: 'k' });
}

afterEach(async () => await server.close());

describe('GoAPI credential', () => {
	it('is green when the service only does not know the task', async () => {
		const verdict = await verdictOf({ status: 404, body: { code: 404, data: null, message: 'task not found' } });

		expect(verdict).toMatchObject({ status: 'OK' });
		expect(server.requests[0].path).toBe('/api/v1/task/00000000-0000-0000-0000-000000000000');
		expect(server.requests[0].headers['x-api-key']).toBe('k');
	});

	it.each<[string, FakeReply]>([
		['401', { status: 401, body: { message: 'Unauthorized' } }],
		['403', { status: 403, body: { message: 'Forbidden' } }],
		['401 in the body of a 200', { body: { code: 401, data: null, message: 'Invalid API key' } }],
		['403 in the body of a 400', { status: 400, body: { code: 403, data: null, message: 'x' } }],
		['a service that is down', { status: 503, body: 'x' }],
	])('is red on %s', async (_, reply) => {
		expect(await verdictOf(reply)).toMatchObject({ status: 'Error' });
	});
});
