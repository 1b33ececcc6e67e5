import fc from 'fast-check';

import { reportedCost } from '../../../engine/costs/actual';
import { concludeCall, type Call, type CallEnd } from '../../../engine/costs/calls';
import { estimateVideoUsd, estimateWork } from '../../../engine/costs/estimate';
import type { CalledService, Prices } from '../../../engine/costs/types';
import type { FailureClass } from '../../../engine/events';
import { buildVideo } from '../../support/videoBuilder';

const PRICES: Prices = { speechUsdPerThousandCharacters: 0.3, clipUsd: 0.26, musicUsd: 0.05, ncaUsdPerSecond: 0.001 };
const FREE_NCA: Prices = { ...PRICES, ncaUsdPerSecond: 0 };

function call(service: CalledService, wasPaidBefore = false): Call {
	return { service, wasPaidBefore, estimate: { usd: 0.5, units: 1, unit: 'calls' } };
}

describe('an estimate', () => {
	it('of speech counts characters as people do, not UTF-16 units', () => {
		const work = { step: 'voiceover', service: 'elevenLabs', text: 'a😀', expectedS: 1 } as const;

		expect(estimateWork(work, PRICES)).toEqual({ usd: 0.0006, units: 2, unit: 'characters' });
		expect(estimateWork({ ...work, text: undefined }, PRICES)).toMatchObject({ usd: 0 });
	});

	it('of a task is its price, of NCA its seconds, and a copied clip costs nothing', () => {
		const at = (step: 'background' | 'music' | 'combine', service: 'goApi' | 'nca' | 'spaces') =>
			estimateWork({ step, service, expectedS: 20 }, PRICES)?.usd;

		expect([at('background', 'goApi'), at('music', 'goApi'), at('combine', 'nca')]).toEqual([0.26, 0.05, 0.02]);
		expect(at('background', 'spaces')).toBeUndefined();
	});

	it('of a video covers all of its paid steps', () => {
		const texts = ['x'.repeat(500), 'y'.repeat(500)];

		expect(estimateVideoUsd(buildVideo({ texts }), () => 10, PRICES)).toBeCloseTo(0.3 + 2 * 0.26 + 0.05 + 4 * 0.01);
		expect(estimateVideoUsd(buildVideo({ texts, background: 'user' }), () => 10, FREE_NCA)).toBeCloseTo(0.35);
	});
});

describe('what a service says of its cost', () => {
	it('is read in its own unit', () => {
		const usage = (amount: number, unit: string) => ({ usage: { amount, unit } });

		expect(reportedCost('elevenLabs', usage(2_000, 'characters'), PRICES)?.usd).toBeCloseTo(0.6);
		expect(reportedCost('goApi', usage(2_600_000, 'point'), PRICES)?.usd).toBeCloseTo(0.26);
		expect(reportedCost('goApi', usage(200_000, 'llm'), PRICES)?.usd).toBeCloseTo(0.02);
		expect(reportedCost('nca', { timings: { runS: 13.5 } }, PRICES)).toEqual({
			usd: 0.0135,
			units: 13.5,
			unit: 'seconds',
		});
		expect(reportedCost('goApi', usage(0.4, 'usd'), PRICES)?.usd).toBe(0.4);
	});

	it('is nothing where it says nothing', () => {
		expect(reportedCost('goApi', { timings: { runS: 3 } }, PRICES)).toBeUndefined();
		expect(reportedCost('nca', { timings: {} }, PRICES)).toBeUndefined();
		expect(reportedCost('elevenLabs', { usage: { amount: 3, unit: 'odd' } }, PRICES)).toBeUndefined();
	});
});

