import type { SandboxContext } from '../core/types';
import { DEFAULT_API_KEY, DEFAULT_BUCKET, DEFAULT_REGION, DEFAULT_TIMEOUT_MS, DEFAULT_WORKERS } from './constants';
import type { S3Target, ToolkitStorage } from './storage';

/** What can be set of this stand-in; all of it may be absent. */
export interface NcaSettings {
	apiKey?: string;
	/** Processes of the web server, each with a queue of its own. */
	workers?: number;
	/** Waiting jobs a queue takes; 0 means any number. */
	maxQueueLength?: number;
	/** After this time a worker that still serves a request is killed. */
	timeoutMs?: number;
	/** The toolkit's own keys for S3; the endpoint is that of the Spaces stand-in where none is given. */
	s3?: Partial<S3Target>;
	/** Stores outputs in place of S3. */
	storage?: ToolkitStorage;
}

export type ResolvedSettings = Required<Omit<NcaSettings, 's3' | 'storage'>> & Pick<NcaSettings, 'storage' | 's3'>;

/** Completes the settings of a context. */
export function readSettings({ settings }: SandboxContext): ResolvedSettings {
	const given = settings as NcaSettings;
	return {
		apiKey: given.apiKey ?? DEFAULT_API_KEY,
		workers: given.workers ?? DEFAULT_WORKERS,
		maxQueueLength: given.maxQueueLength ?? 0,
		timeoutMs: given.timeoutMs ?? DEFAULT_TIMEOUT_MS,
		s3: given.s3,
		storage: given.storage,
	};
}

/** The toolkit's storage; read late, because the Spaces stand-in may start after this one. */
export function s3TargetOf(context: SandboxContext, { s3 = {} }: ResolvedSettings): S3Target {
	const region = s3.region || DEFAULT_REGION;
	return {
		endpoint: s3.endpoint || endpointOf(context, region),
		bucket: s3.bucket || DEFAULT_BUCKET,
		accessKey: s3.accessKey ?? '',
		secretKey: s3.secretKey ?? '',
		region,
		bucketInEndpoint: s3.bucketInEndpoint ?? false,
	};
}

/** The Spaces stand-in, or the real Spaces where that takes its place. */
function endpointOf(context: SandboxContext, region: string): string {
	try {
		return context.baseUrl('spaces');
	} catch {
		return `https://${region}.digitaloceanspaces.com`;
	}
}
