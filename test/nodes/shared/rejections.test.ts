import { RejectionCounter } from '../../../nodes/shared/rejections';

describe('RejectionCounter', () => {
	it('reports the first refusal at once, and then at most once per interval with all that came between', () => {
		const counter = new RejectionCounter('nca', 10_000);

		const reports = [
			counter.record('token_forged', 0),
			counter.record('token_forged', 1),
			counter.record('body_too_large', 9_999),
			counter.record('token_forged', 10_000),
			counter.record('token_forged', 10_001),
		];

		expect(reports).toEqual([
			{ verdict: 'rejected', service: 'nca', count: 1, reasons: { token_forged: 1 } },
			undefined,
			undefined,
			{ verdict: 'rejected', service: 'nca', count: 3, reasons: { token_forged: 2, body_too_large: 1 } },
			undefined,
		]);
	});
});
