/**
 * What an installation without work asks of Airtable in a day: by the tracker at its usual tick, on a virtual clock, and
 * by a peer that reads the open jobs from the table at every tick, as a plain scan for stuck jobs does.
 */
import { openBase, valueOf, type TestBase } from '../test/tracker/airtable/support';
import { DEFAULT_SETTINGS } from '../tracker/settings';
import { createTracker } from '../tracker/tracker';
import { readSize, rounded, runProgram, type Finding } from './support/program';

const HOURS = 24;
const S_PER_HOUR = 3_600;
const MS_PER_S = 1_000;

async function measure(argv: string[]): Promise<Finding> {
	const hours = readSize(argv, 'hours', HOURS);
	const ours = await idle(hours, (base) => {
		const { clock } = base;
		const settings = { ...DEFAULT_SETTINGS };
		const options = { store: base.openStore(), clock, random: () => 0.5, settings, holderId: 'process-1' };
		const tracker = createTracker(options);
		return async () => void valueOf(await tracker.findDue());
	});
	const peer = await idle(hours, (base) => {
		const store = base.openStore();
		return async () => void valueOf(await store.list('Jobs', { filterByFormula: "{status}='processing'" }));
	});
	return {
		what: `requests to Airtable in ${hours} virtual hours without work, a tick every ${DEFAULT_SETTINGS.tickS} s`,
		rows: [
			{ name: 'recovery tick', ...ours },
			{ name: 'reading the open jobs', ...peer },
		],
		ratios: { requests: ours.requests / peer.requests },
	};
}

/** Ticks through so many hours. What other processes and people ask is not part of it. */
async function idle(hours: number, open: (base: TestBase) => () => Promise<void>) {
	const base = await openBase();
	try {
		const tick = open(base);
		const before = base.requests.length;
		for (let second = 0; second < hours * S_PER_HOUR; second += DEFAULT_SETTINGS.tickS) {
			await base.drive(tick());
			await base.clock.advance(DEFAULT_SETTINGS.tickS * MS_PER_S);
		}
		const requests = base.requests.length - before;
		return { requests, perHour: rounded(requests / hours), refused: base.requests.length - accepted(base) };
	} finally {
		await base.close();
	}
}

function accepted({ requests }: TestBase): number {
	return requests.filter(({ status }) => status === 200).length;
}

runProgram(measure);
