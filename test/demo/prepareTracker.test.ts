import { prepareTracker } from '../../sandbox/demo/schema';
import { trackerAccess } from '../../sandbox/demo/services';
import { startSandbox, type Sandbox } from '../../sandbox';

const SET_UP_MS = 120_000;

describe("the tracker's tables for the demo", () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ services: ['airtable'] });
	});

	afterAll(async () => {
		await sandbox.stop();
	});

	it(
		'are made without ever going over the rate limit',
		async () => {
			await prepareTracker(trackerAccess(sandbox, {}));
			const response = await fetch(`${sandbox.baseUrl('airtable')}/_people/records?table=Jobs`);
			expect(await response.json()).toEqual({ records: [] });
			expect(sandbox.report().airtable?.tooManyRequests).toBe(0);
		},
		SET_UP_MS,
	);

	it('say so when the base cannot be opened', async () => {
		const access = { ...trackerAccess(sandbox, {}), accessToken: 'wrong' };
		await expect(prepareTracker(access)).rejects.toThrow(/tables could not be made/);
	});
});
