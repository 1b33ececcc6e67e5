import type { Fields } from '../../tracker/airtable/types';
import { readVideoOptions } from '../../engine/video/options';
import { DEFAULT_SETTINGS } from '../../tracker/settings';
import { createTracker, type Tracker } from '../../tracker/tracker';
import type { DueItem } from '../../tracker/types';
import { openBase, type TestBase, valueOf } from './airtable/support';

const OLD_JOBS = 10_000;
const DUE_JOBS = 50;
const HASH = 'ab'.repeat(32);
const MS_PER_DAY = 24 * 3_600_000;

let base: TestBase;
afterEach(async () => await base.close());

function openTracker(): Tracker {
	const { clock } = base;
	const settings = { ...DEFAULT_SETTINGS };
	return createTracker({ store: base.openStore(), clock, random: () => 0.5, settings, holderId: 'process-2' });
}

function oldJob(index: number): Fields {
	return {
		job_key: `vid_old${Math.floor(index / 100)}.combine.${String(index % 100).padStart(3, '0')}`,
		video_id: `vid_old${Math.floor(index / 100)}`,
		step: 'combine',
		status: index % 7 === 0 ? 'failed' : 'completed',
		next_check_at: new Date(base.clock.now() - MS_PER_DAY).toISOString(),
	};
}

function dueJob(index: number, more: Fields = {}): Fields {
	return {
		...oldJob(index),
		job_key: `vid_due${Math.floor(index / 10)}.combine.${String(index).padStart(3, '0')}`,
		video_id: `vid_due${Math.floor(index / 10)}`,
		status: 'processing',
		attempt: 2,
		input_hash: HASH,
		object_key: `videos/vid_due/${index}.mp4`,
		holder: 'process-1',
		external_id: `nca-${index}`,
		queue_id: 'queue-1',
		...more,
	};
}

function video(videoId: string, status: string): Fields {
	const options = JSON.stringify(valueOf(readVideoOptions({})));
	return { video_id: videoId, status, ready: true, options, created_at: new Date(base.clock.now()).toISOString() };
}

async function tick(tracker: Tracker): Promise<DueItem[]> {
	return valueOf(await base.drive(tracker.findDue()));
}

describe('a process that has just started', () => {
	it('finds 50 due jobs among 10,000 old ones in two requests', async () => {
		base = await openBase();
		for (let start = 0; start < OLD_JOBS; start += 2_000) {
			const rows = Array.from({ length: 2_000 }, (_, index) => oldJob(start + index));
			await base.importRows('Jobs', rows);
		}
		const due = Array.from({ length: DUE_JOBS }, (_, index) => dueJob(index));
		await base.importRows('Jobs', due);
		await base.importRows(
			'Videos',
			[0, 1, 2, 3, 4].map((index) => video(`vid_due${index}`, 'processing_video')),
		);
		await base.importRows('Videos', [video('vid_old0', 'completed')]);
		const before = base.requests.length;

		const items = await tick(openTracker());

		expect(
			base.requests
				.slice(before)
				.map(({ table }) => table)
				.sort(),
		).toEqual(['Jobs', 'Videos']);
		expect(items.flatMap((item) => (item.look === 'nca' ? [item.externalId] : []))).toEqual(
			due.map((row) => row.external_id),
		);
		expect(items.filter((item) => item.look === 'advance').map((item) => item.videoId)).toEqual([
			'vid_due0',
			'vid_due1',
			'vid_due2',
			'vid_due3',
			'vid_due4',
		]);
		expect(items.find((item) => item.look === 'nca')).toEqual({
			look: 'nca',
			videoId: 'vid_due0',
			jobKey: 'vid_due0.combine.000',
			step: 'combine',
			attempt: 2,
			h: HASH.slice(0, 16),
			inputHash: HASH,
			objectKey: 'videos/vid_due/0.mp4',
			externalId: 'nca-0',
			queueId: 'queue-1',
		});
	});

	it('finds jobs whose due time a person emptied or moved, and reads videos whose rows lack what a look needs', async () => {
		base = await openBase();
		const inAYear = new Date(base.clock.now() + 365 * MS_PER_DAY).toISOString();
		await base.importRows('Jobs', [
			dueJob(0, { next_check_at: null }),
			dueJob(1, { next_check_at: inAYear }),
			dueJob(2, { next_check_at: new Date(base.clock.now() + 10_000).toISOString() }),
			dueJob(20, { input_hash: 'mine' }),
			dueJob(30, { attempt: null }),
			dueJob(40, { object_key: null }),
		]);

		const items = await tick(openTracker());

		expect(items.map((item) => ('jobKey' in item ? item.jobKey : item.look))).toEqual([
			'vid_due0.combine.000',
			'vid_due0.combine.001',
			'advance',
			'advance',
			'advance',
		]);
	});

	it('reads long lists in pages, and misses none', async () => {
		base = await openBase();
		await base.importRows(
			'Jobs',
			Array.from({ length: 250 }, (_, index) => dueJob(index)),
		);
		const before = base.requests.length;

		const items = await tick(openTracker());

		expect(items).toHaveLength(250);
		expect(base.requests.length - before).toBe(4);
	});

	it('reads videos that come together in few requests', async () => {
		base = await openBase();
		const videoIds = Array.from({ length: 120 }, (_, index) => `vid_${index}`);
		await base.importRows(
			'Videos',
			videoIds.map((videoId) => video(videoId, 'queued')),
		);
		const tracker = openTracker();
		await tick(tracker);
		const before = base.requests.length;

		const states = await base.drive(Promise.all(videoIds.map(async (videoId) => await tracker.getStatus(videoId))));

		expect(states.filter((state) => state.ok)).toHaveLength(120);
		expect(base.requests.length - before).toBe(9);
		expect(tracker.context.cache.unread()).toEqual([]);
	});
});

describe('an idle installation', () => {
	it('asks Airtable at most 200 times a day', async () => {
		base = await openBase();
		const tracker = openTracker();
		const before = base.requests.length;

		for (let second = 0; second < 24 * 3600; second += DEFAULT_SETTINGS.tickS) {
			await tick(tracker);
			await base.clock.advance(DEFAULT_SETTINGS.tickS * 1_000);
		}

		expect(base.requests.length - before).toBeLessThanOrEqual(200);
		expect(base.requests.slice(before).every(({ status }) => status === 200)).toBe(true);
	});
});
