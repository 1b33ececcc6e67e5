import { explainElevenLabs, readErrorDetail } from '../../../nodes/ElevenLabs/errors';

const explain = (body: unknown, status = 400) => explainElevenLabs({ status, headers: {}, body });

describe('readErrorDetail', () => {
	it('reads the current shape', () => {
		const detail = {
			type: 'validation_error',
			code: 'invalid_parameters',
			message: 'bad',
			status: 'invalid_parameters',
			request_id: 'r1',
		};

		expect(readErrorDetail({ detail })).toEqual({ code: 'invalid_parameters', message: 'bad', requestId: 'r1' });
	});

	it('reads the former shape', () => {
		expect(readErrorDetail({ detail: { status: 'quota_exceeded', message: 'used up' } })).toMatchObject({
			code: 'quota_exceeded',
			message: 'used up',
		});
	});

	it('reads the list of a validation error', () => {
		const detail = [
			{ loc: ['body', 'text'], msg: 'field required', type: 'value_error.missing' },
			{ loc: ['query', 'output_format'], msg: 'unknown', type: 'x' },
		];

		expect(readErrorDetail({ detail })?.message).toBe('text: field required; query.output_format: unknown');
	});

	it.each([
		[{ detail: 'Not Found' }, 'Not Found'],
		[{ detail: {} }, 'no reason given'],
		[{ detail: [null] }, 'invalid'],
	])('reads %j', (body, message) => {
		expect(readErrorDetail(body)?.message).toBe(message);
	});

	it.each([['<html>'], [null], [{}], [{ detail: 7 }]])('finds nothing in %j', (body) => {
		expect(readErrorDetail(body)).toBeUndefined();
	});
});

describe('explainElevenLabs', () => {
	it.each([
		['quota_exceeded', 401, 'quota', false],
		['invalid_api_key', 401, 'auth', false],
		['missing_permissions', 401, 'auth', false],
		['only_for_creator+', 403, 'refused', false],
		['max_character_limit_exceeded', 400, 'invalid_input', false],
		['voice_not_found', 404, 'invalid_input', false],
		['too_many_concurrent_requests', 429, 'rate_limited', true],
		['concurrent_limit_exceeded', 429, 'rate_limited', true],
		['system_busy', 429, 'rate_limited', true],
		['rate_limit_exceeded', 429, 'rate_limited', true],
	])('takes %s (%i) as %s', (status, http, failureClass, retryable) => {
		expect(explain({ detail: { status, message: 'm' } }, http)).toEqual({
			class: failureClass,
			message: `m (${status})`,
			began: 'no',
			retryable,
		});
	});

	it('leaves an unknown code to the status, but gives its words', () => {
		expect(explain({ detail: { code: 'new_code', message: 'm' } })).toEqual({ message: 'm (new_code)' });
	});
});
