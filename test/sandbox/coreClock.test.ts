import { VirtualClock, createRealClock } from '../../sandbox';
import { createRandom } from '../../sandbox/core/random';

describe('virtual clock', () => {
	it('stands still until it is moved', async () => {
		const clock = new VirtualClock(1_000);
		let isAwake = false;
		void clock.sleep(10).then(() => (isAwake = true));

		await clock.advance(9);
		expect([clock.now(), isAwake, clock.pending]).toEqual([1_009, false, 1]);

		await clock.advance(1);
		expect([clock.now(), isAwake, clock.pending]).toEqual([1_010, true, 0]);
	});

	it('wakes sleepers in order, each at its own moment, those that begin on the way too', async () => {
		const clock = new VirtualClock(0);
		const seen: string[] = [];
		void clock.sleep(20).then(() => seen.push(`b${clock.now()}`));
		void clock.sleep(10).then(async () => {
			seen.push(`a${clock.now()}`);
			await clock.sleep(5);
			seen.push(`c${clock.now()}`);
		});

		await clock.advance(100);

		expect(seen).toEqual(['a10', 'c15', 'b20']);
		expect(clock.now()).toBe(100);
	});

	it('lets a sleep be ended early', async () => {
		const clock = new VirtualClock();
		const ended = new AbortController();
		const sleeping = clock.sleep(10, ended.signal);

		ended.abort(new Error('enough'));

		await expect(sleeping).rejects.toThrow('enough');
		await expect(clock.sleep(10, ended.signal)).rejects.toThrow('enough');
		expect(clock.pending).toBe(0);
	});
});

it('the real clock sleeps and can be woken', async () => {
	const clock = createRealClock();
	const ended = new AbortController();

	await clock.sleep(1);
	const sleeping = clock.sleep(3_600_000, ended.signal);
	ended.abort(new Error('enough'));

	await expect(sleeping).rejects.toThrow('enough');
});

it('random numbers depend on seed and purpose only', () => {
	const draw = (seed: number, purpose: string) => {
		const random = createRandom(seed, purpose);
		return [random(), random(), random()];
	};

	expect(draw(1, 'a')).toEqual(draw(1, 'a'));
	expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
	expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
	for (const value of draw(1, 'a')) expect(value >= 0 && value < 1).toBe(true);
});
