import { randomUUID } from 'node:crypto';

/** One file of a form. */
export interface FormFile {
	field: string;
	fileName: string;
	mimeType: string;
	bytes: Uint8Array;
}

/** A `multipart/form-data` body with the header that names its boundary. */
export interface MultipartBody {
	body: Buffer;
	contentType: string;
}

/** Values of headers must not end the header. */
function quote(value: string): string {
	return value
		.replace(/[\r\n]+/g, ' ')
		.replace(/"/g, '%22')
		.replace(/\\/g, '%5C');
}

/**
 * Builds a form. It is built by hand because n8n's helper sets the boundary only for some kinds of forms.
 *
 * @param fields values by name; a list becomes one part per value
 */
export function buildMultipart(fields: Record<string, string | string[]>, file?: FormFile): MultipartBody {
	const boundary = `----video-engine-${randomUUID()}`;
	const parts: Uint8Array[] = [];
	const text = (value: string) => parts.push(Buffer.from(value, 'utf8'));
	for (const [name, value] of Object.entries(fields)) {
		for (const one of Array.isArray(value) ? value : [value]) {
			text(`--${boundary}\r\nContent-Disposition: form-data; name="${quote(name)}"\r\n\r\n${one}\r\n`);
		}
	}
	if (file) {
		const disposition = `form-data; name="${quote(file.field)}"; filename="${quote(file.fileName)}"`;
		text(`--${boundary}\r\nContent-Disposition: ${disposition}\r\nContent-Type: ${quote(file.mimeType)}\r\n\r\n`);
		parts.push(file.bytes);
		text('\r\n');
	}
	text(`--${boundary}--\r\n`);
	return { body: Buffer.concat(parts), contentType: `multipart/form-data; boundary=${boundary}` };
}
