import type { SandboxReply, SandboxService } from '../../sandbox/core/types';
import type { Outgoing } from './network';
import type { VirtualTime } from './time';

/** One line of the log: `kind`, the moment, and what belongs to it. */
export type JournalLine = { kind: string; at: string } & Record<string, unknown>;

/** A paid call as its service saw it. */
export interface PaidCall {
	service: SandboxService;
	/** What was bought: GoAPI's job and hash from its callback URL, ElevenLabs' text and settings. */
	work: string;
	atMs: number;
	/** The task of GoAPI, for refunds and receipts. */
	ref?: string;
	isRefunded: boolean;
	/** The fault that its request met, if any: the answer may not have come through, the service may have forgotten it. */
	fault?: string;
	/** The life of n8n that made the call. */
	life?: number;
	/** What was spoken. */
	text?: string;
}

/** A status that was written into a row of Videos or Jobs. */
export interface StatusWrite {
	atMs: number;
	table: string;
	recordId: string;
	status: string;
}

/** Keeps the story of one run: every call, write, decision, fault and death, and what was paid. */
export class Journal {
	readonly lines: JournalLine[] = [];

	readonly paid: PaidCall[] = [];

	readonly statuses: StatusWrite[] = [];

	/** Errors that ended an execution. */
	readonly broken: Array<{ atMs: number; workflow: string; node: string; message: string }> = [];

	readonly webhooks: Array<{ atMs: number; life: number; job: string; attempt: string; node: string }> = [];

	/** Texts of what was sent to people, e-mails apart. */
	readonly slack: Array<{ atMs: number; text: string }> = [];

	/** Most records that one write to Airtable carried. */
	recordsMost = 0;

	constructor(
		private readonly time: VirtualTime,
		/** The log of a long row of runs is written only where it is asked for. */
		private readonly isKept: boolean,
	) {}

	note(line: { kind: string } & Record<string, unknown>): void {
		if (this.isKept) this.lines.push({ at: new Date(this.time.now).toISOString(), ...line });
	}

	/** A service has done paid work. */
	pay(call: PaidCall): void {
		this.paid.push(call);
		this.note({ kind: 'paid', ...call, text: undefined });
	}

	/** A request has reached its service. */
	call(
		service: SandboxService,
		route: string,
		about: Outgoing,
		fault?: string,
	): { answered(reply: SandboxReply): void; unanswered(): void } {
		const startedMs = this.time.now;
		return {
			unanswered: () => {
				this.note({ kind: 'call', service, route, status: null, ms: 0, fault, life: about.life?.number });
			},
			answered: (reply) => {
				const line: Record<string, unknown> = { service, route, status: reply.status, ms: this.time.now - startedMs };
				if (fault !== undefined) line.fault = fault;
				if (about.life !== undefined) line.life = about.life.number;
				if (service === 'airtable' && reply.status === 200) line.records = this.readWrite(about);
				if (service === 'slack' && reply.status === 200)
					this.slack.push({ atMs: this.time.now, text: String(about.body) });
				this.note({ kind: 'call', ...line });
			},
		};
	}

	/** Notes what a write to Airtable says of statuses; gives how many records it carries. */
	private readWrite({ method, url, body }: Outgoing): number {
		if (method === 'GET' || url.pathname.endsWith('/listRecords')) return 0;
		const table = decodeURIComponent(url.pathname.split('/')[3] ?? '');
		const parsed = JSON.parse(body?.toString('utf8') || '{}') as {
			records?: Array<{ id?: string; fields: Record<string, unknown> }>;
		};
		const records = method === 'DELETE' ? url.searchParams.getAll('records[]') : (parsed.records ?? []);
		this.recordsMost = Math.max(this.recordsMost, records.length);
		for (const record of records) {
			if (typeof record === 'string' || record.id === undefined || typeof record.fields.status !== 'string') continue;
			const write = { atMs: this.time.now, table, recordId: record.id, status: record.fields.status };
			this.statuses.push(write);
			this.note({ kind: 'status', table, record: record.id, status: write.status, key: record.fields.job_key });
		}
		return records.length;
	}
}
