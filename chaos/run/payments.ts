import type { PaidCall } from '../world/journal';
import type { Tables, Violation } from './invariants';
import type { Played } from './play';

const MS_PER_MINUTE = 60_000;

/**
 * Payments for work that was paid before. One is right only where the result of the former was lost through no fault
 * of ours: with the process that made the call, by a service that forgot it, or past the deadline; or a person asked.
 * Each must show in the row of its job.
 */
export function paidWrongly(played: Played, tables: Tables): Violation[] {
	const found: Violation[] = [];
	for (const [key, calls] of callsByWork(played)) {
		const paid = calls.filter((call) => !call.isRefunded);
		// Each video that wants the work may have paid for it once; which payment was whose, nobody can tell.
		const excess = paid.length - videosWith(tables, calls[0]);
		if (excess <= 0) continue;
		const jobs = jobsOf(tables, calls[0]);
		const name = jobs[0] ?? key;
		const again = paid.slice(1).map((later, index) => {
			const former = calls[calls.indexOf(later) - 1] ?? paid[index];
			return { former, later, reason: excuseOf(played, former, later) };
		});
		const wrong = again.filter(({ reason }) => reason === undefined);
		for (const { former, later } of wrong.slice(again.length - excess)) {
			const words = `${name} was paid again at ${iso(later.atMs)} after ${iso(former.atMs)}`;
			found.push({ rule: 'paid once', words });
		}
		const asked = again.filter(({ reason }) => reason === 'a person asked').length;
		const shown = tables.jobs
			.filter(({ fields }) => jobs.includes(String(fields.job_key)))
			.reduce((sum, { fields }) => sum + Number(fields.paid_again ?? 0), 0);
		const count = Math.min(excess, again.length - wrong.length) - asked;
		if (jobs.length > 0 && shown < count)
			found.push({
				rule: 'paid again is shown',
				words: `${name} was paid ${count} times again, its row says ${shown}`,
			});
	}
	return found;
}

function callsByWork({ world }: Played): Map<string, PaidCall[]> {
	const byWork = new Map<string, PaidCall[]>();
	for (const call of world.journal.paid) {
		const key = `${call.service} ${call.work}`;
		byWork.set(key, [...(byWork.get(key) ?? []), call]);
	}
	return byWork;
}

/** Payments for work that was paid before, by the books of the services, whatever excuses them. */
export function paidRepeatedly(played: Played, tables: Tables): number {
	return [...callsByWork(played).values()].reduce((sum, calls) => {
		const paid = calls.filter((call) => !call.isRefunded);
		return sum + Math.max(0, paid.length - videosWith(tables, calls[0]));
	}, 0);
}

/** How many videos want this work: the same sentence in two videos is spoken twice. GoAPI's work names its video. */
function videosWith({ segments }: Tables, { text }: PaidCall): number {
	if (text === undefined) return 1;
	const videos = segments.filter(({ fields }) => fields.text === text).map(({ fields }) => fields.video_id);
	return Math.max(1, new Set(videos).size);
}

function iso(ms: number): string {
	return new Date(ms).toISOString();
}

/** The jobs that a call may have been for: those of every video with the same sentence. */
function jobsOf({ jobs, segments }: Tables, { work, text }: PaidCall): string[] {
	if (text === undefined) return [work.split(' ')[0]];
	const wanted = segments
		.filter(({ fields }) => fields.text === text)
		.map(({ fields }) => `${String(fields.video_id)}.voiceover.${String(fields.order).padStart(3, '0')}`);
	const known = new Set(jobs.map(({ fields }) => String(fields.job_key)));
	return wanted.filter((key) => known.has(key));
}

/** Answers that did not come through whole. */
const LOST = ['lostAnswer', 'cut', 'truncate'];

function excuseOf(played: Played, former: PaidCall, later: PaidCall): string | undefined {
	if (isAskedFor(played, former, later)) return 'a person asked';
	if (former.isRefunded) return 'the former failed';
	const deadlineMs = Number(played.scenario.configuration.deadline_minutes) * MS_PER_MINUTE;
	if (later.atMs - former.atMs >= deadlineMs) return 'the deadline had passed';
	const isForgotten = former.fault === 'forgetTask' || former.fault === 'forgetHistory';
	const isCutOff = isInFlightAtDeath(played, former) || LOST.includes(former.fault ?? '');
	// What ElevenLabs keeps in its history is found there; only what it forgot may be paid for again.
	if (former.service === 'elevenLabs') return isForgotten && isCutOff ? 'the answer was lost and forgotten' : undefined;
	if (isForgotten) return 'the service forgot it';
	if (isCutOff) return 'the answer was lost';
	return hasExpired(played, former, later) ? 'its result had expired' : undefined;
}

function isAskedFor({ world, scenario, acts, videoIds }: Played, former: PaidCall, later: PaidCall): boolean {
	return scenario.acts.some((act) => {
		const atMs = world.startedAtMs + act.atMs;
		// Acts are planned from the start of n8n, some seconds after that of the world.
		const isBetween = atMs > former.atMs - MS_PER_MINUTE && atMs < later.atMs;
		const isRetry = act.kind === 'retry' && acts.includes(act.id) && isBetween;
		const id = videoIds.get(act.video);
		return isRetry && id !== undefined && (former.text !== undefined || former.work.startsWith(`${id}.`));
	});
}

/** The process ended before the table knew of the call. */
function isInFlightAtDeath({ lives }: Played, call: PaidCall): boolean {
	const life = lives.find(({ number }) => number === call.life);
	if (life?.endedMs === undefined) return false;
	const next = lives.find(({ number }) => number === life.number + 1);
	return call.ref === undefined ? true : !(next?.receipts.has(call.ref) ?? false);
}

/** Outputs live only so long; a fault can end one early. */
function hasExpired({ world, scenario }: Played, former: PaidCall, later: PaidCall): boolean {
	const ttlMs = Number(scenario.settings.goApi?.outputTtlMs ?? Infinity);
	const isEarly = world.faults.drawn.some(
		({ service, name, atMs }) => service === 'goApi' && name === 'expireUrl' && atMs > former.atMs && atMs < later.atMs,
	);
	return isEarly || later.atMs - former.atMs > ttlMs;
}
