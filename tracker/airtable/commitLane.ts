import { ok, refuse, type Refusal, type Result } from '../../engine/result';
import { identityOf, type PendingWrite, readRecords, requestOf, settle, takeBatch } from './batch';
import { MAX_CREATE_ROUNDS, MAX_DROPPABLE_WAITING, MAX_RECORDS_PER_WRITE } from './constants';
import type { Courier, DeliveryResult } from './courier';
import { formulaField, formulaString } from './formula';
import { refusalOf } from './refusals';
import { moveOffenders, noteWith, type Rescue } from './rescue';
import type { ApiFailure } from './transport';
import type { ListOptions, StoredRecord, TablePolicy, TrackerClock, WriteOptions, WrittenRecord } from './types';

export interface LaneOptions {
	table: string;
	policy: TablePolicy;
	courier: Courier;
	list: (table: string, options: ListOptions) => Promise<Result<StoredRecord[]>>;
	/** Told how many records a write carried. */
	onWrite: (records: number) => void;
	onDrop: () => void;
	clock: TrackerClock;
}

/** What became of a record that was sent alone; `failure` is there when another form of it may be taken. */
type AloneResult = { ok: true; value: StoredRecord } | { ok: false; refusal: Refusal; failure?: ApiFailure };

/**
 * The writes of one table. One request is under way at a time; what comes meanwhile fills the next one, and writes to
 * one record become one. Every caller hears when its own write is durable.
 */
export class CommitLane {
	private readonly pending: PendingWrite[] = [];

	private isRunning = false;

	/** Ends the waiting for company. */
	private hurry: () => void = () => undefined;

	constructor(private readonly options: LaneOptions) {}

	async add(
		write: Omit<PendingWrite, 'waiters' | 'dueMs'>,
		{ mayWaitMs = 0, chain }: WriteOptions = {},
	): Promise<Result<WrittenRecord>> {
		return await new Promise((waiter) => {
			if (chain?.isBroken) return waiter(this.refuseBroken());
			const dueMs = this.options.clock.now() + mayWaitMs;
			const pending: PendingWrite = { ...write, dueMs, waiters: [waiter], chain };
			if (mayWaitMs <= 0) this.hurry();
			if (this.merge(pending)) return;
			if (this.options.policy.droppable && this.pending.length >= MAX_DROPPABLE_WAITING) {
				this.options.onDrop();
				waiter(refuse('dropped', `Too many writes to "${this.options.table}" wait; this one was given up.`));
				return;
			}
			this.pending.push(pending);
			if (this.pending.length >= MAX_RECORDS_PER_WRITE) this.hurry();
			void this.run();
		});
	}

	/** The last value of each field wins; all callers stay. */
	private merge(write: PendingWrite): boolean {
		const identity = identityOf(write);
		const same = identity === undefined ? undefined : this.pending.find((other) => identityOf(other) === identity);
		if (!same) return false;
		same.fields = { ...same.fields, ...write.fields };
		same.waiters.push(...write.waiters);
		same.dueMs = Math.min(same.dueMs, write.dueMs);
		same.chain = write.chain ?? same.chain;
		return true;
	}

	private refuseBroken(): Refusal {
		const words = `An earlier write to "${this.options.table}" that this one builds on could not be made.`;
		return refuse('unavailable', words);
	}

	/** Refuses the waiting writes that build on one that was refused. */
	private dropBroken(): void {
		const broken = this.pending.filter(({ chain }) => chain?.isBroken);
		for (const write of broken) {
			this.pending.splice(this.pending.indexOf(write), 1);
			settle(write, this.refuseBroken());
		}
	}

	private async run(): Promise<void> {
		if (this.isRunning) return;
		this.isRunning = true;
		while (this.pending.length > 0) {
			await this.waitForCompany();
			await this.commitNext();
			this.dropBroken();
		}
		this.isRunning = false;
	}

