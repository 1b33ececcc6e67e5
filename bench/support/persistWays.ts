import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { completeSpacesCredentials } from '../../engine/net/spaces';
import { persist } from '../../nodes/SpacesPersist/persist';
import { openSpaces } from '../../nodes/SpacesPersist/transport';

const TIMEOUT_MS = 600_000;

export interface PersistJob {
	/** Fields of the credential "DigitalOcean Spaces API". */
	credentials: Record<string, string>;
	/** Where the file is now. */
	url: string;
	bytes: number;
	/** Where it shall be. */
	key: string;
}

/** As the node Spaces Persist does it. */
export async function streamed({ credentials, url, bytes, key }: PersistJob): Promise<void> {
	const complete = completeSpacesCredentials(credentials);
	const spaces = await openSpaces(complete);
	try {
		const download = { fetch: { maxBytes: bytes }, timeoutMs: TIMEOUT_MS };
		const outcome = await persist(spaces, complete, { objectKey: key, source: { url }, isPublic: true, download });
		if (outcome.bytes !== bytes) throw new Error(`${outcome.bytes} of ${bytes} bytes were stored`);
	} finally {
		spaces.close();
	}
}

/** As most workflows do it: the whole file in memory. */
export async function buffered({ credentials, url, bytes, key }: PersistJob): Promise<void> {
	const { accessKey: accessKeyId, secretKey: secretAccessKey, bucket, endpoint, region } = credentials;
	const client = new S3Client({
		endpoint,
		region,
		credentials: { accessKeyId, secretAccessKey },
		forcePathStyle: true,
		requestChecksumCalculation: 'WHEN_REQUIRED',
		responseChecksumValidation: 'WHEN_REQUIRED',
	});
	try {
		const response = await fetch(url);
		const body = Buffer.from(await response.arrayBuffer());
		if (body.length !== bytes) throw new Error(`${body.length} of ${bytes} bytes came`);
		await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'video/mp4' }));
	} finally {
		client.destroy();
	}
}
