import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { NodeOperationError, updateDisplayOptions } from 'n8n-workflow';
import { BYTES_PER_MIB } from '../../shared/constants';
import { egressFilterOf } from '../../shared/foreignFetch';
import { jobContextProperties, readJobContext, type JobContext } from '../../shared/jobContext';
import { logger } from '../../shared/log';
import { readCollection, requireString } from '../../shared/params';
import { DOWNLOAD_MAX_MIB, DOWNLOAD_TIMEOUT_MINUTES, BINARY_CHUNK_BYTES } from '../constants';
import { completedEvent, type PersistedObject } from '../event';
import { persist, type BinarySource, type PersistOutcome, type PersistRequest } from '../persist';
import { inspectStored, objectKeyProperty, readObjectKey, withBucket, type OpenBucket } from './common';

const MS_PER_MINUTE = 60_000;

const properties: INodeProperties[] = [
	{
		displayName: 'Source',
		name: 'source',
		type: 'options',
		default: 'url',
		description: 'Where the file comes from',
		options: [
			{ name: 'URL', value: 'url', description: 'Fetch it; the file never passes through memory as a whole' },
			{ name: 'Binary Data', value: 'binary', description: 'Take it from the item' },
		],
	},
	{
		displayName: 'URL',
		name: 'url',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://cdn.example.com/result.mp4',
		description:
			'The file to keep. Addresses of your own network are refused unless the credential allows them; a file in the same store is copied there.',
		displayOptions: { show: { source: ['url'] } },
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the input binary field containing the file',
		displayOptions: { show: { source: ['binary'] } },
	},
	objectKeyProperty,
	...jobContextProperties,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Access',
				name: 'access',
				type: 'options',
				default: 'public',
				description: 'Who may read the object by its URL',
				options: [
					{ name: 'Everybody', value: 'public' },
					{ name: 'Only with a Presigned URL', value: 'private' },
				],
			},
			{
				displayName: 'Content Type',
				name: 'contentType',
				type: 'string',
				default: '',
				placeholder: 'e.g. video/mp4',
				description:
					'What the file is to be; a file of another kind or an error page is refused. Empty follows from the key, then from the bytes.',
			},
			{
				displayName: 'Expected Bytes',
				name: 'expectedBytes',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 0 },
				default: 0,
				description: 'Length that the file must have. 0 does not check more than what the source announces.',
			},
			{
				displayName: 'Expected SHA-256',
				name: 'expectedSha256',
				type: 'string',
				default: '',
				description: 'Checksum that the file must have, 64 hexadecimal characters',
			},
			{
				displayName: 'Inspect Media',
				name: 'inspectMedia',
				type: 'boolean',
				default: true,
				description:
					'Whether to read length, codecs and size from the stored file. Without this option it is done for a Video Engine Job only.',
			},
			{
				displayName: 'Max Size (MiB)',
				name: 'maxSizeMib',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: DOWNLOAD_MAX_MIB,
				description: 'Larger files are refused',
			},
			{
				displayName: 'Timeout (Minutes)',
				name: 'timeoutMinutes',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: DOWNLOAD_TIMEOUT_MINUTES,
				description: 'How long fetching the file may take with all its retries',
			},
		],
	},
];

export const description = updateDisplayOptions({ show: { operation: ['persist'] } }, properties);

