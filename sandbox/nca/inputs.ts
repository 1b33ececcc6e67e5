import { createWriteStream } from 'node:fs';
import { extname, join, posix } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';

import { USER_AGENT } from './constants';
import { TaskError } from './taskError';

const EXTENSIONS: Record<string, string> = {
	'video/mp4': '.mp4',
	'video/quicktime': '.mov',
	'video/webm': '.webm',
	'video/x-matroska': '.mkv',
	'audio/mpeg': '.mp3',
	'audio/mp3': '.mp3',
	'audio/wav': '.wav',
	'audio/x-wav': '.wav',
	'audio/mp4': '.m4a',
	'audio/aac': '.aac',
	'audio/ogg': '.ogg',
	'image/jpeg': '.jpg',
	'image/png': '.png',
	'image/webp': '.webp',
	'image/gif': '.gif',
};

const HEADERS = { 'user-agent': USER_AGENT, accept: '*/*' };

/**
 * Downloads a source into a folder, as the toolkit does: no limits, no retry. The extension comes from the URL's path,
 * else from a HEAD. Throws {@link TaskError} in the words of the toolkit's HTTP library.
 */
export async function downloadInput(url: string, folder: string, name: string, signal: AbortSignal): Promise<string> {
	const file = join(folder, `${name}${await extensionOf(url, signal)}`);
	const response = await fetchSource(url, signal);
	if (!response.ok) {
		const side = response.status < 500 ? 'Client' : 'Server';
		throw new TaskError(`${response.status} ${side} Error: ${response.statusText} for url: ${url}`);
	}
	const body = response.body as ReadableStream | null;
	await pipeline(body ? Readable.fromWeb(body) : Readable.from([]), createWriteStream(file));
	return file;
}

async function extensionOf(url: string, signal: AbortSignal): Promise<string> {
	const path = URL.canParse(url) ? new URL(url).pathname : '';
	const extension = extname(posix.basename(path));
	if (/^\.\w{1,5}$/.test(extension)) return extension;
	const found = EXTENSIONS[await headType(url, signal)];
	if (found === undefined) throw new TaskError(`Could not determine file extension from URL: ${url}`);
	return found;
}

async function headType(url: string, signal: AbortSignal): Promise<string> {
	try {
		const response = await fetch(url, { method: 'HEAD', headers: HEADERS, signal });
		return (response.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase();
	} catch {
		return '';
	}
}

async function fetchSource(url: string, signal: AbortSignal): Promise<Response> {
	try {
		return await fetch(url, { headers: HEADERS, signal });
	} catch {
		signal.throwIfAborted();
		throw new TaskError(connectionProblem(url));
	}
}

function connectionProblem(url: string): string {
	if (!URL.canParse(url)) return `Invalid URL '${url}': No scheme supplied. Perhaps you meant https://${url}?`;
	const { hostname, pathname, port, protocol, search } = new URL(url);
	const scheme = protocol === 'https:' ? 'HTTPS' : 'HTTP';
	const number = port || (protocol === 'https:' ? '443' : '80');
	return (
		`${scheme}ConnectionPool(host='${hostname}', port=${number}): Max retries exceeded with url: ${pathname}${search} ` +
		`(Caused by NewConnectionError('<urllib3.connection.${scheme}Connection object at 0x7f0000000000>: ` +
		"Failed to establish a new connection: [Errno 111] Connection refused'))"
	);
}
