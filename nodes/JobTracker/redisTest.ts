import type { ICredentialsDecrypted, ICredentialTestFunctions, INodeCredentialTestResult } from 'n8n-workflow';

import { probeRedis } from '../../tracker/redis/probe';
import { CLOCK } from './connection';

/** What n8n shows under the credential "Video Engine Redis API" when it is saved. */
export async function redisTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const probed = await probeRedis({ ...credential.data }, CLOCK);
	if (probed.ok) return { status: 'OK', message: 'Connection tested successfully' };
	this.logger?.debug('The credential test of Redis failed', { reason: probed.message });
	return { status: 'Error', message: probed.message };
}
