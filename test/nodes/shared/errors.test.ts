import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import { refuse } from '../../../engine/result';
import { failureOf, ServiceError, toNodeError, unwrap } from '../../../nodes/shared/errors';
import { redact, redactDeep, shorten } from '../../../nodes/shared/redact';

const NODE: INode = { id: '1', name: 'Toy', type: 'x.toy', typeVersion: 1, position: [0, 0], parameters: {} };

describe('redact', () => {
	it.each([
		['see https://h.test/a/b.mp4?X-Amz-Signature=abc&x=1 now', 'see https://h.test/a/b.mp4 now'],
		['https://user:pass@h.test/x', 'https://h.test/x'],
		['Authorization: Bearer abcdef123456', 'Authorization: Bearer [hidden]'],
		['{"x-api-key":"k-123"}', '{"x-api-key":"[hidden]"}'],
		['secret=hunter2&x=1', 'secret=[hidden]&x=1'],
		['key sk_0123456789abcdef was refused', 'key [hidden] was refused'],
		['nothing to hide: 42 %', 'nothing to hide: 42 %'],
	])('hides what must not be seen in %j', (text, expected) => {
		expect(redact(text)).toBe(expected);
	});

	it('cuts long words of a provider', () => {
		expect(shorten('x'.repeat(900)).length).toBe(500);
	});

	it('hides secret members at any depth and bounds what it copies', () => {
		const body = {
			config: { webhook_config: { endpoint: 'https://n8n.test/webhook/x?sig=1', secret: 's' } },
			list: Array(90).fill(1),
		};

		const copy = redactDeep(body) as { config: unknown; list: unknown[] };

		expect(copy.config).toEqual({ webhook_config: { endpoint: 'https://n8n.test/webhook/x', secret: '[hidden]' } });
		expect(copy.list).toHaveLength(20);
	});
});

describe('toNodeError', () => {
	it('keeps the provider’s words out of the message, where n8n would replace those that look like error codes', () => {
		const failure = { class: 'auth', message: 'missing approvePERMissions', began: 'no', retryable: false } as const;

		const error = toNodeError(NODE, new ServiceError({ ...failure, httpStatus: 401 }, 'ElevenLabs'), 2);

		expect(error).toBeInstanceOf(NodeApiError);
		expect(error.message).toBe('ElevenLabs: The service refused the key: check the credential');
		expect(error.description).toBe('missing approvePERMissions');
		expect((error as NodeApiError).httpCode).toBe('401');
		expect(error.context).toMatchObject({ itemIndex: 2, failure: { class: 'auth' } });
	});

	it('describes an error that nobody foresaw', () => {
		const error = toNodeError(NODE, new TypeError('x is not a function'), 0);

		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error.context.failure).toMatchObject({ class: 'unknown', began: 'unknown', retryable: false });
	});

	it('finds the failure again in an error of n8n', () => {
		const failure = { class: 'quota', message: 'used up', began: 'no', retryable: false } as const;

		expect(failureOf(toNodeError(NODE, new ServiceError(failure), 0))).toEqual(failure);
	});
});

describe('unwrap', () => {
	it('turns a refusal into an error of the item that names the field', () => {
		expect(() => unwrap(NODE, refuse('empty', 'The script is empty', 'script_text'), 1)).toThrow('The script is empty');
		expect(unwrap(NODE, { ok: true, value: 7 }, 0)).toBe(7);
	});
});
