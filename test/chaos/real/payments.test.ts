import { readOptions } from '../../../chaos/real/options';
import { repaymentsOf } from '../../../chaos/real/payments';
import { percentile } from '../../../chaos/real/play';

const JOB = 'vid_1.background.001';
const FIRST_MS = Date.parse('2026-01-01T00:00:00.000Z');
const AGAIN_MS = FIRST_MS + 60_000;
const paidTwice = new Map([
	[JOB, [FIRST_MS, AGAIN_MS]],
	['vid_1.music', [FIRST_MS]],
]);

function death(afterMs: number, inFlight: string[]) {
	return { atMs: FIRST_MS + afterMs, deadAtMs: FIRST_MS + afterMs, moment: 'any time', inFlight: new Set(inFlight) };
}

function job(...history: string[]) {
	return { job_key: JOB, history: history.join('\n') };
}

describe('a job that was paid twice', () => {
	it('is excused by a death in between at which its call was in flight', () => {
		expect(repaymentsOf(paidTwice, [death(5_000, [JOB])], [job()], [])).toEqual([{ jobKey: JOB, excuse: 'death' }]);
	});

	it.each([
		['of which nothing was in flight', [death(5_000, ['vid_1.music'])]],
		['that came after both payments', [death(90_000, [JOB])]],
		['that came long before', [death(-30_000, [JOB])]],
	])('is not excused by a death %s', (_what, deaths) => {
		expect(repaymentsOf(paidTwice, deaths, [job()], [])).toEqual([{ jobKey: JOB }]);
	});

	it('is excused where its first result could not be had any more, and the engine said so', () => {
		const failed = job(`${new Date(FIRST_MS + 9_000).toISOString()} attempt 1 failed: such links expire.`);
		expect(repaymentsOf(paidTwice, [], [failed], [FIRST_MS + 8_000])).toEqual([{ jobKey: JOB, excuse: 'expired' }]);
		expect(repaymentsOf(paidTwice, [], [failed], [])).toEqual([{ jobKey: JOB }]);
		expect(repaymentsOf(paidTwice, [], [job()], [FIRST_MS + 8_000])).toEqual([{ jobKey: JOB }]);
	});
});

describe('the command line of the real chaos', () => {
	it('lets n8n die once for some videos where nothing else is said', () => {
		expect(readOptions(['--real', '--runs', '100', '--seed', '7'])).toMatchObject({ runs: 100, seed: 7, deaths: 17 });
	});

	it.each([
		[['--runs', '0'], '--runs'],
		[['--seed', 'x'], '--seed'],
		[['--deaths', '-1'], '--deaths'],
	])('refuses %j', (args, name) => {
		expect(() => readOptions(args)).toThrow(name);
	});
});

describe('a percentile', () => {
	it('is the smallest value that so many do not exceed', () => {
		const values = Array.from({ length: 100 }, (_, index) => 100 - index);
		expect([percentile(values, 0.5), percentile(values, 0.95), percentile([], 0.5)]).toEqual([50, 95, 0]);
	});
});
