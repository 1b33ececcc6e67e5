import { Readable } from 'node:stream';

import { fileAt } from './files';

/** As `createReadStream` of node:fs; `end` is included. */
export function createReadStream(path: string, { start = 0, end = Infinity }: { start?: number; end?: number } = {}) {
	return Readable.from([fileAt(path)?.subarray(start, end + 1) ?? new Uint8Array()]);
}
