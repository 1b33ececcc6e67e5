/**
 * What a process that has just started asks Airtable to find 50 due jobs among thousands of old ones, by the tracker;
 * and by a peer that reads the whole table, as a scan for stuck jobs does that filters afterwards.
 */
import { openBase, valueOf, type TestBase } from '../test/tracker/airtable/support';
import { DEFAULT_SETTINGS } from '../tracker/settings';
import { createTracker } from '../tracker/tracker';
import { readSize, runProgram, type Finding } from './support/program';

const JOBS = 10_000;
const DUE = 50;
const ROWS_PER_IMPORT = 2_000;
const HASH = 'ab'.repeat(32);
const HOUR_MS = 3_600_000;

function rowOf(base: TestBase, index: number, isDue: boolean) {
	const videoId = isDue ? `vid_due${Math.floor(index / 10)}` : `vid_old${Math.floor(index / 100)}`;
	return {
		job_key: `${videoId}.combine.${String(index).padStart(3, '0')}`,
		video_id: videoId,
		step: 'combine',
		status: isDue ? 'processing' : 'completed',
		attempt: 1,
		input_hash: HASH,
		object_key: `videos/${videoId}/${index}.mp4`,
		external_id: `job-${index}`,
		next_check_at: new Date(base.clock.now() - HOUR_MS).toISOString(),
	};
}

async function measure(argv: string[]): Promise<Finding> {
	const jobs = readSize(argv, 'jobs', JOBS);
	const base = await openBase();
	try {
		for (let start = 0; start < jobs; start += ROWS_PER_IMPORT) {
			const count = Math.min(ROWS_PER_IMPORT, jobs - start);
			const rows = Array.from({ length: count }, (_, index) => rowOf(base, start + index, false));
			await base.importRows('Jobs', rows);
		}
		await base.importRows(
			'Jobs',
			Array.from({ length: DUE }, (_, index) => rowOf(base, index, true)),
		);
		const settings = { ...DEFAULT_SETTINGS };
		const { clock } = base;
		const tracker = createTracker({
			store: base.openStore(),
			clock,
			random: () => 0.5,
			settings,
			holderId: 'process-1',
		});
		const ours = await counted(base, async () => valueOf(await tracker.findDue()).length);
		const store = base.openStore();
		const peer = await counted(base, async () => {
			const rows = valueOf(await store.list('Jobs'));
			return rows.filter(({ fields }) => fields.status === 'processing').length;
		});
		return {
			what: `${DUE} due jobs among ${jobs} old ones, found after a start`,
			rows: [
				{ name: 'recovery scan', ...ours },
				{ name: 'reading the whole table', ...peer },
			],
			ratios: { requests: ours.requests / peer.requests, seconds: ours.seconds / peer.seconds },
		};
	} finally {
		await base.close();
	}
}

/** In virtual seconds: what passes is the rate limit, not the work of this machine. */
async function counted(base: TestBase, work: () => Promise<number>) {
	const before = base.requests.length;
	const startedMs = base.clock.now();
	const found = await base.drive(work());
	return { found, requests: base.requests.length - before, seconds: (base.clock.now() - startedMs) / 1_000 };
}

runProgram(measure);
