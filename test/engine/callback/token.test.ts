import fc from 'fast-check';

import { signCallbackUrl, verifyCallbackQuery, type CallbackTokenClaims } from '../../../engine/callback/token';

const NOW_S = 1_800_000_000;
const CLAIMS: CallbackTokenClaims = {
	service: 'nca',
	job: 'vid_1.combine.003',
	attempt: 2,
	h: '0123456789abcdef',
	exp: NOW_S + 60,
};

function queryOf(url: string): Record<string, string> {
	return Object.fromEntries(new URL(url).searchParams);
}

const query = () => queryOf(signCallbackUrl('https://n8n.test/webhook/video-engine/nca', CLAIMS, 'secret'));
const codeOf = (changed: Record<string, unknown>, secrets = ['secret'], nowS = NOW_S, service = CLAIMS.service) => {
	const result = verifyCallbackQuery(service, changed, secrets, nowS);
	return result.ok ? 'ok' : result.code;
};

describe('a callback token', () => {
	it('is read back as it was signed', () => {
		const result = verifyCallbackQuery('nca', query(), ['secret'], NOW_S);

		expect(result).toEqual({ ok: true, value: CLAIMS });
	});

	it('keeps a query that the base address already has', () => {
		const url = signCallbackUrl('https://n8n.test/hook?tenant=7', CLAIMS, 'secret');

		expect(queryOf(url)).toMatchObject({ tenant: '7', job: CLAIMS.job });
	});

	it.each([
		['of another job', { job: 'vid_1.combine.004' }, 'token_forged'],
		['of another attempt', { attempt: '3' }, 'token_forged'],
		['of another result', { h: 'fedcba9876543210' }, 'token_forged'],
		['with a longer life', { exp: String(NOW_S + 9_999) }, 'token_forged'],
		['with an altered signature', { sig: 'a'.repeat(64) }, 'token_forged'],
		['without a signature', { sig: undefined }, 'token_missing'],
		['with a signature that is no hex', { sig: 'zz' }, 'token_malformed'],
		['with two signatures', { sig: ['a', 'b'] }, 'token_malformed'],
		['with a job that is no key', { job: '../../etc' }, 'token_malformed'],
		['with a job that is no text', { job: ['x'] }, 'token_malformed'],
		['with an attempt of zero', { attempt: '0' }, 'token_malformed'],
		['with a huge attempt', { attempt: '999999' }, 'token_malformed'],
		['with a hash that is too short', { h: '0123' }, 'token_malformed'],
		['with an end that is no number', { exp: 'soon' }, 'token_malformed'],
	])('%s is refused', (_case, change, code) => {
		expect(codeOf({ ...query(), ...change })).toBe(code);
	});

	it('of another service is refused', () => {
		expect(codeOf(query(), ['secret'], NOW_S, 'goApi')).toBe('token_forged');
	});

	it('ends', () => {
		expect(codeOf(query(), ['secret'], CLAIMS.exp)).toBe('ok');
		expect(codeOf(query(), ['secret'], CLAIMS.exp + 1)).toBe('token_expired');
	});

	it('of the previous secret is good while both are set, and never without a secret', () => {
		expect(codeOf(query(), ['new', 'secret'])).toBe('ok');
		expect(codeOf(query(), ['new', ''])).toBe('token_forged');
		expect(codeOf(query(), ['', ''])).toBe('no_secret');
	});

	it('never passes with any other secret', () => {
		fc.assert(
			fc.property(fc.string({ minLength: 1 }), (other) => {
				fc.pre(other !== 'secret');
				expect(codeOf(query(), [other])).toBe('token_forged');
			}),
		);
	});
});
