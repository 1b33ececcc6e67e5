import { sha256Hex, shortHash } from '../engine/hash';
import { ok, type Result } from '../engine/result';
import { workOf } from '../engine/video/graph';
import type { JobFacts } from '../engine/video/types';
import { readOpenAlerts, roundsNote, toldErrorNote, writeAlert } from './alertRows';
import {
	ALERT_REMEMBERED_MS,
	ALERTS_PER_HOUR_MAX,
	HELD_ALERT_MS,
	OPENINGS_PER_HOUR_MAX,
	REPEATED_ALERT_MS,
} from './constants';
import { allDurable, type TrackerContext } from './context';
import { toAlertItem, wantedVersion, type AlertItem, type Notice, type OpenNotice } from './notices';
import type { Durable, VideoEntry } from './videoCache';

export interface AlertRequest {
	/** The video that failed; absent for errors that belong to no video. */
	videoId?: string;
	/** What happened, in words that stay the same when it happens again. */
	cause: string;
	/** The notice of {@link Tracker.findDue}, where it is one; then the rest is not looked at. */
	notice?: AlertItem;
}

/** Whether people are to be told, and what. */
export type AlertClaim = { tell: false } | { tell: true; alert: AlertItem };

const SILENT: AlertClaim = { tell: false };

const ALL_TOLD_NOTE = 'alerts-told';

/** True while people have not been told too much within an hour; what is held back waits for the next one. */
async function hasRoom(context: TrackerContext, { severity }: Notice): Promise<boolean> {
	return severity === 'critical' || (await context.notes.sum(hourly(context, ALL_TOLD_NOTE))) < ALERTS_PER_HOUR_MAX;
}

/** False for a cause that has come and gone often enough within an hour. */
async function hasRested(context: TrackerContext, openings: string): Promise<boolean> {
	return (await context.notes.sum(openings)) < OPENINGS_PER_HOUR_MAX;
}

function hourly(context: TrackerContext, note: string): string {
	return `${note}|${Math.floor(context.clock.now() / REPEATED_ALERT_MS)}`;
}

/** Counts that people are told, and writes it down. */
async function tell(context: TrackerContext, open: OpenNotice): Promise<AlertClaim> {
	await context.notes.add(hourly(context, ALL_TOLD_NOTE), 1, REPEATED_ALERT_MS);
	await writeAlert(context, open);
	return { tell: true, alert: toAlertItem(open) };
}

/** A notice of another process, whose tick handed it to this one; in a single process there is none. */
function fromElsewhere(context: TrackerContext, item: AlertItem): OpenNotice | undefined {
	if (context.settings.lock !== 'redis') return undefined;
	const { alertKey: key, kind, severity, version, state, attempt, title, message, reason, service, step } = item;
	const { videoId, jobKey } = item;
	const place = { service, videoId, jobKey, step, attempt: attempt ?? undefined };
	const notice: Notice = { key, kind, severity, title, message, reason, ...place };
	return state === 'open'
		? { notice: { ...notice, version }, isOver: false, firstAtMs: context.clock.now(), told: 0 }
		: { notice: { ...notice, title: title.replace(/^Over: /, '') }, isOver: true, firstAtMs: 0, told: 1 };
}

/** One telling per version and round among all processes. */
async function claimNotice(context: TrackerContext, item: AlertItem): Promise<AlertClaim> {
	const { alertKey, version } = item;
	const { notices } = context.memory;
	await readOpenAlerts(context);
	const open = notices.get(alertKey) ?? fromElsewhere(context, item);
	// What has changed since the tick is told with the next one, as it is then.
	if (!open || wantedVersion(open) !== version || open.toldVersion === version) return SILENT;
	const { isOver, notice } = open;
	const openings = hourly(context, `alert-openings|${alertKey}`);
	const mayTell = isOver || ((await hasRoom(context, notice)) && (await hasRested(context, openings)));
	if (!mayTell) {
		open.heldUntilMs = context.clock.now() + HELD_ALERT_MS;
		return SILENT;
	}

	const rounds = roundsNote(alertKey);
	const round = open.round ?? (await context.notes.sum(rounds));
	const once = `alert|${alertKey}|${round}|${shortHash(sha256Hex(version))}`;
	const isFirst = await context.notes.once(once, ALERT_REMEMBERED_MS);
	open.round = round;
	open.toldVersion = version;
	if (isOver) notices.delete(alertKey);
	if (!isFirst) return SILENT;

	await context.notes.add(isOver ? rounds : openings, 1, isOver ? ALERT_REMEMBERED_MS : REPEATED_ALERT_MS);
	open.told += 1;
	return await tell(context, { ...open, isOver, notice });
}

