import { setTimeout as sleep } from 'node:timers/promises';

import { openSpaces, type SpacesTransport } from '../../../nodes/SpacesPersist/transport';
import type { SandboxService } from '../../../sandbox/core/types';
import { failureOfItem } from '../../support/errorItem';
import { withSandbox } from '../../support/sandbox';
import { credentialsOf, fakeMp3, INPUT_HASH, JOB, run } from './support';

/** A result of these services is stored from URLs that end: each stand-in can end one before its time. */
const sandbox = withSandbox(['spaces', 'goApi', 'airtable'], {
	settings: { goApi: { pendingMs: 5, processingMs: 5 } },
});
const MUSIC = { model: 'Qubico/diffrhythm', task_type: 'txt2audio-base', input: { style_prompt: 'calm piano' } };
/** Airtable takes five requests a second. */
const ASK_AGAIN_MS = 250;
const CLIP_BYTES = fakeMp3(2_000);

let spaces: SpacesTransport;
beforeEach(async () => (spaces = await openSpaces(credentialsOf(sandbox()))));
afterEach(() => spaces.close());

function ask(service: SandboxService, method: string, path: string, body?: unknown) {
	const { baseUrl, apiKey, token } = sandbox().credentials(service);
	return fetch(`${baseUrl}${path}`, {
		method,
		headers: { 'x-api-key': apiKey ?? '', authorization: `Bearer ${token}`, 'content-type': 'application/json' },
		body: body === undefined ? undefined : JSON.stringify(body),
	}).then(async (response) => (await response.json()) as Record<string, never>);
}

async function goApiUrl(): Promise<string> {
	const made = (await ask('goApi', 'POST', '/api/v1/task', MUSIC)) as unknown as { data: { task_id: string } };
	for (;;) {
		const answer = await ask('goApi', 'GET', `/api/v1/task/${made.data.task_id}`);
		const { status, output } = (answer as unknown as { data: { status: string; output?: { audio_url: string } } }).data;
		if (/completed/i.test(status)) return String(output?.audio_url);
		await sleep(ASK_AGAIN_MS);
	}
}

interface Row {
	id: string;
	fields: { Video: Array<{ url: string; size?: number }> };
}

/** A person's clip in the table; each reading of the row names it by a URL of its own. */
async function putClip(): Promise<() => Promise<string>> {
	const { baseId } = sandbox().credentials('airtable');
	await spaces.put('clip.mp3', CLIP_BYTES, {
		contentType: 'audio/mpeg',
		inputHash: INPUT_HASH,
		sha256: '',
		isPublic: true,
	});
	const fields = [
		{ name: 'segment_id', type: 'singleLineText' },
		{ name: 'Video', type: 'multipleAttachments' },
	];
	await ask('airtable', 'POST', `/v0/meta/bases/${baseId}/tables`, { name: 'Segments', fields });
	const video = [{ url: spaces.publicUrl('clip.mp3') }];
	const records = [{ fields: { segment_id: 's', Video: video } }];
	const made = (await ask('airtable', 'POST', `/v0/${baseId}/Segments`, { records })) as unknown as { records: Row[] };
	const read = async () =>
		((await ask('airtable', 'GET', `/v0/${baseId}/Segments/${made.records[0].id}`)) as unknown as Row).fields.Video[0];
	return async () => {
		for (;;) {
			const clip = await read();
			if (clip.size !== undefined) return clip.url;
			await sleep(ASK_AGAIN_MS);
		}
	};
}

function expireNext(service: SandboxService, route: string): void {
	sandbox().setFaults({ services: { [service]: { routes: { [route]: { script: ['expireUrl'] } } } } });
}

/** What storing it leads to: the failure's class, or `stored`. */
async function store(url: string): Promise<string> {
	const hosts = (['goApi', 'airtable', 'spaces'] as const).map((name) => new URL(sandbox().baseUrl(name)).host);
	const credentials = { ...credentialsOf(sandbox()), allowedInternalHosts: hosts.join(',') };
	const params = {
		url,
		job: { ...JOB, objectKey: 'kept.mp3' },
		options: { inspectMedia: false, contentType: 'audio/*' },
	};
	const [[item]] = await run(credentials, { ...params, options: { inspectMedia: false } }, { continueOnFail: true });
	const failure = failureOfItem(item);
	if (failure) expect(failure).toMatchObject({ began: 'no', retryable: true });
	return failure?.class ?? 'stored';
}

describe('a URL that has ended is told as expired', () => {
	it('by GoAPI, whose task names the same dead one again', async () => {
		const url = await goApiUrl();
		expireNext('goApi', 'GET /temp/:file');

		expect([await store(url), await store(url)]).toEqual(['expired', 'expired']);
	}, 60_000);

	it('by Airtable, whose row gives a fresh one that is stored', async () => {
		const read = await putClip();
		const url = await read();
		expireNext('airtable', '*');

		expect([await store(url), await store(await read())]).toEqual(['expired', 'stored']);
	});

	it('by Spaces, where a presigned one is made anew', async () => {
		await spaces.put('own.mp3', CLIP_BYTES, {
			contentType: 'audio/mpeg',
			inputHash: INPUT_HASH,
			sha256: '',
			isPublic: false,
		});
		const url = await spaces.presign('GET', 'own.mp3', 60);
		expireNext('spaces', 'GetObject');

		expect([await store(url), await store(await spaces.presign('GET', 'own.mp3', 60))]).toEqual(['expired', 'stored']);
	});
});
