import { ElevenLabsApi } from '../../../credentials/ElevenLabsApi.credentials';
import { testCredential } from '../../credentials/testCredential';
import { startFakeServer } from '../shared/fakeServer';

describe('ElevenLabs credential', () => {
	it('is green with the key and red with another', async () => {
		const server = await startFakeServer(({ headers }) =>
			headers['xi-api-key'] === 'k'
				? { body: { tier: 'free' } }
				: { status: 401, body: { detail: { status: 'invalid_api_key' } } },
		);

		const green = await testCredential(new ElevenLabsApi(), { baseUrl: ` ${server.baseUrl}/`, apiKey: 'k' });
		const red = await testCredential(new ElevenLabsApi(), { baseUrl: server.baseUrl, apiKey: 'other' });
		await server.close();

		expect(server.requests[0].path).toBe('/v1/user/subscription');
		expect([green, red]).toMatchObject([{ status: 'OK' }, { status: 'Error' }]);
	});
});
