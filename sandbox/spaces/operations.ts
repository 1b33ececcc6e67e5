import type { SandboxReply, SandboxRequest } from '../core/types';
import * as bucket from './bucketOperations';
import { copyObject, uploadPartCopy } from './copyOperations';
import * as object from './objectOperations';
import type { S3Call, S3Operation } from './s3Call';
import * as upload from './uploadOperations';

/** What can be asked, by the names of the S3 API, which are also the routes of reports and faults. */
export const operations: Record<string, S3Operation> = {
	ListBuckets: bucket.listBuckets,
	CreateBucket: bucket.createBucket,
	HeadBucket: bucket.headBucket,
	DeleteBucket: bucket.deleteBucket,
	GetBucketLocation: bucket.bucketLocation,
	GetBucketVersioning: bucket.bucketVersioning,
	ListObjectsV2: bucket.listObjectsV2,
	ListObjects: bucket.listObjectsV1,
	ListMultipartUploads: upload.listUploads,
	DeleteObjects: object.deleteObjects,
	PutObject: object.putObject,
	CopyObject: copyObject,
	DeleteObject: object.deleteObject,
	PutObjectAcl: object.putAcl,
	GetObjectAcl: object.getAcl,
	CreateMultipartUpload: upload.createUpload,
	UploadPart: upload.uploadPart,
	UploadPartCopy: uploadPartCopy,
	ListParts: upload.listParts,
	CompleteMultipartUpload: upload.completeUpload,
	AbortMultipartUpload: upload.abortUpload,
};

/** Operations that need no existing bucket. */
export const bucketless = new Set(['ListBuckets', 'CreateBucket']);

/** The operation when it is one that anybody may ask for, if the object is public. */
export function anonymousOperation(name: string): ((call: S3Call) => SandboxReply) | undefined {
	return name === 'GetObject' || name === 'HeadObject' ? object.readObject : undefined;
}

/** Query parameters that make a request another one; those without an entry below are refused, not overlooked. */
const SUBRESOURCES = [
	'accelerate',
	'acl',
	'analytics',
	'attributes',
	'cors',
	'delete',
	'encryption',
	'inventory',
	'legal-hold',
	'lifecycle',
	'list-type',
	'location',
	'logging',
	'metrics',
	'notification',
	'object-lock',
	'ownershipControls',
	'partNumber',
	'policy',
	'policyStatus',
	'publicAccessBlock',
	'replication',
	'requestPayment',
	'restore',
	'retention',
	'select',
	'tagging',
	'torrent',
	'uploadId',
	'uploads',
	'versionId',
	'versioning',
	'versions',
	'website',
];

/** By what is addressed, method and sub-resources. */
const NAMES: Record<string, string> = {
	'service GET': 'ListBuckets',
	'bucket PUT': 'CreateBucket',
	'bucket HEAD': 'HeadBucket',
	'bucket DELETE': 'DeleteBucket',
	'bucket GET': 'ListObjects',
	'bucket GET list-type': 'ListObjectsV2',
	'bucket GET location': 'GetBucketLocation',
	'bucket GET versioning': 'GetBucketVersioning',
	'bucket GET uploads': 'ListMultipartUploads',
	'bucket POST delete': 'DeleteObjects',
	'object GET': 'GetObject',
	'object HEAD': 'HeadObject',
	'object PUT': 'PutObject',
	'object PUT copy': 'CopyObject',
	'object DELETE': 'DeleteObject',
	'object GET acl': 'GetObjectAcl',
	'object PUT acl': 'PutObjectAcl',
	'object POST uploads': 'CreateMultipartUpload',
	'object PUT partNumber uploadId': 'UploadPart',
	'object PUT partNumber uploadId copy': 'UploadPartCopy',
	'object GET uploadId': 'ListParts',
	'object POST uploadId': 'CompleteMultipartUpload',
	'object DELETE uploadId': 'AbortMultipartUpload',
};

/** The operation that a request asks for, or undefined when there is none such here. */
export function operationNameOf(
	{ method, query, headers }: SandboxRequest,
	{ bucket: bucketName, key }: { bucket: string; key: string },
): string | undefined {
	const subject = bucketName === '' ? 'service' : key === '' ? 'bucket' : 'object';
	const subresources = SUBRESOURCES.filter((name) => query.has(name));
	const isCopy = method === 'PUT' && (headers['x-amz-copy-source'] !== undefined || query.has('x-amz-copy-source'));
	return NAMES[[subject, method, ...subresources, ...(isCopy ? ['copy'] : [])].join(' ')];
}
