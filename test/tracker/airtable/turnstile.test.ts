import { VirtualClock } from '../../../sandbox';
import { MemoryRateGate } from '../../../tracker/airtable/rateGate';
import type { ProbeVerdict } from '../../../tracker/airtable/transport';
import { Turnstile } from '../../../tracker/airtable/turnstile';
import { driveWith } from './support';

function openTurnstile(...verdicts: ProbeVerdict[]) {
	const clock = new VirtualClock(0);
	const probes: number[] = [];
	const turnstile = new Turnstile(new MemoryRateGate(clock), clock, async () => {
		probes.push(clock.now());
		return verdicts.shift() ?? 'open';
	});
	const order: string[] = [];
	const enter = async (name: string, priority = 0) => {
		const turn = await turnstile.enter(name, priority);
		order.push(turn.ok ? `${name} ${clock.now()}` : `${name} ${turn.code}`);
		if (turn.ok) turn.value();
	};
	return { clock, turnstile, probes, order, enter };
}

it('lets the more important table go first', async () => {
	const { clock, order, enter } = openTurnstile();

	const first = Array.from({ length: 5 }, async () => await enter('first'));
	const rest = [enter('Events', 2), enter('Videos', 1), enter('Jobs', 0)];
	await driveWith(clock, Promise.all([...first, ...rest]));

	expect(order.slice(5)).toEqual(['Jobs 1050', 'Videos 1050', 'Events 1050']);
});

it('does not let a stream of important requests starve the others', async () => {
	const { clock, order, enter } = openTurnstile();

	const events = enter('Events', 2);
	const jobs = (async () => {
		for (let i = 0; i < 40; i++) await Promise.all([enter('Jobs'), enter('Jobs')]);
	})();
	await driveWith(clock, Promise.all([events, jobs]));

	const position = order.findIndex((entry) => entry.startsWith('Events'));
	expect(position).toBeLessThan(25);
});

it('is silent for 30 s after a 429, probes once, and opens', async () => {
	const { clock, turnstile, probes, order, enter } = openTurnstile('open');

	turnstile.close('Jobs');
	turnstile.close('Jobs');
	await driveWith(clock, Promise.all([enter('Jobs'), enter('Videos')]));

	expect(probes).toEqual([30_000]);
	expect(order).toEqual(['Jobs 30000', 'Videos 30000']);
});

it('waits as long again when the probe is refused too', async () => {
	const { clock, turnstile, probes, order, enter } = openTurnstile('rate_limited', 'open');

	turnstile.close('Jobs');
	await driveWith(clock, enter('Jobs'));

	expect(probes).toEqual([30_000, 60_000]);
	expect(order).toEqual(['Jobs 60000']);
});

it('refuses at once when the month is used up, and asks again a quarter of an hour later', async () => {
	const { clock, turnstile, probes, order, enter } = openTurnstile('quota_exceeded', 'quota_exceeded', 'open');

	turnstile.close('Jobs');
	await driveWith(clock, enter('waiting'));
	await enter('at once');
	await clock.advance(15 * 60_000);
	await driveWith(clock, enter('later'));
	await clock.advance(15 * 60_000);
	await driveWith(clock, enter('next month'));

	expect(probes).toHaveLength(3);
	expect(probes[1] - probes[0]).toBeGreaterThanOrEqual(15 * 60_000);
	expect(probes[2] - probes[1]).toBeGreaterThanOrEqual(15 * 60_000);
	expect(order).toEqual([
		'waiting quota_exceeded',
		'at once quota_exceeded',
		'later quota_exceeded',
		expect.stringMatching(/^next month \d+$/),
	]);
});

it('does not send what waited for a slot when the base was closed meanwhile', async () => {
	const { clock, turnstile, order, enter } = openTurnstile('open');
	await Promise.all(Array.from({ length: 5 }, async () => await enter('before')));

	const late = enter('late');
	await clock.advance(500);
	turnstile.close('Jobs');
	await driveWith(clock, late);

	expect(order[5]).toBe('late 30500');
});
