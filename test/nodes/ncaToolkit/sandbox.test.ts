import type { IDataObject } from 'n8n-workflow';

import { NcaToolkitApi } from '../../../credentials/NcaToolkitApi.credentials';
import { NcaToolkit } from '../../../nodes/NcaToolkit/NcaToolkit.node';
import { failureOf } from '../../../nodes/shared/errors';
import { testCredential } from '../../credentials/testCredential';
import { runNode } from '../../support/mockExecuteCtx';
import { withSandbox } from '../../support/sandbox';

const NOWHERE = 'http://127.0.0.1:9/clip.mp4';

describe('NCA Toolkit, in the sandbox', () => {
	const sandbox = withSandbox(['nca', 'spaces']);
	const credentials = (apiKey = sandbox().credentials('nca').apiKey) => ({
		ncaToolkitApi: { baseUrl: sandbox().baseUrl('nca'), apiKey },
	});
	const run = async (params: IDataObject, apiKey?: string): Promise<IDataObject> => {
		const [items] = await runNode(new NcaToolkit(), { params, credentials: credentials(apiKey) });
		return items[0].json;
	};

	test('the credential is green with the key and red with another', async () => {
		const green = await testCredential(new NcaToolkitApi(), credentials().ncaToolkitApi);
		const red = await testCredential(new NcaToolkitApi(), credentials('wrong').ncaToolkitApi);

		expect([green.status, red.status]).toEqual(['OK', 'Error']);
	});

	test('every payload of the node is one that the toolkit takes', async () => {
		const jobs: IDataObject[] = [
			{ operation: 'combine', voiceUrl: NOWHERE, voiceS: 2, clipUrl: NOWHERE },
			{ operation: 'concatenate', videoUrls: NOWHERE },
			{ operation: 'mixMusic', videoUrl: NOWHERE, musicUrl: NOWHERE, durationS: 2 },
			{ operation: 'imageToVideo', imageUrl: NOWHERE },
			{ operation: 'trim', videoUrl: NOWHERE, end: '00:00:01' },
			{ operation: 'cut', videoUrl: NOWHERE, cuts: { span: [{ start: '00:00:00', end: '00:00:01' }] } },
			{ operation: 'split', videoUrl: NOWHERE, splits: { span: [{ start: '00:00:00', end: '00:00:01' }] } },
			{ operation: 'thumbnail', videoUrl: NOWHERE },
			{ resource: 'audio', operation: 'concatenate', audioUrls: NOWHERE },
			{ resource: 'media', operation: 'convert', mediaUrl: NOWHERE },
			{ resource: 'media', operation: 'convertToMp3', mediaUrl: NOWHERE },
			{ resource: 'media', operation: 'silence', mediaUrl: NOWHERE },
			{ resource: 'storage', operation: 'upload', fileUrl: NOWHERE },
		];

		for (const job of jobs) expect(await run({ resource: 'video', ...job })).toMatchObject({ status: 'submitted' });
	});

	test('follows a queued job to its end, by one question for all items', async () => {
		const submitted = await run({ resource: 'video', operation: 'trim', videoUrl: NOWHERE, end: '00:00:01' });
		const jobId = String(submitted.externalId);
		const wait = run({ resource: 'job', operation: 'waitFor', jobId, intervalS: 1 });
		const failure = failureOf(await wait.catch((error: unknown) => error));

		const identity = { jobKey: 'vid_1.combine.001', attempt: 1, h: 'ab'.repeat(8) };
		const evidence = await run({ resource: 'job', operation: 'getEvidence', jobId, queueId: '', ...identity });

		expect(failure).toMatchObject({ began: 'yes', httpStatus: 500 });
		expect(evidence).toMatchObject({ ...identity, outcome: 'failed', externalId: jobId });
	});

	test('says that the key is wrong', async () => {
		const error: unknown = await run({ resource: 'toolkit', operation: 'authenticate' }, 'wrong').catch(
			(e: unknown) => e,
		);

		expect(failureOf(error)).toMatchObject({ class: 'auth', retryable: false });
	});
});
