import type { IDataObject } from 'n8n-workflow';

import { shortHash } from '../../../engine/hash';
import { ElevenLabs } from '../../../nodes/ElevenLabs/ElevenLabs.node';
import { GoApi } from '../../../nodes/GoApi/GoApi.node';
import { NcaToolkit } from '../../../nodes/NcaToolkit/NcaToolkit.node';
import { beginCall } from '../../../nodes/shared/claimedCall';
import { processState } from '../../../tracker/processState';
import { failureOfItem } from '../../support/errorItem';
import { runNode, type MockExecuteOptions } from '../../support/mockExecuteCtx';
import { withSandbox } from '../../support/sandbox';

const INPUT_HASH = 'a'.repeat(64);
const JOB = { jobKey: 'vid_claimed.music', attempt: 1, inputHash: INPUT_HASH };
const CLAIM = { jobKey: JOB.jobKey, attempt: 1, h: shortHash(INPUT_HASH) };
const GIVEN_UP = { class: 'cancelled', began: 'no', retryable: true };

const sandbox = withSandbox(['elevenLabs', 'goApi', 'nca']);

afterEach(async () => {
	await processState.claims.take(CLAIM, 0);
	processState.claims.release(CLAIM);
});

describe('a call of a job', () => {
	it('may begin where its attempt is claimed, or nobody has claimed it here', async () => {
		await expect(beginCall(undefined, 'GoAPI')).resolves.toBeUndefined();
		await expect(beginCall({ ...JOB, h: CLAIM.h }, 'GoAPI')).resolves.toBeUndefined();
		await processState.claims.take(CLAIM, 0);
		await expect(beginCall({ ...JOB, h: CLAIM.h }, 'GoAPI')).resolves.toBeUndefined();
	});

	it('may begin again once its attempt is claimed anew', async () => {
		processState.claims.revoke(CLAIM);
		await processState.claims.take(CLAIM, 0);

		await expect(beginCall({ ...JOB, h: CLAIM.h }, 'GoAPI')).resolves.toBeUndefined();
	});

	type Case = [
		string,
		() => { type: new () => Parameters<typeof runNode>[0]; params: IDataObject; credentials: object },
	];
	const cases: Case[] = [
		[
			'GoAPI',
			() => {
				const { baseUrl, apiKey, webhookSecret } = sandbox().credentials('goApi');
				const params = { resource: 'music', operation: 'create', taskType: 'txt2audio-base', prompt: 'calm piano' };
				const credentials = { goApiApi: { apiKey, baseUrl, webhookSecret, verifyWebhooks: true } };
				return { type: GoApi, params: { ...params, options: { pollOnly: true } }, credentials };
			},
		],
		[
			'ElevenLabs',
			() => {
				const { baseUrl, apiKey } = sandbox().credentials('elevenLabs');
				const voiceId = { __rl: true, mode: 'id', value: 'JBFqnCBsd6RMkjVDRZzb' };
				return {
					type: ElevenLabs,
					params: { voiceId, text: 'A fox.' },
					credentials: { elevenLabsApi: { baseUrl, apiKey } },
				};
			},
		],
		[
			'the NCA Toolkit',
			() => {
				const { baseUrl, apiKey } = sandbox().credentials('nca');
				const params = { resource: 'video', operation: 'concatenate', videoUrls: 'https://files.example/a.mp4' };
				return {
					type: NcaToolkit,
					params: { ...params, resultMode: 'queue' },
					credentials: { ncaToolkitApi: { baseUrl, apiKey } },
				};
			},
		],
	];
	it.each(cases)('of %s is not made where its attempt was given up', async (_name, open) => {
		processState.claims.revoke(CLAIM);
		const { type: Type, params, credentials } = open();

		const options = { credentials, params: { ...params, job: JOB }, continueOnFail: true } as MockExecuteOptions;
		const [[item]] = await runNode(new Type(), options);

		expect(failureOfItem(item)).toMatchObject(GIVEN_UP);
		expect(sandbox().report().paidCalls).toEqual([]);
		expect(sandbox().report().services.nca?.calls ?? 0).toBe(0);
	});
});

describe('claims that were revoked', () => {
	it('are remembered up to a bound', async () => {
		const ref = (attempt: number) => ({ jobKey: 'vid_many.music', attempt, h: 'h' });
		for (let attempt = 1; attempt <= 5_001; attempt += 1) processState.claims.revoke(ref(attempt));

		expect(await processState.claims.isRevoked(ref(1))).toBe(false);
		expect(await processState.claims.isRevoked(ref(5_001))).toBe(true);
	});
});
