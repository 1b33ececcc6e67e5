import { checkLog } from '../../chaos/checkLog';
import { shrink } from '../../chaos/run/shrink';
import { Chance } from '../../chaos/world/chance';
import { VirtualTime } from '../../chaos/world/time';

describe('shrinking', () => {
	const fails = (needed: number[]) => async (kept: number[]) => needed.every((part) => kept.includes(part));
	const parts = Array.from({ length: 40 }, (_, index) => index);

	it.each([[[7]], [[0, 39]], [[3, 17, 31]], [[]]])('finds the parts that it takes: %j', async (needed) => {
		expect(await shrink(parts, fails(needed))).toEqual(needed);
	});

	it('gives up after so many tries with what it has by then', async () => {
		expect((await shrink(parts, fails([1, 39]), 3)).length).toBeGreaterThan(2);
	});
});

describe('virtual time', () => {
	it('plays moments in order, those of one moment as they were asked for, and stops at the end', async () => {
		const time = new VirtualTime(0);
		const seen: string[] = [];
		for (const [ms, name] of [
			[30, 'c'],
			[10, 'a'],
			[10, 'b'],
			[99, 'late'],
		] as const) {
			time.after(ms, () => seen.push(`${name} ${time.now}`));
		}
		time.after(20, () => seen.push('called off'))();
		await time.play(50, () => false);
		expect([seen, time.now]).toEqual([['a 10', 'b 10', 'c 30'], 50]);
	});

	it('lets sleeps end with their signal', async () => {
		const time = new VirtualTime(0);
		const given = new AbortController();
		const slept = time.sleep(1_000, given.signal).catch((error: unknown) => String(error));
		given.abort('enough');
		expect(await slept).toBe('enough');
		await expect(time.sleep(1, AbortSignal.abort('before'))).rejects.toBe('before');
	});
});

describe('chance', () => {
	it('gives each purpose a stream of its own', () => {
		const [one, other] = [new Chance(7), new Chance(7)];
		const wanted = [one.next('a'), one.next('a'), one.next('b')];
		other.next('c');
		const b = other.next('b');
		expect([other.next('a'), other.next('a'), b]).toEqual(wanted);
		expect(new Chance(8).next('a')).not.toBe(wanted[0]);
	});

	it('spreads its numbers evenly', () => {
		const chance = new Chance(1);
		const numbers = Array.from({ length: 10_000 }, () => chance.next('x'));
		const share = (from: number, to: number) =>
			numbers.filter((number) => number >= from && number < to).length / 10_000;
		for (let tenth = 0; tenth < 10; tenth++) expect(share(tenth / 10, (tenth + 1) / 10)).toBeCloseTo(0.1, 1);
	});
});

describe('the program that checks a log', () => {
	const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString();
	const job = (step: string, hash: string) => ({
		job_key: `vid.${step}`,
		video_id: 'vid',
		step,
		status: 'completed',
		input_hash: hash,
		output_url: `https://bucket.example/${step}`,
	});
	const start = {
		kind: 'run',
		seed: 7,
		at: at(0),
		scenario: { configuration: { deadline_minutes: 30 }, settings: { goApi: {} } },
	};
	const objects = [
		{ kind: 'object', at: at(1), key: 'voiceover', inputHash: 'v', durationS: 10 },
		{ kind: 'object', at: at(2), key: 'mix', inputHash: 'm', durationS: 10.2 },
	];
	const end = {
		kind: 'end',
		seed: 7,
		isOver: true,
		accepted: ['vid'],
		videos: [{ video_id: 'vid', status: 'completed', segment_count: 1 }],
		jobs: [job('voiceover', 'v'), job('mix', 'm')],
		events: [],
	};
	const wordsOf = (...lines: object[]) =>
		checkLog([start, ...lines].map((line) => JSON.stringify(line)).join('\n')).findings.map(({ words }) => words);
	const call = (second: number) => ({
		kind: 'call',
		at: at(second),
		service: 'airtable',
		route: 'GET /v0/x',
		status: 200,
		ms: 0,
	});
	const paid = (second: number, more: object = {}) => ({
		kind: 'paid',
		at: at(second),
		service: 'goApi',
		work: 'vid.music h',
		ref: String(second),
		...more,
	});

	it('finds nothing where all is well', () => {
		expect(wordsOf(...objects, ...[0, 0.1, 0.2, 0.3, 0.4, 1.1].map(call), paid(5), end)).toEqual([]);
	});

	it.each<[string, object[], string]>([
		['a run that did not end', [...objects, { ...end, isOver: false }], 'still under way'],
		['a video that is gone', [...objects, { ...end, videos: [] }], 'vid is lost'],
		['a missing object', [objects[1], end], 'vid.voiceover has no object'],
		['a short film', [objects[0], { ...objects[1], durationS: 4 }, end], 'lasts 4 s'],
		['six requests in a second', [...objects, ...[0, 0.1, 0.2, 0.3, 0.4, 0.9].map(call), end], 'more than 5 requests'],
		['a large write', [...objects, { ...call(1), records: 11 }, end], 'more than 10 records'],
		['a refusal', [...objects, { ...call(1), status: 429 }, end], 'refused requests'],
		['a second payment', [...objects, paid(5), paid(60), end], 'vid.music was paid twice'],
		[
			'a callback without a row',
			[...objects, { kind: 'webhook', at: at(3), status: 200, job: 'vid.mix' }, call(900), end],
			'is in no row',
		],
	])('finds %s', (_name, lines, words) => {
		expect(wordsOf(...lines)).toContainEqual(expect.stringContaining(words));
	});

	it('takes a death, a fault, a refund or a person’s act as the reason of a second payment', () => {
		const reasons = [
			[paid(5), { kind: 'life', is: 'ended', at: at(6) }, paid(60)],
			[paid(5, { fault: 'lostAnswer' }), paid(60)],
			[paid(5), { kind: 'refund', at: at(6), ref: '5' }, paid(60)],
			[paid(5), { kind: 'act', isOk: true, at: at(6) }, paid(60)],
		];
		for (const lines of reasons) expect(wordsOf(...objects, ...lines, end)).toEqual([]);
	});
});
