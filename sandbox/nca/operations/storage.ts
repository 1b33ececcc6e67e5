import { mkdir, writeFile } from 'node:fs/promises';
import { posix } from 'node:path';

import { TaskError } from '../taskError';
import type { Task } from '../work';

/** `/v1/s3/upload`: from a URL into the toolkit's bucket; private objects get a presigned URL. */
export const upload: Task = async (work, body) => {
	const url = String(body.file_url);
	const file = await work.download(url);
	const isPublic = body.public === true;
	const filename = String(body.filename ?? posix.basename(new URL(url).pathname));
	if (filename === '') throw new TaskError('Could not determine a file name');
	const fileUrl = await work.storage.put(filename, file, { public: isPublic });
	return { bucket: work.storage.bucket, file_url: fileUrl, filename, public: isPublic };
};

/** `/v1/toolkit/test`: proves key and storage by a small file. */
export const selfTest: Task = async (work) => {
	await mkdir(work.folder, { recursive: true });
	await writeFile(work.path('success.txt'), 'Key and storage work.\n');
	return await work.publish('success.txt');
};
