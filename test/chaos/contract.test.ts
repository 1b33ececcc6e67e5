import { AIRTABLE_FAULTS, playAirtable } from '../../chaos/contract/airtable';
import { playSpaces, SPACES_FAULTS } from '../../chaos/contract/spaces';
import { faultKinds } from '../../chaos/world/faults';
import { openSpaces } from '../../nodes/SpacesPersist/transport';
import { startSandbox } from '../../sandbox';
import { REQUEST_FAULTS } from '../../sandbox/core/faultSettings';
import { withSandbox } from '../support/sandbox';
import { openBase } from '../tracker/airtable/support';
import { credentialsOf } from '../nodes/spacesPersist/support';
import { chaos } from './program';

const LONG_MS = 5 * 60_000;

function scripts(faults: Record<string, string[]>): object {
	return Object.fromEntries(Object.entries(faults).map(([route, script]) => [route, { script }]));
}

async function inThisWorld(name: string): Promise<unknown> {
	return JSON.parse((await chaos('--contract', name)).stdout) as unknown;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

describe('Spaces', () => {
	const sandbox = withSandbox(['spaces']);

	it(
		'does in the world of chaos what it does in the sandbox, trouble included',
		async () => {
			const spaces = await openSpaces(credentialsOf(sandbox()), { wait: async () => undefined });
			sandbox().setFaults({ services: { spaces: { routes: scripts(SPACES_FAULTS) } } });
			const expected = await playSpaces(spaces);
			spaces.close();

			expect(await inThisWorld('spaces')).toEqual(plain(expected));
		},
		LONG_MS,
	);
});

describe('Airtable', () => {
	it(
		'does in the world of chaos what it does in the sandbox, trouble included',
		async () => {
			const base = await openBase(undefined, { mayCreateOptions: false });
			base.sandbox.setFaults({ services: { airtable: { routes: scripts(AIRTABLE_FAULTS) } } });
			const timeoutSignal = (ms: number) => {
				const given = new AbortController();
				void base.clock.sleep(ms).then(() => given.abort());
				return given.signal;
			};
			const expected = await base.drive(playAirtable(base.openStore({ timeoutSignal })));
			await base.close();

			expect(await inThisWorld('airtable')).toEqual(plain(expected));
		},
		LONG_MS,
	);
});

describe('faults', () => {
	it('are of every kind that the sandbox knows', async () => {
		const sandbox = await startSandbox({ services: ['elevenLabs', 'nca', 'goApi', 'airtable', 'spaces', 'slack'] });
		for (const service of sandbox.services) {
			const own = sandbox.standIn(service).faults ?? [];
			const ofWork = service === 'nca' ? ['loseJob', 'failJob'] : [];
			expect(new Set([...faultKinds(service, own), ...ofWork])).toEqual(
				new Set([...REQUEST_FAULTS, ...own, ...faultKinds(service, []).filter((name) => /^\d+$/.test(name))]),
			);
		}
		await sandbox.stop();
	});
});