/** Stores a file for good. With a job the item that came in goes on as its completed event. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const job = readJobContext(this, itemIndex);
	const request = await readRequest(this, job, itemIndex);
	const { inspectMedia } = readCollection(this, 'options', itemIndex);
	return await withBucket(this, itemIndex, async (bucket) => {
		const outcome = await persist(bucket.spaces, bucket.credentials, request);
		if (outcome.how === 'uploaded' && !outcome.isStamped) warnOfMissingChecksum(this, request, job);
		const shouldInspect = inspectMedia === undefined ? job !== undefined : inspectMedia === true;
		const object = await describeObject(bucket, request, outcome, shouldInspect);
		if (job !== undefined) return completedEvent(this.getInputData()[itemIndex].json, job, object);
		return { ...object, key: request.objectKey, persisted: true, how: outcome.how } as IDataObject;
	});
}

async function describeObject(
	{ spaces }: OpenBucket,
	{ objectKey }: PersistRequest,
	outcome: PersistOutcome,
	shouldInspect: boolean,
): Promise<PersistedObject> {
	const { bytes, contentType, sha256 } = outcome;
	const media = shouldInspect ? await inspectStored(spaces, objectKey, outcome) : undefined;
	return {
		url: spaces.publicUrl(objectKey),
		bytes,
		contentType,
		...(sha256 === undefined ? {} : { sha256 }),
		...(media === undefined ? {} : { media }),
	};
}

async function readRequest(
	ctx: IExecuteFunctions,
	job: JobContext | undefined,
	itemIndex: number,
): Promise<PersistRequest> {
	const options = readCollection(ctx, 'options', itemIndex);
	const expectedSha256 = textOf(options.expectedSha256)?.toLowerCase();
	if (expectedSha256 !== undefined && !/^[0-9a-f]{64}$/.test(expectedSha256)) {
		throw new NodeOperationError(ctx.getNode(), 'Expected SHA-256 must be 64 hexadecimal characters', { itemIndex });
	}
	const maxBytes = (positive(options.maxSizeMib) ?? DOWNLOAD_MAX_MIB) * BYTES_PER_MIB;
	const timeoutMs = (positive(options.timeoutMinutes) ?? DOWNLOAD_TIMEOUT_MINUTES) * MS_PER_MINUTE;
	return {
		objectKey: readObjectKey(ctx, job, itemIndex),
		source: await readSource(ctx, itemIndex),
		inputHash: job?.inputHash,
		contentType: textOf(options.contentType),
		expectedBytes: positive(options.expectedBytes) ?? announcedBytes(ctx, itemIndex),
		expectedSha256,
		isPublic: options.access !== 'private',
		download: {
			fetch: { egress: egressFilterOf(ctx.helpers), maxBytes, signal: ctx.getExecutionCancelSignal() },
			timeoutMs,
		},
	};
}

async function readSource(ctx: IExecuteFunctions, itemIndex: number): Promise<PersistRequest['source']> {
	if (requireString(ctx, 'source', 'Source', itemIndex) === 'url') {
		return { url: requireString(ctx, 'url', 'URL', itemIndex) };
	}
	return { binary: await readBinary(ctx, itemIndex) };
}

async function readBinary(ctx: IExecuteFunctions, itemIndex: number): Promise<BinarySource> {
	const property = requireString(ctx, 'binaryPropertyName', 'Input Binary Field', itemIndex);
	const { id, data, mimeType } = ctx.helpers.assertBinaryData(itemIndex, property);
	if (id !== undefined) {
		const { fileSize } = await ctx.helpers.getBinaryMetadata(id);
		const open = async () => await ctx.helpers.getBinaryStream(id, BINARY_CHUNK_BYTES);
		return { open, bytes: fileSize, contentType: mimeType };
	}
	const bytes = Buffer.from(data, 'base64');
	return { open: async () => oneChunk(bytes), bytes: bytes.byteLength, contentType: mimeType };
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
	yield bytes;
}

/** What the provider said about the length of its first output, when the item is news of a job. */
function announcedBytes(ctx: IExecuteFunctions, itemIndex: number): number | undefined {
	const { outputs } = ctx.getInputData()[itemIndex].json;
	const first: unknown = Array.isArray(outputs) ? outputs[0] : undefined;
	return typeof first === 'object' && first !== null && 'bytes' in first ? positive(first.bytes) : undefined;
}

function warnOfMissingChecksum(
	ctx: IExecuteFunctions,
	{ objectKey }: PersistRequest,
	job: JobContext | undefined,
): void {
	logger(ctx, { service: 'spaces', job_key: job?.jobKey }).warn('Stored without its checksum in the metadata', {
		object_key: objectKey,
	});
}

function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function positive(value: unknown): number | undefined {
	const number = typeof value === 'string' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined;
}
