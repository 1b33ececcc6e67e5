import busboy from 'busboy';

import type { SandboxRequest } from '../core/types';
import { UPLOAD_LIMIT_BYTES } from './constants';
import { invalidField } from './errors';

/** A form as it was sent. */
export interface UploadedForm {
	fields: Record<string, string>;
	/** The part named `file`. */
	file?: Buffer;
}

/** @throws ValidationError when the request is no form */
export async function readForm(request: SandboxRequest): Promise<UploadedForm> {
	const contentType = request.headers['content-type'] ?? '';
	if (!/^multipart\/form-data\b/i.test(contentType)) {
		throw invalidField(['body', 'model_id'], 'Field required', 'missing');
	}
	const fields: Record<string, string> = {};
	let file: Buffer | undefined;
	await new Promise<void>((resolve, reject) => {
		const parser = busboy({ headers: { 'content-type': contentType }, limits: { fileSize: UPLOAD_LIMIT_BYTES } });
		parser.on('field', (name, value) => (fields[name] = value));
		parser.on('file', (name, stream) => {
			const chunks: Buffer[] = [];
			stream.on('data', (chunk: Buffer) => chunks.push(chunk));
			stream.on('end', () => {
				if (name === 'file') file = Buffer.concat(chunks);
			});
		});
		parser.on('error', reject);
		parser.on('close', resolve);
		request.stream.on('error', reject);
		request.stream.pipe(parser);
	}).catch(() => {
		throw invalidField(['body'], 'There was an error parsing the body', 'value_error');
	});
	return { fields, file };
}
