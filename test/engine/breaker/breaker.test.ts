import fc from 'fast-check';

import {
	afterCall,
	afterFailure,
	afterSuccess,
	callsAllowed,
	CLOSED_BREAKER,
	restMs,
	type Breaker,
} from '../../../engine/breaker/breaker';
import { BREAKER_FAILURES, BREAKER_PROBE_MS, BREAKER_REST_MAX_MS } from '../../../engine/breaker/constants';
import type { FailureClass } from '../../../engine/events';

const half = () => 0.5;
const failed = (failureClass: FailureClass = 'unavailable') => ({ class: failureClass, message: 'Bad gateway' });

function fail(breaker: Breaker, times: number, nowMs = 0): Breaker {
	let now = breaker;
	for (let count = 0; count < times; count += 1) now = afterFailure(now, failed(), nowMs, half);
	return now;
}

describe('a circuit breaker', () => {
	it('opens after failures in a row, and not before', () => {
		expect(callsAllowed(fail(CLOSED_BREAKER, BREAKER_FAILURES - 1), 0)).toBe('all');
		expect(callsAllowed(fail(CLOSED_BREAKER, BREAKER_FAILURES), 0)).toBe('none');
		const interrupted = afterSuccess(fail(CLOSED_BREAKER, BREAKER_FAILURES - 1), 0);
		expect(callsAllowed(fail(interrupted, BREAKER_FAILURES - 1), 0)).toBe('all');
	});

	it.each<FailureClass>(['auth', 'quota'])('opens at once where the next call would fail, too: %s', (failureClass) => {
		expect(callsAllowed(afterFailure(CLOSED_BREAKER, failed(failureClass), 0, half), 0)).toBe('none');
	});

	it.each<FailureClass>([
		'invalid_input',
		'refused',
		'provider_failed',
		'verification',
		'lost',
		'cancelled',
		'unknown',
	])('never opens for what was wrong with the call: %s', (failureClass) => {
		let breaker = CLOSED_BREAKER;
		for (let count = 0; count < 50; count += 1) breaker = afterFailure(breaker, failed(failureClass), 0, half);
		expect(breaker).toEqual(CLOSED_BREAKER);
	});

	it('lets one probe out after its rest, and closes when that succeeds', () => {
		const open = fail(CLOSED_BREAKER, BREAKER_FAILURES);
		expect(callsAllowed(open, 30_000)).toBe('one');
		const probing = afterCall(open, 30_000);

		expect(callsAllowed(probing, 30_001)).toBe('none');
		expect(callsAllowed(afterSuccess(probing, 31_000), 31_000)).toBe('all');
	});

	it('rests twice as long when the probe fails', () => {
		const probing = afterCall(fail(CLOSED_BREAKER, BREAKER_FAILURES), 30_000);
		const again = fail(probing, 1, 31_000);

		expect(callsAllowed(again, 31_000 + 53_000)).toBe('none');
		expect(callsAllowed(again, 31_000 + 60_000)).toBe('one');
	});

	it('makes room for another probe when one was never heard of', () => {
		const probing = afterCall(fail(CLOSED_BREAKER, BREAKER_FAILURES), 30_000);

		expect(callsAllowed(probing, 30_000 + BREAKER_PROBE_MS)).toBe('one');
	});

	it('is not changed by calls from before its rest', () => {
		const open = fail(CLOSED_BREAKER, BREAKER_FAILURES);

		expect(afterFailure(open, failed(), 1_000, half)).toBe(open);
		expect(afterSuccess(open, 1_000)).toBe(open);
		expect(afterCall(open, 1_000)).toBe(open);
		expect(afterCall(CLOSED_BREAKER, 1_000)).toBe(CLOSED_BREAKER);
	});

	it('rests as long as the service asks for, within its bound', () => {
		expect(restMs(1, { retryAfterS: 120 }, half)).toBe(120_000);
		expect(restMs(1, { retryAfterS: 86_400 }, half)).toBe(BREAKER_REST_MAX_MS);
	});

	it('never rests longer than its bound, never sends two probes at once, and always closes in the end', () => {
		const act = fc.record({
			kind: fc.constantFrom('fail', 'succeed', 'call'),
			passMs: fc.integer({ min: 0, max: 1_200_000 }),
			chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
		});
		fc.assert(
			fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
				let breaker: Breaker = CLOSED_BREAKER;
				let nowMs = 0;
				for (const { kind, passMs, chance } of acts) {
					nowMs += passMs;
					if (kind === 'fail') breaker = afterFailure(breaker, failed(), nowMs, () => chance);
					else if (kind === 'succeed') breaker = afterSuccess(breaker, nowMs);
					else if (callsAllowed(breaker, nowMs) === 'one') {
						breaker = afterCall(breaker, nowMs);
						expect(callsAllowed(breaker, nowMs)).toBe('none');
					}
					if (breaker.state !== 'closed') expect(breaker.untilMs - nowMs).toBeLessThanOrEqual(BREAKER_REST_MAX_MS);
				}
				const laterMs = nowMs + BREAKER_REST_MAX_MS;
				expect(callsAllowed(breaker, laterMs)).not.toBe('none');
				expect(afterSuccess(afterCall(breaker, laterMs), laterMs)).toEqual(CLOSED_BREAKER);
			}),
		);
	});
});