describe('a call', () => {
	const result = (more: Partial<Extract<CallEnd, { kind: 'result' }>> = {}): CallEnd => ({ kind: 'result', ...more });
	const failed = (began: 'no' | 'yes' | 'unknown', failureClass: FailureClass = 'unavailable'): CallEnd => ({
		kind: 'failure',
		failure: { class: failureClass, began },
	});

	it('with a result costs what the service said, else its estimate', () => {
		const said = concludeCall(call('goApi'), result({ usage: { amount: 10_000_000, unit: 'point' } }), PRICES);
		const unsaid = concludeCall(call('goApi'), result(), PRICES);

		expect(said).toMatchObject({ state: 'settled', actual: { usd: 1 }, isPaidAgain: false, isPaidByNow: true });
		expect(unsaid).toMatchObject({ state: 'settled', actual: { usd: 0.5 } });
		expect(unsaid.note).toContain('did not say');
	});

	it('is paid again when the same result was paid before', () => {
		expect(concludeCall(call('goApi', true), result(), PRICES)).toMatchObject({ isPaidAgain: true });
		expect(concludeCall(call('nca', true), result(), PRICES)).toMatchObject({ isPaidAgain: true });
		expect(concludeCall(call('nca', true), result(), FREE_NCA)).toMatchObject({ isPaidAgain: false });
	});

	it.each(['spaces', 'history'] as const)('is none when its result was found in %s', (foundIn) => {
		const usage = foundIn === 'history' ? { amount: 0, unit: 'characters' } : undefined;
		const found = concludeCall(call('elevenLabs', true), result({ foundIn, usage }), PRICES);

		expect(found).toMatchObject({ state: 'released', isPaidAgain: false, isPaidByNow: true, provesEarlier: true });
	});

	it('is none when another video has the result, whatever was paid before', () => {
		for (const wasPaidBefore of [true, false]) {
			expect(concludeCall(call('goApi', wasPaidBefore), result({ foundIn: 'other_video' }), PRICES)).toMatchObject({
				state: 'released',
				isPaidByNow: wasPaidBefore,
				provesEarlier: false,
			});
		}
	});

	it('was made by the same attempt when its object is there and nothing was paid before', () => {
		expect(concludeCall(call('goApi'), result({ foundIn: 'spaces' }), PRICES)).toMatchObject({
			state: 'settled',
			actual: { usd: 0.5 },
		});
		expect(concludeCall(call('elevenLabs'), result({ foundIn: 'history' }), PRICES)).toMatchObject({
			state: 'released',
			provesEarlier: false,
		});
	});

	it('that made only the missing rest of a speech is not paid again', () => {
		const usage = { amount: 100, unit: 'characters' };
		const rest = concludeCall(call('elevenLabs', true), result({ foundIn: 'history', usage }), PRICES);

		expect(rest).toMatchObject({ state: 'settled', isPaidAgain: false });
		expect(rest.actual?.usd).toBeCloseTo(0.03);
	});

	it('that never began is released', () => {
		expect(concludeCall(call('goApi', true), failed('no'), PRICES)).toMatchObject({
			state: 'released',
			isPaidAgain: false,
			isPaidByNow: true,
		});
		expect(concludeCall(call('goApi'), failed('no'), PRICES)).toMatchObject({ isPaidByNow: false });
	});

	it.each([
		[failed('unknown'), 'goApi'],
		[failed('yes', 'lost'), 'goApi'],
		[failed('yes', 'timeout'), 'nca'],
	] as const)('that is out of sight (%j) is unknown', (end, service) => {
		expect(concludeCall(call(service), end, PRICES)).toMatchObject({ state: 'unknown', isPaidAgain: false });
		expect(concludeCall(call(service, true), end, PRICES)).toMatchObject({ isPaidAgain: true, isPaidByNow: true });
		expect(concludeCall(call('nca', true), end, FREE_NCA)).toMatchObject({ isPaidAgain: false, isPaidByNow: true });
	});

	it('that failed costs what its service charges for failures', () => {
		const end = failed('yes', 'provider_failed');
		const spent: CallEnd = { ...end, timings: { runS: 10 } } as CallEnd;

		expect(concludeCall(call('goApi'), end, PRICES)).toMatchObject({ actual: { usd: 0 }, isPaidByNow: false });
		expect(concludeCall(call('elevenLabs'), end, PRICES)).toMatchObject({ actual: { usd: 0.5 }, isPaidByNow: true });
		expect(concludeCall(call('nca'), spent, PRICES)).toMatchObject({ actual: { usd: 0.01 }, isPaidByNow: true });
		expect(concludeCall(call('nca'), end, PRICES)).toMatchObject({ actual: { usd: 0 }, isPaidByNow: false });
	});

	it('never costs less than nothing, and is paid again only where it was paid before', () => {
		const classes: FailureClass[] = ['lost', 'timeout', 'expired', 'provider_failed', 'verification', 'cancelled'];
		const report = {
			usage: fc.option(fc.record({ amount: fc.nat(1e8), unit: fc.constantFrom('characters', 'point', 'llm', 'usd') }), {
				nil: undefined,
			}),
			timings: fc.option(fc.record({ runS: fc.nat(5_000) }), { nil: undefined }),
		};
		const ends: fc.Arbitrary<CallEnd> = fc.oneof(
			fc.record({
				kind: fc.constant('result' as const),
				foundIn: fc.constantFrom(undefined, 'spaces' as const, 'history' as const, 'other_video' as const),
				...report,
			}),
			fc.record({
				kind: fc.constant('failure' as const),
				failure: fc.record({
					class: fc.constantFrom(...classes),
					began: fc.constantFrom('no' as const, 'yes' as const, 'unknown' as const),
				}),
				...report,
			}),
		);
		const service = fc.constantFrom<CalledService>('elevenLabs', 'goApi', 'nca');
		fc.assert(
			fc.property(service, fc.boolean(), ends, fc.constantFrom(PRICES, FREE_NCA), (name, before, end, prices) => {
				const conclusion = concludeCall(call(name, before), end, prices);
				expect(conclusion.actual?.usd ?? 0).toBeGreaterThanOrEqual(0);
				expect(conclusion.state === 'settled').toBe(conclusion.actual !== undefined);
				if (conclusion.isPaidAgain) expect(before).toBe(true);
				if (before) expect(conclusion.isPaidByNow).toBe(true);
				if (conclusion.provesEarlier) expect(conclusion.state).toBe('released');
			}),
		);
	});
});
