import { noteWith } from '../../tracker/airtable/rescue';
import { readNote } from '../../tracker/notes';
import { jobFromRecord, jobToFields, segmentFromRecord, videoFromRecord } from '../../tracker/rows';
import { buildVideo } from '../support/videoBuilder';

const recordOf = (fields: Record<string, unknown>) => ({ id: 'rec1', createdTime: '', fields });

describe('a job', () => {
	it('comes back from its row as it went in', () => {
		const [, job] = buildVideo({ texts: ['one', 'two'] }).jobs;
		const full = {
			...job,
			...{ status: 'completed' as const, attempt: 2, retries: 1, paidAgain: 1, inputHash: 'a'.repeat(64) },
			...{ holder: 'p', externalId: 'e', queueId: 'q', errorMessage: 'Slow', actualCostUsd: 0.5, history: ['a', 'b'] },
			...{ claimedAtMs: 1, submittedAtMs: 2, nextCheckAtMs: 3, deadlineAtMs: 4, completedAtMs: 5, alertedAtMs: 6 },
			output: { url: 'https://spaces.test/x', bytes: 7, durationS: 8.5 },
		};

		const fields = { job_key: job.jobKey, job_id: job.jobId, ...jobToFields(full, 9) };

		expect(jobFromRecord(recordOf(fields))).toEqual(full);
	});

	it('of an emptied row is one that has not begun', () => {
		expect(jobFromRecord(recordOf({ job_key: 'vid_1.combine.012' }))).toMatchObject({
			step: 'combine',
			order: 12,
			status: 'pending',
			attempt: 0,
			retries: 0,
			paidAgain: 0,
			history: [],
		});
	});

	it.each([[undefined], [''], ['vid_1'], ['vid_1.dance.001']])('is no row with the key %j', (job_key) => {
		expect(jobFromRecord(recordOf({ job_key, step: 'music' }))).toBeUndefined();
	});

	it('whose status has no select option keeps it in its note', () => {
		const fields = { status: 'completed', error_message: null };
		const write = { kind: 'update' as const, fields, dueMs: 0, waiters: [] };
		const error_message = noteWith(write, ['status'], 'It was slow');

		const job = jobFromRecord(recordOf({ job_key: 'vid_1.music', status: 'processing', error_message }));

		expect(job).toMatchObject({ status: 'completed', errorMessage: 'It was slow' });
	});
});

describe('a note', () => {
	it('is taken apart into words and values', () => {
		const write = {
			kind: 'update' as const,
			fields: { status: 'failed', 'Final Video': [{ url: 'x' }] },
			dueMs: 0,
			waiters: [],
		};

		const note = readNote(noteWith(write, ['status', 'Final Video'], 'First line\nsecond line'));

		expect(note.text).toBe('First line\nsecond line');
		expect([...note.moved]).toEqual([
			['status', 'failed'],
			['Final Video', '[{"url":"x"}]'],
		]);
	});

	it('of words alone holds no values', () => {
		expect(readNote('The provider said: no (refused)')).toEqual({
			text: 'The provider said: no (refused)',
			moved: new Map(),
		});
	});
});

describe('a segment', () => {
	it('of an emptied row has no length, text or clip', () => {
		expect(segmentFromRecord(recordOf({ segment_id: 's', order: 1 }))).toEqual({
			segmentId: 's',
			order: 1,
			text: '',
			startS: 0,
			endS: 0,
			clip: undefined,
		});
	});

	it('shows the newest file as its clip, whatever it is called', () => {
		const Video = [
			{ id: 'att1', url: 'https://a.test/1', filename: 'old.mov', size: 3 },
			{ id: 'att2', url: 'https://a.test/2' },
		];

		expect(segmentFromRecord(recordOf({ segment_id: 's', order: 1, Video }))?.clip).toEqual({
			id: 'att2',
			url: 'https://a.test/2',
			fileName: 'clip.mp4',
			bytes: undefined,
		});
	});
});

describe('a video', () => {
	it('of a row that lacks all but the needful is there', () => {
		const options = JSON.stringify(buildVideo({ texts: [] }).video.options);

		expect(videoFromRecord(recordOf({ video_id: 'vid_1', ready: true, options }))).toMatchObject({
			title: '',
			status: 'queued',
			createdAtMs: 0,
		});
	});
});
