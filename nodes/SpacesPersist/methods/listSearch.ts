import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import type { SpacesCredentials } from '../../../engine/net/spaces';
import { failureOf } from '../../shared/errors';
import { SPACES_CREDENTIAL } from '../../shared/savedObject';
import { openSpaces, type SpacesTransport } from '../transport';

/** The buckets that the credential's key may see. A key of one bucket may not list them: then it is that one. */
export async function searchBuckets(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	const credentials = await this.getCredentials<SpacesCredentials>(SPACES_CREDENTIAL);
	const spaces = await openSpaces(credentials);
	try {
		const names = await listBuckets(spaces);
		const wanted = filter?.trim().toLowerCase() ?? '';
		return {
			results: names.filter((name) => name.toLowerCase().includes(wanted)).map((name) => ({ name, value: name })),
		};
	} finally {
		spaces.close();
	}
}

async function listBuckets(spaces: SpacesTransport): Promise<string[]> {
	return await spaces.listBuckets().catch(async (error: unknown) => {
		return failureOf(error).httpStatus === 403 ? [spaces.location.bucket] : await Promise.reject(error);
	});
}
