import type { TrackerContext } from './context';
import type { DueItem } from './types';

/** What people are told about. */
export const NOTICE_KINDS = [
	'job_failed',
	'circuit_open',
	'stuck_jobs',
	'failure_rate',
	'p95',
	'cost',
	'budget',
	'signature_failures',
	'airtable_quota',
	'no_lock',
	'missing_clip',
	'workflow_error',
] as const;

export type NoticeKind = (typeof NOTICE_KINDS)[number];

export type NoticeSeverity = 'critical' | 'error' | 'warning' | 'info';

/** Something that people must know. */
export interface Notice {
	/** Names the cause, e.g. `circuit_open|nca`; the same as long as it lasts. */
	key: string;
	kind: NoticeKind;
	severity: NoticeSeverity;
	/** What happened, in one line; the usual one of its kind where it is absent. */
	title?: string;
	/** What happened, for people; no secrets, no signed URLs. */
	message: string;
	/** What makes it news: people are told again when this changes. The severity and the message where it is absent. */
	version?: string;
	/** The provider's words. */
	reason?: string;
	service?: string;
	videoId?: string;
	jobKey?: string;
	step?: string;
	attempt?: number;
}

/** A cause that is open, or was until now. */
export interface OpenNotice {
	notice: Notice;
	/** True once the cause is gone. */
	isOver: boolean;
	/** When it was first raised, ms since the epoch. */
	firstAtMs: number;
	/** What people were told last; undefined while they know nothing of it. */
	toldVersion?: string;
	/** How often they were told while it lasted. */
	told: number;
	/** Until when it is held back, because people were told enough lately; ms since the epoch. */
	heldUntilMs?: number;
	/** How often this cause had ended before, as all processes count it; known once people were told. */
	round?: number;
}

/** Causes by key. Only what is open or untold stays in it. */
export type NoticeBook = Map<string, OpenNotice>;

export const NOTICES_MAX = 200;
/** What people see first when many wait to be told. */
const RANKS: Readonly<Record<NoticeSeverity, number>> = { critical: 0, error: 1, warning: 2, info: 3 };
/** The version of a notice that says that a cause is gone. */
const OVER = 'recovered';

const TITLES: Readonly<Record<NoticeKind, string>> = {
	job_failed: 'A video could not be finished',
	circuit_open: 'A service fails',
	stuck_jobs: 'Many jobs are stuck',
	failure_rate: 'Many jobs fail',
	p95: 'Jobs take too long',
	cost: 'The day has become expensive',
	budget: 'The daily budget is spent',
	signature_failures: 'Many callbacks are turned away',
	airtable_quota: 'Airtable refuses requests: the quota is used up',
	no_lock: 'Several processes work without a shared lock',
	missing_clip: 'A video waits for your clip',
	workflow_error: 'A workflow of the video engine broke',
};

const ADVICE: Readonly<Record<NoticeKind, string>> = {
	job_failed: 'Look at the reason, then retry the job or the video with the Job Tracker.',
	circuit_open: 'Its steps wait and start again by themselves. Check its status page, its key and its quota.',
	stuck_jobs: 'Look at the services’ status and at the Jobs table, sorted by the time of the last change.',
	failure_rate: 'Look at the reasons in the Jobs table; the same one often means a key, a quota or a voice.',
	p95: 'Look which step is slow in the table Expectations; more workers of the NCA Toolkit often help.',
	cost: 'Look at the table Paid Calls. A daily budget in the tracker’s credential stops new paid steps.',
	budget: 'New paid steps start tomorrow (UTC), or once the budget in the tracker’s credential is raised.',
	signature_failures: 'Compare the callback secrets with those at the services; somebody may be guessing.',
	airtable_quota: 'Raise the plan of the workspace, or wait until the quota is counted anew.',
	no_lock: 'Choose the lock "Redis" in the tracker’s credential, and add the credential Video Engine Redis.',
	missing_clip: 'Put a clip into the field Video of that row of Segments, or skip the segment.',
	workflow_error: 'Open the execution in n8n’s list of executions.',
};

export function versionOf(notice: Notice): string {
	return notice.version ?? `${notice.severity} ${notice.message}`;
}

/** The version that people are to know now. */
export function wantedVersion({ notice, isOver }: OpenNotice): string {
	return isOver ? OVER : versionOf(notice);
}

/** What people know may be forgotten first (it is told only once anyway), then what is over, then what matters least. */
function rankOf(open: OpenNotice): number {
	if (wantedVersion(open) === open.toldVersion) return 10;
	return open.isOver ? 5 : RANKS[open.notice.severity];
}

/** Makes room for one more: the least important goes first, and of those the oldest. */
function makeRoom(book: NoticeBook): void {
	if (book.size < NOTICES_MAX) return;
	const [least] = [...book.values()].sort((a, b) => rankOf(b) - rankOf(a) || a.firstAtMs - b.firstAtMs);
	book.delete(least.notice.key);
}

/**
 * Says that something is wrong. Cheap and repeatable: people are told once, and again only when its version changes.
 * The next tick of the recovery flow hands it to the alert flow.
 */
export function raise(context: TrackerContext, notice: Notice): void {
	const { notices } = context.memory;
	const known = notices.get(notice.key);
	if (known) {
		known.notice = notice;
		known.isOver = false;
		return;
	}
	makeRoom(notices);
	notices.set(notice.key, { notice, isOver: false, firstAtMs: context.clock.now(), told: 0 });
}

/** Says that a cause is gone. People are told if they were told of the cause; for any other key nothing happens. */
export function recover(context: TrackerContext, key: string, message: string): void {
	const { notices } = context.memory;
	const known = notices.get(key);
	if (!known || known.isOver) return;
	if (known.toldVersion === undefined) {
		notices.delete(key);
		return;
	}
	known.notice = { ...known.notice, message };
	known.isOver = true;
}

/** What the alert flow needs to tell people. */
export type AlertItem = Extract<DueItem, { look: 'alert' }>;

export function toAlertItem({ notice, isOver }: Pick<OpenNotice, 'notice' | 'isOver'>): AlertItem {
	return {
		look: 'alert',
		alertKey: notice.key,
		kind: notice.kind,
		state: isOver ? 'recovered' : 'open',
		severity: notice.severity,
		version: isOver ? OVER : versionOf(notice),
		title: isOver ? `Over: ${notice.title ?? TITLES[notice.kind]}` : (notice.title ?? TITLES[notice.kind]),
		message: notice.message,
		advice: isOver ? '' : ADVICE[notice.kind],
		reason: isOver ? '' : (notice.reason ?? ''),
		service: notice.service ?? '',
		videoId: notice.videoId ?? '',
		jobKey: notice.jobKey ?? '',
		step: notice.step ?? '',
		attempt: notice.attempt ?? null,
	};
}

/** Everything that people do not know yet; the most important first. It stays until the alert flow has claimed it. */
export function untoldNotices(context: TrackerContext): OpenNotice[] {
	const nowMs = context.clock.now();
	return [...context.memory.notices.values()]
		.filter((open) => wantedVersion(open) !== open.toldVersion && nowMs >= (open.heldUntilMs ?? 0))
		.sort((a, b) => RANKS[a.notice.severity] - RANKS[b.notice.severity] || a.firstAtMs - b.firstAtMs);
}
