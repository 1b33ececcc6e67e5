// A source of a large file and a store that forgets what it is given, in a process of their own: what the test
// measures is then the client's memory alone. Prints one JSON line with the ports and ends with its parent.
import { once } from 'node:events';
import { createServer } from 'node:http';

const CHUNK_BYTES = 1024 * 1024;
const chunk = Buffer.alloc(CHUNK_BYTES, 0x55);
chunk.write('ID3\u0004\0\0\0\0\0\0', 0, 'latin1');
let received = 0;
let stored = 0;

const source = createServer(async (request, response) => {
	const bytes = Number(new URL(request.url, 'http://source').searchParams.get('bytes'));
	response.writeHead(200, { 'content-length': bytes, etag: '"v1"' });
	for (let sent = 0; sent < bytes; sent += CHUNK_BYTES) {
		if (!response.write(chunk.subarray(0, Math.min(CHUNK_BYTES, bytes - sent)))) await once(response, 'drain');
	}
	response.end();
});

const store = createServer((request, response) => {
	const url = new URL(request.url, 'http://store');
	const isData = request.method === 'PUT' && request.headers['x-amz-copy-source'] === undefined;
	if (url.searchParams.has('uploads')) received = 0;
	if (isData && !url.searchParams.has('partNumber')) received = 0;
	request.on('data', (part) => (received += isData ? part.length : 0));
	request.on('end', () => {
		if (request.method === 'HEAD') {
			if (stored === 0) response.writeHead(404);
			else response.writeHead(200, { 'content-length': stored });
			stored = 0;
			response.end();
		} else if (url.searchParams.has('uploads')) {
			response.end('<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>');
		} else if (isData) {
			if (!url.searchParams.has('partNumber')) stored = received;
			response.writeHead(200, { etag: '"e"' }).end();
		} else if (request.method === 'POST') {
			stored = received;
			response.end('<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>');
		} else {
			response.end('<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>');
		}
	});
});

source.listen(0, '127.0.0.1');
store.listen(0, '127.0.0.1');
await Promise.all([once(source, 'listening'), once(store, 'listening')]);
console.log(JSON.stringify({ sourcePort: source.address().port, storePort: store.address().port }));
process.on('disconnect', () => process.exit());
