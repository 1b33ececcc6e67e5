import type { Result } from '../../engine/result';
import { MAX_RECORDS_PER_WRITE } from './constants';
import type { ApiRequest } from './transport';
import type { Fields, StoredRecord, WriteChain, WrittenRecord } from './types';

/** One record to be written, and everybody who waits for it. */
export interface PendingWrite {
	kind: 'create' | 'update' | 'upsert';
	fields: Fields;
	/** For `update`. */
	recordId?: string;
	/** Field that names the record: must for `upsert`, may for `create`. */
	keyField?: string;
	/** When it must be sent at the latest, ms since the epoch. */
	dueMs: number;
	waiters: Array<(result: Result<WrittenRecord>) => void>;
	chain?: WriteChain;
}

/** Writes of one name go to one record; creates never merge. */
export function identityOf({ kind, recordId, keyField, fields }: PendingWrite): string | undefined {
	if (kind === 'update') return `id ${recordId}`;
	return kind === 'upsert' ? `key ${keyField} ${String(fields[keyField ?? ''])}` : undefined;
}

/** Takes the oldest write and those after it that fit into the same request, in their order. */
export function takeBatch(pending: PendingWrite[]): PendingWrite[] {
	const batch: PendingWrite[] = [];
	for (const write of pending) {
		if (batch.length === MAX_RECORDS_PER_WRITE || !fitsWith(batch, write)) break;
		batch.push(write);
	}
	pending.splice(0, batch.length);
	return batch;
}

/** Creates go alone; updates and upserts share a request as long as they name one key field. */
function fitsWith(batch: PendingWrite[], write: PendingWrite): boolean {
	const [first] = batch;
	if (first === undefined) return true;
	if ((first.kind === 'create') !== (write.kind === 'create')) return false;
	if (write.kind !== 'upsert') return true;
	const keyField = mergeFieldOf(batch);
	return keyField === undefined || keyField === write.keyField;
}

function mergeFieldOf(batch: PendingWrite[]): string | undefined {
	return batch.find(({ kind }) => kind === 'upsert')?.keyField;
}

/** The request that writes a batch. */
export function requestOf(table: string, batch: PendingWrite[]): ApiRequest {
	const isCreate = batch[0].kind === 'create';
	const keyField = mergeFieldOf(batch);
	const records = batch.map(({ recordId, fields }) => (recordId === undefined ? { fields } : { id: recordId, fields }));
	return {
		method: isCreate ? 'POST' : 'PATCH',
		table,
		body:
			!isCreate && keyField !== undefined ? { performUpsert: { fieldsToMergeOn: [keyField] }, records } : { records },
		records: batch.length,
	};
}

/** The records of an answer, when it is one of as many records as expected. */
export function readRecords(body: Record<string, unknown>, expected?: number): StoredRecord[] | undefined {
	const { records } = body;
	if (!Array.isArray(records) || (expected !== undefined && records.length !== expected)) return undefined;
	return records.every(isRecord) ? records : undefined;
}

function isRecord(value: unknown): value is StoredRecord {
	if (typeof value !== 'object' || value === null) return false;
	const { id, createdTime, fields } = value as Partial<Record<keyof StoredRecord, unknown>>;
	const isNamed = typeof id === 'string' && typeof createdTime === 'string';
	return isNamed && typeof fields === 'object' && fields !== null;
}

/** Tells everybody who waits for a write. */
export function settle(write: PendingWrite, result: Result<WrittenRecord>): void {
	if (!result.ok && write.chain) write.chain.isBroken = true;
	for (const waiter of write.waiters) waiter(result);
}
