import type { SandboxReply } from '../core/types';
import { xmlDocument } from './xml';

/** A refusal in the words of S3. */
export class S3Error extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		message: string,
		readonly headers: Record<string, string> = {},
	) {
		super(message);
	}
}

export function accessDenied(): S3Error {
	return new S3Error(403, 'AccessDenied', 'Access Denied');
}

export function invalidArgument(message: string): S3Error {
	return new S3Error(400, 'InvalidArgument', message);
}

export function malformedXml(): S3Error {
	return new S3Error(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate');
}

export function notImplemented(): S3Error {
	return new S3Error(501, 'NotImplemented', 'This is not implemented by the stand-in');
}

/** The answer that carries an error; one to HEAD has no body. */
export function errorReply(error: S3Error, method: string, resource: string, requestId: string): SandboxReply {
	const body = xmlDocument('Error', [
		['Code', error.code],
		['Message', error.message],
		['Resource', resource],
		['RequestId', requestId],
	]);
	const headers = { 'content-type': 'application/xml', ...error.headers };
	return method === 'HEAD' ? { status: error.status, headers } : { status: error.status, headers, body };
}
