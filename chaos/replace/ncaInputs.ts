import { Buffer } from 'node:buffer';
import { extname, join, posix } from 'node:path';

import { TaskError } from '../../sandbox/nca/taskError';
import { writeFile } from './files';

/** Downloads a source into a folder, in the words of the toolkit's HTTP library; see the sandbox's own. */
export async function downloadInput(url: string, folder: string, name: string, signal: AbortSignal): Promise<string> {
	const extension = extname(posix.basename(new URL(url).pathname));
	if (!/^\.\w{1,5}$/.test(extension)) throw new TaskError(`Could not determine file extension from URL: ${url}`);
	const response = await fetch(url, { signal }).catch(() => {
		signal.throwIfAborted();
		throw new TaskError(`HTTPSConnectionPool(host='${new URL(url).hostname}', port=443): Max retries exceeded`);
	});
	if (!response.ok) {
		const side = response.status < 500 ? 'Client' : 'Server';
		throw new TaskError(`${response.status} ${side} Error: ${response.statusText} for url: ${url}`);
	}
	const bytes = Buffer.from(await response.arrayBuffer());
	const file = join(folder, `${name}${extension}`);
	await writeFile(file, bytes);
	return file;
}