/** Once per cause and hour, for errors that belong to no video that is known. */
async function claimError(context: TrackerContext, cause: string, videoId?: string): Promise<AlertClaim> {
	const key = `workflow_error|${shortHash(sha256Hex(`${videoId ?? ''} ${cause}`))}`;
	const notice: Notice = { key, kind: 'workflow_error', severity: 'error', message: cause, videoId };
	await readOpenAlerts(context);
	if (!(await hasRoom(context, notice))) return SILENT;
	if (!(await context.notes.once(toldErrorNote(key), REPEATED_ALERT_MS))) return SILENT;
	return await tell(context, { notice, isOver: false, firstAtMs: context.clock.now(), told: 1 });
}

export function failedVideoKey(videoId: string): string {
	return `job_failed|${videoId}`;
}

function describeFailure({ snapshot }: VideoEntry, failed: JobFacts): Notice {
	const { videoId, title } = snapshot.video;
	const where = failed.order === undefined ? failed.step : `${failed.step} of segment ${failed.order}`;
	const others = snapshot.jobs.filter((job) => job.status === 'failed').length - 1;
	return {
		key: failedVideoKey(videoId),
		kind: 'job_failed',
		severity: 'error',
		title: `A video could not be finished: ${title || videoId}`,
		message: `The step ${where} failed for good with attempt ${failed.attempt}${others > 0 ? `, and ${others} more` : ''}.`,
		version: 'failed',
		reason: failed.errorMessage,
		service: workOf(snapshot, failed)?.service,
		videoId,
		jobKey: failed.jobKey,
		step: failed.step,
		attempt: failed.attempt,
	};
}

/** Once per failed video, until a person retries it; durable in the row of its job before anyone is told. */
async function claimFailure(context: TrackerContext, videoId: string): Promise<Result<AlertClaim>> {
	const claimed = await context.locks.run(
		videoId,
		async (): Promise<Result<{ notice: Notice; write: Durable } | undefined>> => {
			const loaded = await context.cache.load(videoId);
			if (!loaded.ok) return loaded;
			const { jobs } = loaded.value.snapshot;
			const failed = jobs.find((job) => job.status === 'failed');
			if (!failed || jobs.some((job) => job.alertedAtMs !== undefined)) return ok(undefined);
			const notice = describeFailure(loaded.value, failed);
			// What is held back is found again by the recovery flow.
			if (!(await hasRoom(context, notice))) return ok(undefined);
			const write = context.cache.writeJob(loaded.value, { ...failed, alertedAtMs: context.clock.now() });
			return ok({ notice, write });
		},
	);
	if (!claimed.ok) return claimed;
	if (claimed.value === undefined) return ok(SILENT);
	const { notice, write } = claimed.value;
	const durable = await allDurable([write]);
	if (!durable.ok) return durable;

	const { notices } = context.memory;
	const known = notices.get(notice.key);
	const told = { isOver: false, told: (known?.told ?? 0) + 1, toldVersion: notice.version, round: known?.round };
	const open: OpenNotice = { notice, firstAtMs: known?.firstAtMs ?? context.clock.now(), ...told };
	notices.set(notice.key, open);
	return ok(await tell(context, open));
}

/**
 * Decides whether people are to be told: once per failed video (until a person retries it), however many of its jobs
 * failed, once per cause and hour for a broken workflow, and of a notice whenever it changes. Written down before
 * anyone is told, so that a restart repeats nothing.
 */
export async function claimAlert(context: TrackerContext, request: AlertRequest): Promise<Result<AlertClaim>> {
	const { notice, cause, videoId } = request;
	if (notice) return ok(await claimNotice(context, notice));
	if (videoId === undefined) return ok(await claimError(context, cause));
	const claimed = await claimFailure(context, videoId);
	return !claimed.ok && claimed.code === 'not_found' ? ok(await claimError(context, cause, videoId)) : claimed;
}
