import fc from 'fast-check';

import { VirtualClock } from '../../../sandbox';
import { MemoryRateGate } from '../../../tracker/airtable/rateGate';
import type { ReleaseSlot } from '../../../tracker/airtable/types';
import { driveWith } from './support';

function openGate() {
	const clock = new VirtualClock(0);
	return { clock, gate: new MemoryRateGate(clock) };
}

/** Notes when each of `count` acquires is let through; the slots are given back at once. */
function acquireMany(
	clock: VirtualClock,
	gate: MemoryRateGate,
	count: number,
): { at: number[]; all: Promise<unknown> } {
	const at: number[] = [];
	const all = Promise.all(
		Array.from({ length: count }, async () => {
			const release = await gate.acquire();
			at.push(clock.now());
			release();
		}),
	);
	return { at, all };
}

it('lets five through at once and the next when a second has gone by', async () => {
	const { clock, gate } = openGate();

	const { at, all } = acquireMany(clock, gate, 11);
	await driveWith(clock, all);

	expect(at).toEqual([0, 0, 0, 0, 0, 1_050, 1_050, 1_050, 1_050, 1_050, 2_100]);
});

it('never lets the server see more than five requests within a second, however slow the way is', async () => {
	const trip = fc.record({ there: fc.integer({ min: 0, max: 3_000 }), back: fc.integer({ min: 0, max: 2_000 }) });
	await fc.assert(
		fc.asyncProperty(fc.array(trip, { minLength: 6, maxLength: 24 }), async (trips) => {
			const { clock, gate } = openGate();
			const seen: number[] = [];

			const work = trips.map(async ({ there, back }) => {
				const release = await gate.acquire();
				await clock.sleep(there);
				seen.push(clock.now());
				await clock.sleep(back);
				release();
			});
			await driveInLeaps(clock, Promise.all(work));

			seen.sort((a, b) => a - b);
			for (let i = 5; i < seen.length; i++) expect(seen[i] - seen[i - 5]).toBeGreaterThan(1_000);
		}),
		{ numRuns: 25 },
	);
});

it('stays silent as long as a penalty lasts, also for those that wait already', async () => {
	const { clock, gate } = openGate();
	await acquireMany(clock, gate, 5).all;

	const { at, all } = acquireMany(clock, gate, 1);
	gate.penalize(30_000);
	gate.penalize(10);
	await driveWith(clock, all);

	expect(at).toEqual([30_000]);
});

it('waits for an answer when all five are under way', async () => {
	const { clock, gate } = openGate();
	const slots: ReleaseSlot[] = [];
	for (let i = 0; i < 5; i++) slots.push(await gate.acquire());

	const { at, all } = acquireMany(clock, gate, 1);
	await clock.advance(5_000);
	slots[0]();
	slots[0]();
	await driveWith(clock, all);

	expect(at).toEqual([6_050]);
});

it('lets a waiting caller go when its signal is aborted, and serves the next', async () => {
	const { clock, gate } = openGate();
	const held: ReleaseSlot[] = [];
	for (let i = 0; i < 5; i++) held.push(await gate.acquire());
	const cancel = new AbortController();
	const early = new AbortController();
	early.abort(new Error('before'));

	const first = gate.acquire(early.signal);
	const second = gate.acquire(cancel.signal);
	const third = acquireMany(clock, gate, 1);
	await expect(first).rejects.toThrow('before');
	cancel.abort(new Error('cancelled'));
	await expect(second).rejects.toThrow('cancelled');
	held[0]();
	await driveWith(clock, third.all);

	expect(third.at).toEqual([1_050]);
});

/** Like `driveWith`, in larger steps: nothing here goes over the network. */
async function driveInLeaps(clock: VirtualClock, work: Promise<unknown>): Promise<void> {
	let isDone = false;
	void work.then(() => (isDone = true));
	while (!isDone) await clock.advance(10_000);
}
