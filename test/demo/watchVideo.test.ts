import { watchVideo } from '../../sandbox/demo/progress';
import type { TrackerRecord, TrackerView } from '../../sandbox/demo/trackerView';

type Snapshot = Record<string, Array<Record<string, unknown>>>;

/** A tracker that shows one snapshot after the other, and the last one for ever. */
function viewOf(snapshots: Snapshot[]): TrackerView {
	let looks = 0;
	return {
		async records(table) {
			if (table === 'Jobs') looks++;
			const snapshot = snapshots[Math.min(looks, snapshots.length) - 1] ?? {};
			return (snapshot[table] ?? []).map((fields, index): TrackerRecord => ({ id: `rec${index}`, fields }));
		},
		attach: async () => undefined,
	};
}

function job(step: string, status: string, more: Record<string, unknown> = {}): Record<string, unknown> {
	return { job_key: `v.${step}`, status, attempt: 1, ...more };
}

async function watch(
	snapshots: Snapshot[],
	deadlineMs = Date.now() + 10_000,
): Promise<{ lines: string[]; status: unknown }> {
	const lines: string[] = [];
	const { video } = await watchVideo({
		view: viewOf(snapshots),
		videoId: 'v',
		pollMs: 1,
		deadlineMs,
		startedMs: Date.now(),
		print: (line) => lines.push(line.trim().replace(/ +/g, ' ')),
		signal: new AbortController().signal,
	});
	return { lines, status: video.fields.status };
}

describe('watching a video', () => {
	it('prints one line for each step that ends and none twice', async () => {
		const times = { claimed_at: '2026-01-01T00:00:00.000Z', completed_at: '2026-01-01T00:00:01.500Z' };
		const { lines, status } = await watch([
			{ Jobs: [job('voiceover.001', 'processing'), job('music', 'pending')], Videos: [{ status: 'generating_tts' }] },
			{
				Jobs: [job('voiceover.001', 'completed', times), job('music', 'processing')],
				Videos: [{ status: 'processing_video' }],
			},
			{
				Jobs: [job('voiceover.001', 'completed', times), job('music', 'completed')],
				Videos: [{ status: 'completed' }],
			},
		]);
		expect(lines).toEqual(['00:00 voiceover 1 completed after 1.5 s 1 of 2', '00:00 music completed 2 of 2']);
		expect(status).toBe('completed');
	});

	it('says why a step is tried again and why it failed', async () => {
		const { lines } = await watch([
			{
				Jobs: [job('combine.002', 'processing', { attempt: 2, error_message: 'NCA was away' })],
				Videos: [{ status: 'processing_video' }],
			},
			{
				Jobs: [job('combine.002', 'failed', { attempt: 3, error_message: 'codec not found' })],
				Videos: [{ status: 'failed' }],
			},
		]);
		expect(lines).toEqual([
			'00:00 combine 2 attempt 2 (NCA was away)',
			'00:00 combine 2 failed (codec not found) 1 of 1',
		]);
	});

	it('gives up after the deadline and names what is under way', async () => {
		const stuck = [{ Jobs: [job('mix', 'processing')], Videos: [{ status: 'processing_video' }] }];
		await expect(watch(stuck, Date.now() - 1)).rejects.toThrow(/mix/);
	});
});
