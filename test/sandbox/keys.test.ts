import { startSandbox, type Sandbox } from '../../sandbox';

let sandbox: Sandbox | undefined;

afterEach(async () => {
	await sandbox?.stop();
	sandbox = undefined;
});

test('the toolkit can store in the Spaces of its sandbox without being told its keys', async () => {
	sandbox = await startSandbox({ services: ['spaces', 'nca'] });
	const { apiKey } = sandbox.credentials('nca');

	const answer = await fetch(`${sandbox.baseUrl('nca')}/v1/toolkit/test`, { headers: { 'X-API-Key': apiKey } });

	const { response } = (await answer.json()) as { response: string };
	expect(answer.status).toBe(200);
	expect((await fetch(response)).status).toBe(200);
});
