import { ok, refuse, type Result } from '../../engine/result';
import { decideContentType } from './contentType';
import type { PersistRequest } from './persist';
import type { SpacesTransport } from './transport';
import { verificationError } from './upload';

/** Asks the store whether it holds what was sent. */
export async function verifyStored(spaces: SpacesTransport, key: string, bytes: number): Promise<void> {
	const found = await spaces.head(key);
	if (found?.bytes === bytes) return;
	throw verificationError(`Spaces holds ${found?.bytes ?? 'no'} bytes instead of ${bytes}.`, true);
}

/** Length and checksum against what was announced. Codes: `length_differs`, `checksum_differs`. */
export function verify(request: PersistRequest, whole: { bytes: number; sha256?: string }): Result<void> {
	const { source } = request;
	const expectedBytes = request.expectedBytes ?? ('binary' in source ? source.binary.bytes : undefined);
	if (expectedBytes !== undefined && whole.bytes !== expectedBytes) {
		return refuse('length_differs', `The file has ${whole.bytes} bytes instead of ${expectedBytes}.`);
	}
	const { expectedSha256 } = request;
	if (expectedSha256 !== undefined && whole.sha256 !== undefined && whole.sha256 !== expectedSha256) {
		return refuse('checksum_differs', 'The SHA-256 of the file is not the expected one.');
	}
	return ok(undefined);
}

/** The same for an object that is stored already. */
export function verifyOrThrow(request: PersistRequest, whole: { bytes: number; sha256?: string }): void {
	const verified = verify(request, whole);
	if (!verified.ok) throw verificationError(verified.message, true);
	if (whole.bytes === 0) throw verificationError('The source is an empty file.', true);
}

/** The content type to store; see `decideContentType`. */
export function typeOf(request: PersistRequest, head: Uint8Array, declared: string | undefined): Result<string> {
	return decideContentType(head, { wanted: request.contentType, objectKey: request.objectKey, declared });
}

/** The content type of an object that is stored already. */
export function acceptType(request: PersistRequest, head: Uint8Array, declared: string): string {
	const decided = typeOf(request, head, declared);
	if (!decided.ok) throw verificationError(decided.message, false);
	return decided.value;
}
