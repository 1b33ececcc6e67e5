import type { IDataObject } from 'n8n-workflow';

import { GoApi } from '../../../nodes/GoApi/GoApi.node';
import { openSpaces, type SpacesTransport } from '../../../nodes/SpacesPersist/transport';
import { runNode } from '../../support/mockExecuteCtx';
import { withSandbox } from '../../support/sandbox';
import { credentialsOf, fakeMp3, INPUT_HASH, OTHER_HASH } from '../spacesPersist/support';

const OWN_KEY = 'videos/v2/a1a1a1a1a1a1a1a1/v2_music.mp3';
const OTHER_KEY = 'videos/v1/a1a1a1a1a1a1a1a1/v1_music.mp3';
const JOB = { jobKey: 'v2.music', attempt: 1, inputHash: INPUT_HASH, objectKey: OWN_KEY };
const MUSIC = { resource: 'music', operation: 'create', taskType: 'txt2audio-base', prompt: 'calm piano' };

const sandbox = withSandbox(['goApi', 'spaces']);
let spaces: SpacesTransport;
beforeEach(async () => (spaces = await openSpaces(credentialsOf(sandbox()))));
afterEach(() => spaces.close());

async function put(key: string, inputHash = INPUT_HASH): Promise<void> {
	await spaces.put(key, fakeMp3(2_000), { contentType: 'audio/mpeg', inputHash, sha256: '' });
}

async function create(otherObjectKeys: string): Promise<IDataObject> {
	const { baseUrl, apiKey, webhookSecret } = sandbox().credentials('goApi');
	const credentials = {
		goApiApi: { apiKey, baseUrl, webhookSecret, verifyWebhooks: true },
		digitalOceanSpacesApi: { ...credentialsOf(sandbox()) },
	};
	const params = { ...MUSIC, job: { ...JOB, otherObjectKeys }, options: { pollOnly: true } };
	const [[item]] = await runNode(new GoApi(), { credentials, params });
	return item.json;
}

const paid = () => sandbox().report().paidCalls.length;

describe('a paid call whose result another video has', () => {
	it('is not made: the other object is the result', async () => {
		await put(OTHER_KEY);
		const event = await create(OTHER_KEY);

		expect(event).toMatchObject({ outcome: 'completed', jobKey: 'v2.music', foundIn: 'other_video' });
		expect(event.outputs).toMatchObject([{ url: spaces.publicUrl(OTHER_KEY), persisted: true, bytes: 2_000 }]);
		expect(event.usage).toBeUndefined();
		expect(paid()).toBe(0);
	});

	it('takes its own object first', async () => {
		await put(OTHER_KEY);
		await put(OWN_KEY);

		expect(await create(OTHER_KEY)).toMatchObject({ foundIn: 'spaces' });
	});

	it('is made when that object has gone, is of another input, or is no key of ours', async () => {
		await put(OTHER_KEY, OTHER_HASH);
		const made = [await create('videos/gone.mp3'), await create(OTHER_KEY), await create('../up, /abs,, \\x')];

		expect(made.map(({ status }) => status)).toEqual(['submitted', 'submitted', 'submitted']);
		expect(paid()).toBe(3);
	});
});
