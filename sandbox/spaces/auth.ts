import type { Clock, SandboxRequest } from '../core/types';
import { verifySigV2Query } from './sigV2';
import { type KeyPair, type SigningState, verifyHeader, verifyPresigned } from './sigV4';

/** Who asks, and what the signature says about the body. */
export type Identity = { kind: 'anonymous' } | SignedIdentity;

export interface SignedIdentity {
	kind: 'signed';
	/** Hex SHA-256 of the body, `UNSIGNED-PAYLOAD`, or the name of a streaming mode. */
	contentSha256: string;
	/** `x-amz-*` of headers, and of the query of a presigned URL, whose signer moves headers there. Lower case. */
	amz: Record<string, string>;
	/** For bodies whose chunks are signed. */
	signing?: SigningState;
}

/**
 * Tells who sent a request. No signature at all is fine here; a wrong one is not.
 * @throws S3Error
 */
export function identify(
	request: SandboxRequest,
	keys: KeyPair,
	clock: Clock,
	bucketOfHost: string | undefined,
): Identity {
	const { query, headers } = request;
	const streaming = headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD';
	if (headers.authorization !== undefined) {
		// Clients sign with the machine's time, also when the sandbox runs on a virtual clock.
		const { contentSha256, state } = verifyHeader(request, keys, Date.now());
		return { kind: 'signed', contentSha256, amz: amzOf(headers), signing: state };
	}
	if (query.has('X-Amz-Signature') || query.has('X-Amz-Algorithm')) {
		const { contentSha256, state } = verifyPresigned(request, keys, clock.now());
		const isStreaming = contentSha256 === 'UNSIGNED-PAYLOAD' && streaming.startsWith('STREAMING-');
		const amz = { ...amzOf(Object.fromEntries(query)), ...amzOf(headers) };
		return { kind: 'signed', contentSha256: isStreaming ? streaming : contentSha256, amz, signing: state };
	}
	if (query.has('AWSAccessKeyId')) {
		verifySigV2Query(request, keys, clock.now(), bucketOfHost);
		const amz = { ...amzOf(Object.fromEntries(query)), ...amzOf(headers) };
		return { kind: 'signed', contentSha256: streaming, amz };
	}
	return { kind: 'anonymous' };
}

function amzOf(fields: Record<string, string>): Record<string, string> {
	const entries = Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value] as const);
	return Object.fromEntries(entries.filter(([name]) => name.startsWith('x-amz-')));
}
