import { Buffer } from 'node:buffer';

import { REQUEST_TIMEOUT_MS } from '../../nodes/SpacesPersist/constants';
import { NoAnswer, type Incoming } from '../world/network';
import type { S3Input } from '../world/spaces';
import { theWorld } from '../world/world';

/** An error of the SDK, in the members that are read of it. */
function sdkError(name: string, message: string, httpStatusCode?: number, headers: Record<string, string> = {}): Error {
	const answer = httpStatusCode === undefined ? {} : { $metadata: { httpStatusCode }, $response: { headers } };
	return Object.assign(new Error(message), { name, ...answer });
}

class Command {
	constructor(readonly input: S3Input) {}
}

export class HeadObjectCommand extends Command {}
export class PutObjectCommand extends Command {}
export class GetObjectCommand extends Command {}
export class CopyObjectCommand extends Command {}
export class DeleteObjectCommand extends Command {}
export class CreateMultipartUploadCommand extends Command {}
export class UploadPartCommand extends Command {}
export class CompleteMultipartUploadCommand extends Command {}
export class AbortMultipartUploadCommand extends Command {}
export class ListBucketsCommand extends Command {}

const COMMANDS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
	[HeadObjectCommand, 'HeadObject'],
	[PutObjectCommand, 'PutObject'],
	[GetObjectCommand, 'GetObject'],
	[CopyObjectCommand, 'CopyObject'],
	[DeleteObjectCommand, 'DeleteObject'],
	[CreateMultipartUploadCommand, 'CreateMultipartUpload'],
	[UploadPartCommand, 'UploadPart'],
	[CompleteMultipartUploadCommand, 'CompleteMultipartUpload'],
	[AbortMultipartUploadCommand, 'AbortMultipartUpload'],
]);

/** The S3 SDK in this world: calls cross its network and meet its faults, without signatures and XML. */
export class S3Client {
	async send(command: Command): Promise<Record<string, unknown>> {
		const { network, time } = theWorld();
		const name = COMMANDS.get(command.constructor) ?? '';
		const overdue = new AbortController();
		const callOff = time.after(REQUEST_TIMEOUT_MS, () => overdue.abort());
		try {
			return read(name, await network.cross(`S3 ${name}`, async () => await ask(name, command.input), overdue.signal));
		} catch (error) {
			if (!(error instanceof NoAnswer)) throw error;
			if (error.code === 'ABORTED') throw sdkError('TimeoutError', 'Connection timed out');
			throw Object.assign(sdkError('Error', error.message), { code: error.code });
		} finally {
			callOff();
		}
	}

	destroy(): void {}
}

async function ask(name: string, input: S3Input): Promise<Incoming> {
	const { spaces, spacesHost } = theWorld();
	const url = new URL(`https://nyc3.digitaloceanspaces.com/${input.Key ?? ''}`);
	return await spacesHost.serve(name, { method: 'S3', url, headers: {} }, async () => {
		const outcome = spaces.call(name, input);
		if ('code' in outcome) {
			const body = name === 'HeadObject' ? '' : `<Error><Code>${outcome.code}</Code></Error>`;
			return { status: outcome.status, headers: { 's3-error': outcome.code }, body };
		}
		const headers = { 's3-output': JSON.stringify(outcome.output) };
		return { status: 200, headers, body: outcome.body ?? (HAS_XML.has(name) ? '<Result></Result>' : '') };
	});
}

/** Calls whose answer has a body of XML: one that is cut short can't be read. */
const HAS_XML = new Set(['CopyObject', 'CreateMultipartUpload', 'CompleteMultipartUpload']);

function read(name: string, answer: Incoming): Record<string, unknown> {
	const { status, headers, body, isCut } = answer;
	const code = headers['s3-error'] ?? /<Code>(\w+)<\/Code>/.exec(body.toString('utf8'))?.[1];
	if (status >= 300) {
		// A HEAD has no body to read the reason from.
		const isNamed = code !== undefined && (name !== 'HeadObject' || status === 404);
		throw sdkError(isNamed ? code : 'UnknownError', isNamed ? code : 'UnknownError', status, headers);
	}
	if (name === 'GetObject') return { Body: { transformToByteArray: async () => bytesOf(answer) } };
	if (isCut && body.length > 0) throw Object.assign(sdkError('Error', 'aborted'), { code: 'ECONNRESET' });
	if (code !== undefined) throw sdkError(code, code, status, headers);
	if (HAS_XML.has(name) && !body.toString('utf8').endsWith('</Result>')) {
		throw sdkError('Error', "Unclosed tag 'Result'.", status, headers);
	}
	return JSON.parse(headers['s3-output'] ?? '{}') as Record<string, unknown>;
}

function bytesOf({ body, isCut }: Incoming): Uint8Array {
	if (isCut) throw Object.assign(sdkError('Error', 'aborted'), { code: 'ECONNRESET' });
	return new Uint8Array(Buffer.from(body));
}