	/** Waits until a write is due or a request is full. It waits once: a clock that stands still must not hold it. */
	private async waitForCompany(): Promise<void> {
		const { clock } = this.options;
		const waitMs = Math.min(...this.pending.map(({ dueMs }) => dueMs)) - clock.now();
		if (waitMs <= 0 || this.pending.length >= MAX_RECORDS_PER_WRITE) return;
		const waiting = new AbortController();
		const hurried = new Promise<void>((resolve) => {
			this.hurry = () => {
				waiting.abort();
				resolve();
			};
		});
		await Promise.race([hurried, clock.sleep(waitMs, waiting.signal).catch(() => undefined)]);
		this.hurry = () => undefined;
	}

	/** The batch is made when its turn has come, so that it is as full as can be. */
	private async commitNext(): Promise<void> {
		let batch: PendingWrite[] | undefined;
		const isIdempotent = this.pending[0].kind !== 'create';
		const answer = await this.send(() => (batch ??= takeBatch(this.pending)), isIdempotent);
		await this.conclude(batch ?? this.pending.splice(0), answer);
	}

	private async commit(batch: PendingWrite[], round = 1): Promise<void> {
		const isIdempotent = batch[0].kind !== 'create';
		await this.conclude(batch, await this.send(() => batch, isIdempotent), round);
	}

	private async send(batchOf: () => PendingWrite[], isIdempotent: boolean): Promise<DeliveryResult> {
		const { table, policy, courier } = this.options;
		const build = () => requestOf(table, batchOf());
		return await courier.deliver({ table, priority: policy.priority, isIdempotent, build });
	}

	private async conclude(batch: PendingWrite[], answer: DeliveryResult, round = 1): Promise<void> {
		if (answer.ok) return await this.accept(batch, answer.body, round);
		if (answer.kind === 'turned_away') return batch.forEach((write) => settle(write, answer.refusal));
		if (answer.kind === 'refused') return await this.split(batch, answer);
		const isUnknown = answer.kind === 'transient' && answer.mayHaveBegun;
		if (batch[0].kind === 'create' && isUnknown) return await this.lookUp(batch, answer, round);
		for (const write of batch) settle(write, refusalOf(answer, this.options.table));
	}

	private async accept(batch: PendingWrite[], body: Record<string, unknown>, round: number): Promise<void> {
		const records = readRecords(body, batch.length);
		if (!records) {
			const message = 'an answer without the records that were written';
			const failure = { ok: false, kind: 'transient', status: 200, type: 'UNEXPECTED', message } as const;
			return await this.conclude(batch, { ...failure, mayHaveBegun: true }, round);
		}
		this.options.onWrite(batch.length);
		batch.forEach((write, index) => settle(write, ok(records[index])));
	}

	/** A request is refused as a whole: halves find the record at fault, so that the others are written. */
	private async split(batch: PendingWrite[], failure: ApiFailure): Promise<void> {
		if (batch.length === 1) return settle(batch[0], await this.rescue(batch[0], failure));
		const middle = Math.ceil(batch.length / 2);
		await this.commit(batch.slice(0, middle));
		await this.commit(batch.slice(middle));
	}

	/** Nobody knows whether these creates stand: those that do are found by key, the rest is sent again. */
	private async lookUp(batch: PendingWrite[], failure: ApiFailure, round: number): Promise<void> {
		const keyed = batch.filter((write) => keyFormula(write) !== undefined && round < MAX_CREATE_ROUNDS);
		for (const write of batch) {
			if (keyed.includes(write)) continue;
			settle(write, refuse('outcome_unknown', `Nobody knows whether a record was created: ${failure.message}`));
		}
		if (keyed.length === 0) return;
		await this.options.courier.pause(round);
		const found = await this.find(`OR(${keyed.map(keyFormula).join(',')})`);
		if (!found.ok) return keyed.forEach((write) => settle(write, found));
		const missing: PendingWrite[] = [];
		for (const write of keyed) {
			const record = found.value.find(
				({ fields }) => fields[write.keyField ?? ''] === write.fields[write.keyField ?? ''],
			);
			if (record) settle(write, ok(record));
			else missing.push(write);
		}
		if (missing.length > 0) await this.commit(missing, round + 1);
	}

