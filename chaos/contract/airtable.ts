import type { RecordStore } from '../../tracker/airtable/types';

/** What each call gave, with ids and times left out. */
export type Outcome = { call: string; gave: unknown };

/** Answers of the list that follows, by route: acted out by the sandbox and by this world alike. */
export const AIRTABLE_FAULTS: Record<string, string[]> = {
	'POST /v0/:baseId/:table': ['ok', 'lostAnswer', 'ok'],
	'PATCH /v0/:baseId/:table': ['ok', '503', 'ok', 'truncate', 'ok', '429', 'ok'],
	'GET /v0/:baseId/:table': ['ok', '500', 'ok'],
};

/** The calls that must give the same in the sandbox and in this world. */
export async function playAirtable(store: RecordStore): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	const call = async (name: string, work: () => Promise<unknown>) => {
		outcomes.push({ call: name, gave: plain(await work()) });
	};
	const ids: string[] = [];
	await call('create', async () => {
		const made = await store.create('Jobs', { job_key: 'a', status: 'pending', attempt: 1 }, { keyField: 'job_key' });
		if (made.ok) ids.push(made.value.id);
		return made;
	});
	await call('create whose answer is lost', async () => {
		const made = await store.create('Jobs', { job_key: 'b', status: 'pending' }, { keyField: 'job_key' });
		if (made.ok) ids.push(made.value.id);
		return made;
	});
	await call('update', async () => await store.update('Jobs', ids[0], { status: 'processing' }));
	await call('update after 503', async () => await store.update('Jobs', ids[0], { attempt: 2 }));
	await call('update whose answer is cut', async () => await store.update('Jobs', ids[1], { attempt: 3 }));
	await call('update after 429', async () => await store.update('Jobs', ids[1], { attempt: 4 }));
	await call(
		'many at once',
		async () =>
			await Promise.all(
				Array.from(
					{ length: 25 },
					async (_, index) =>
						await store.upsert('Webhook Events', 'event_key', { event_key: `e${index}`, deliveries: index }),
				),
			),
	);
	await call('unknown option', async () => await store.update('Jobs', ids[0], { status: 'no such status' }));
	await call('unknown field', async () => await store.update('Jobs', ids[0], { nonsense: 1 }));
	await call('unknown record', async () => await store.update('Jobs', 'recNoSuchRecord00', { attempt: 1 }));
	await call('list', async () => await store.list('Jobs', { filterByFormula: "{job_key}='a'" }));
	await call('list again', async () => await store.list('Jobs', { filterByFormula: '{attempt}>3' }));
	await call('bad formula', async () => await store.list('Jobs', { filterByFormula: '{nonsense}=1' }));
	await call('remove', async () => await store.remove('Jobs', ids));
	await call('figures', async () => store.stats().recordsPerWrite);
	return outcomes;
}

/** Ids are drawn and times pass: both are told apart from what counts. */
function plain(value: unknown): unknown {
	return JSON.parse(
		JSON.stringify(value)
			.replace(/rec\w{14}/g, 'rec…')
			.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time'),
	);
}
