import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { SpacesCredentials } from '../../../engine/net/spaces';
import { SpacesPersist } from '../../../nodes/SpacesPersist/SpacesPersist.node';
import type { Sandbox } from '../../../sandbox';
import { runNode, type MockExecuteOptions } from '../../support/mockExecuteCtx';
import type { TestServer } from '../foreignFetch/servers';

export const INPUT_HASH = 'a1'.repeat(32);
export const OTHER_HASH = 'b2'.repeat(32);

export const JOB = {
	jobKey: 'rec1.music',
	attempt: 2,
	inputHash: INPUT_HASH,
	objectKey: 'videos/rec1/a1a1a1a1a1a1a1a1/music.mp3',
};

/** A short but real beginning of an MP3 file: ID3 header, then noise. */
export function fakeMp3(bytes: number): Buffer {
	const body = Buffer.alloc(bytes);
	for (let at = 0; at + 4 <= bytes; at += 4) body.writeUInt32LE((at * 2654435761) >>> 0, at);
	body.write('ID3\u0004\0\0\0\0\0\0', 0, 'latin1');
	return body;
}

export function credentialsOf(sandbox: Sandbox, ...servers: TestServer[]): SpacesCredentials {
	const { region, endpoint, bucket, accessKey, secretKey, publicBaseUrl } = sandbox.credentials('spaces');
	return {
		...{ region, endpoint, bucket, accessKey, secretKey, publicBaseUrl, forcePathStyle: false },
		allowedInternalHosts: servers.map(({ port }) => `127.0.0.1:${port}`).join(','),
	};
}

/** Runs the node for one item and gives its JSON. */
export async function runOne(
	credentials: SpacesCredentials,
	params: IDataObject,
	options: MockExecuteOptions = {},
): Promise<IDataObject> {
	const [[item]] = await run(credentials, params, options);
	return item.json;
}

export async function run(
	credentials: SpacesCredentials,
	params: IDataObject,
	options: MockExecuteOptions = {},
): Promise<INodeExecutionData[][]> {
	return await runNode(new SpacesPersist(), {
		params,
		credentials: { digitalOceanSpacesApi: { ...credentials } },
		...options,
	});
}

/** What an error of the node says in all its parts, to look for secrets in it. */
export function textOf(error: unknown): string {
	const { message, description, context, stack } = error as Record<string, unknown>;
	return JSON.stringify({ message, description, context, stack });
}