	/** Keeps a record that Airtable refuses: of duplicates the oldest is written, refused values go into the note. */
	private async rescue(write: PendingWrite, failure: ApiFailure): Promise<Result<WrittenRecord>> {
		const refusal = refusalOf(failure, this.options.table);
		if (failure.status !== 422 || (write.recordId !== undefined && failure.message.includes(write.recordId))) {
			return refusal;
		}
		const { noteField } = this.options.policy;
		const before = await this.readBefore(write, noteField);
		if (!before.ok) return before;
		const isDuplicate = write.kind === 'upsert' && before.value.length > 1;
		const [oldest] = before.value;
		const target: PendingWrite = isDuplicate ? { ...write, kind: 'update', recordId: oldest.id } : write;
		const first = isDuplicate ? await this.sendAlone(target) : { ok: false as const, refusal, failure };
		if (first.ok) return ok(first.value);
		if (!first.failure || noteField === undefined) return first.refusal;
		const note = noteField in write.fields ? write.fields[noteField] : oldest?.fields[noteField];
		return await this.writeWithNote(target, first.failure, noteField, typeof note === 'string' ? note : '');
	}

	private async writeWithNote(
		write: PendingWrite,
		failure: ApiFailure,
		noteField: string,
		before: string,
	): Promise<Result<WrittenRecord>> {
		let rescue: Rescue | undefined = { fields: write.fields, moved: [] };
		let latest = failure;
		for (;;) {
			rescue = moveOffenders(rescue, latest.message, noteField, write.keyField);
			if (!rescue) return refusalOf(latest, this.options.table);
			const fields = { ...rescue.fields, [noteField]: noteWith(write, rescue.moved, before) };
			const answer = await this.sendAlone({ ...write, fields });
			if (answer.ok) return ok({ ...answer.value, movedToNote: rescue.moved });
			if (!answer.failure) return answer.refusal;
			latest = answer.failure;
		}
	}

	private async sendAlone(write: PendingWrite): Promise<AloneResult> {
		const { table } = this.options;
		const answer = await this.send(() => [write], write.kind !== 'create');
		if (!answer.ok) {
			if (answer.kind === 'turned_away') return { ok: false, refusal: answer.refusal };
			const refusal = refusalOf(answer, table);
			return answer.kind === 'refused' ? { ok: false, refusal, failure: answer } : { ok: false, refusal };
		}
		const records = readRecords(answer.body, 1);
		if (!records) return { ok: false, refusal: refuse('unexpected', `Airtable answered a write to "${table}" oddly.`) };
		this.options.onWrite(1);
		return { ok: true, value: records[0] };
	}

	/** The record as it stands, oldest first where there are several. It is read only where that tells something. */
	private async readBefore(write: PendingWrite, noteField: string | undefined): Promise<Result<StoredRecord[]>> {
		const needsNote = noteField !== undefined && !(noteField in write.fields);
		if (write.kind === 'update' && needsNote) {
			return await this.find(`RECORD_ID()=${formulaString(write.recordId ?? '')}`);
		}
		const formula = write.kind === 'upsert' ? keyFormula(write) : undefined;
		return formula === undefined ? ok([]) : await this.find(formula);
	}

	private async find(filterByFormula: string): Promise<Result<StoredRecord[]>> {
		const found = await this.options.list(this.options.table, { filterByFormula });
		if (!found.ok) return found;
		return ok([...found.value].sort((a, b) => a.createdTime.localeCompare(b.createdTime)));
	}
}

/** A filter for the record that a write names by key. */
function keyFormula({ keyField, fields }: PendingWrite): string | undefined {
	const key = keyField === undefined ? undefined : fields[keyField];
	if (keyField === undefined || (typeof key !== 'string' && typeof key !== 'number')) return undefined;
	return `${formulaField(keyField)}=${typeof key === 'number' ? key : formulaString(key)}`;
}
