import { verifyCallbackQuery } from '../../../engine/callback/token';
import { buildCallbackUrl } from '../../../nodes/shared/callbackUrl';
import { logger } from '../../../nodes/shared/log';
import { mockExecuteCtx } from '../../support/mockExecuteCtx';
import { createToyNode } from './toyNode';

const JOB = { jobKey: 'v1.combine.002', attempt: 3, inputHash: 'b'.repeat(64), h: 'b'.repeat(16) };
const NOW_MS = Date.parse('2026-01-01T00:00:00Z');

function contextWith(callback: Record<string, string>) {
	return mockExecuteCtx(createToyNode({}), { credentials: { videoEngineCallbackApi: callback } }).ctx;
}

describe('buildCallbackUrl', () => {
	it('gives a URL whose token the trigger takes for a week', async () => {
		const ctx = contextWith({ publicBaseUrl: ' https://n8n.test/ ', currentSecret: 's1' });

		const url = new URL(await buildCallbackUrl(ctx, 'nca', JOB, 0, { nowMs: NOW_MS }));

		expect(url.origin + url.pathname).toBe('https://n8n.test/webhook/video-engine/nca');
		const query = Object.fromEntries(url.searchParams);
		const nowS = NOW_MS / 1000;
		expect(verifyCallbackQuery('nca', query, ['s1'], nowS)).toMatchObject({
			ok: true,
			value: { job: JOB.jobKey, attempt: 3 },
		});
		expect(verifyCallbackQuery('nca', query, ['s1'], nowS + 7 * 24 * 3600 + 1)).toMatchObject({
			code: 'token_expired',
		});
	});

	it('takes a path of its own', async () => {
		const ctx = contextWith({ publicBaseUrl: 'https://n8n.test', currentSecret: 's1' });

		const url = await buildCallbackUrl(ctx, 'goApi', JOB, 0, { path: '/mine/goapi' });

		expect(url).toMatch(/^https:\/\/n8n\.test\/webhook\/mine\/goapi\?job=/);
	});

	it.each([
		[{ publicBaseUrl: '', currentSecret: 's' }],
		[{ publicBaseUrl: 'n8n.test', currentSecret: 's' }],
		[{ publicBaseUrl: 'https://n8n.test', currentSecret: '' }],
	])('refuses a credential that is not filled in: %j', async (callback) => {
		await expect(buildCallbackUrl(contextWith(callback), 'nca', JOB, 0)).rejects.toThrow(
			'Public Base URL and Current Secret',
		);
	});
});

describe('logger', () => {
	it('writes one structured object with its fields, without secrets', () => {
		const { ctx, lines } = mockExecuteCtx(createToyNode({}));

		logger(ctx, { service: 'nca', job_key: 'v1.mix' }).warn('Asked https://n8n.test/x?sig=1', {
			apiKey: 'k',
			url: 'https://h.test/a?b=c',
		});

		expect(lines).toEqual([
			{
				level: 'warn',
				message: 'Asked https://n8n.test/x',
				metadata: { service: 'nca', job_key: 'v1.mix', apiKey: '[hidden]', url: 'https://h.test/a' },
			},
		]);
	});
});
