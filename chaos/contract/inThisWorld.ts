import { sleep } from 'n8n-workflow';

import { SANDBOX_BASE_ID, SANDBOX_TOKEN } from '../../sandbox/airtable/constants';
import { openSpaces } from '../../nodes/SpacesPersist/transport';
import { createRecordStore } from '../../tracker/airtable/recordStore';
import { setUpTables } from '../run/schema';
import { HOSTS, World } from '../world/world';
import { AIRTABLE_FAULTS, playAirtable } from './airtable';
import { playSpaces, SPACES_FAULTS } from './spaces';

const HOUR_MS = 3_600_000;
const CALM = { requests: {}, callbacks: {}, work: 0, lastsMs: 0 };

/** Plays a contract in this world; what it gives must be what the sandbox gives. */
export async function playContract(name: string): Promise<unknown> {
	const faults = Object.fromEntries(
		Object.entries(name === 'spaces' ? SPACES_FAULTS : AIRTABLE_FAULTS).flatMap(([route, steps]) =>
			steps.flatMap((step, index) => (step === 'ok' ? [] : [[`${name} ${route}#${index}`, step]])),
		),
	) as Record<string, string>;
	const world = new World({
		seed: 1,
		weather: CALM,
		left: new Set(),
		isJournalKept: false,
		settings: { airtable: { mayCreateOptions: false } },
		faults,
		endsHere: () => false,
	});
	await world.open();
	let given: unknown;
	const work = name === 'spaces' ? ofSpaces() : ofAirtable(world);
	void work.then((value) => (given = value));
	await world.time.play(world.startedAtMs + HOUR_MS, () => given !== undefined);
	return given;
}

async function ofSpaces(): Promise<unknown> {
	const credentials = { region: 'nyc3', endpoint: '', bucket: 'video-engine', accessKey: 'k', secretKey: 's' };
	const rest = { publicBaseUrl: '', forcePathStyle: false, allowedInternalHosts: '' };
	return await playSpaces(await openSpaces({ ...credentials, ...rest }));
}

async function ofAirtable(world: World): Promise<unknown> {
	await setUpTables(world);
	return await playAirtable(
		createRecordStore({
			token: SANDBOX_TOKEN,
			baseId: SANDBOX_BASE_ID,
			endpointUrl: `https://${HOSTS.airtable}`,
			clock: { now: () => Date.now(), sleep },
			random: () => 0.5,
		}),
	);
}
