import { createKeyedMutex, createSlots } from '../../tracker/concurrency';
import { processState } from '../../tracker/processState';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('slots', () => {
	it('let so many in at a time, in order of arrival', async () => {
		const slots = createSlots(2);
		const order: number[] = [];
		const first = await slots.acquire();
		const second = await slots.acquire();
		const waiting = [3, 4].map(async (number) => {
			const release = await slots.acquire();
			order.push(number);
			return release;
		});
		await turn();
		expect({ order, inUse: slots.inUse, waiting: slots.waiting }).toEqual({ order: [], inUse: 2, waiting: 2 });

		first();
		first();
		await turn();
		expect(order).toEqual([3]);
		second();
		for (const release of await Promise.all(waiting)) release();

		expect(order).toEqual([3, 4]);
		expect(slots.inUse).toBe(0);
	});

	it('let more in when the limit is raised', async () => {
		const slots = createSlots(0);
		await slots.acquire();
		const next = slots.acquire();

		slots.setLimit(2);

		expect(await next).toBeInstanceOf(Function);
	});

	it('forget who gave up waiting', async () => {
		const slots = createSlots(1);
		const release = await slots.acquire();
		const controller = new AbortController();
		const given = slots.acquire(controller.signal);
		const last = slots.acquire(new AbortController().signal);

		controller.abort(new Error('no longer needed'));
		release();

		await expect(given).rejects.toThrow('no longer needed');
		expect(await last).toBeInstanceOf(Function);
		await expect(slots.acquire(controller.signal)).rejects.toThrow('no longer needed');
	});
});

describe('the keyed mutex', () => {
	it('runs work on one key after the other, and on other keys at once', async () => {
		const mutex = createKeyedMutex();
		const log: string[] = [];
		const work = (key: string, name: string) =>
			mutex.run(key, async () => {
				log.push(`${name} begins`);
				await turn();
				log.push(`${name} ends`);
			});

		await Promise.all([work('a', 'one'), work('a', 'two'), work('b', 'three')]);

		expect(log.indexOf('two begins')).toBeGreaterThan(log.indexOf('one ends'));
		expect(log.indexOf('three begins')).toBeLessThan(log.indexOf('one ends'));
	});

	it('goes on after work that failed', async () => {
		const mutex = createKeyedMutex();

		await expect(mutex.run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');

		expect(await mutex.run('a', () => Promise.resolve(7))).toBe(7);
	});
});

describe('the state of the process', () => {
	it('has one gate per key, whose limit follows the last use', () => {
		const gate = processState.slots('a key', 1);

		expect(processState.slots('a key', 3)).toBe(gate);
		expect(processState.slots('another key', 3)).not.toBe(gate);
	});

	it('makes an object once per key', () => {
		const make = jest.fn(() => ({}));

		expect(processState.singleton('thing', make)).toBe(processState.singleton('thing', make));
		expect(make).toHaveBeenCalledTimes(1);
	});

	it('knows in which phase a claim is', async () => {
		const claim = { jobKey: 'vid_state.music', attempt: 1, h: 'a' };
		processState.callBegan(claim);
		expect(await processState.claims.get(claim)).toBeUndefined();

		await processState.claims.take(claim, 5);
		processState.callBegan(claim);
		expect((await processState.claims.get(claim))?.phase).toBe('calling');
		processState.callEnded(claim);
		expect((await processState.claims.get(claim))?.phase).toBe('settling');

		await processState.claims.take({ ...claim, jobKey: 'vid_other.music' }, 5);
		processState.claims.releaseVideo('vid_state');
		expect(await processState.claims.get(claim)).toBeUndefined();
		expect(await processState.claims.get({ ...claim, jobKey: 'vid_other.music' })).toBeDefined();
		processState.claims.release({ ...claim, jobKey: 'vid_other.music' });
	});
});
