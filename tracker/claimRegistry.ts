import { dropOldest } from './bounded';
import { REVOKED_REMEMBERED } from './constants';

/** What a claim stands for: this attempt at this result of this job. */
export interface ClaimRef {
	jobKey: string;
	attempt: number;
	/** First 16 hex characters of the input hash. */
	h: string;
}

/**
 * - `waiting`: claimed, the call has not begun (it may wait for a slot as long as it must);
 * - `calling`: the call is under way, its hard limit counts from here;
 * - `settling`: the call has ended, its result is on its way.
 */
export type ClaimPhase = 'waiting' | 'calling' | 'settling';

export interface ClaimEntry extends ClaimRef {
	phase: ClaimPhase;
	/** Since when the phase lasts, ms since the epoch. */
	sinceMs: number;
	/** The process that holds it. */
	holder?: string;
}

/**
 * Who holds what. In one process a map; in queue mode Redis takes its place, so whatever decides is awaited.
 * `mark` and `release` are notes that nobody needs to wait for.
 */
export interface ClaimRegistry {
	/** True for exactly one caller per job, attempt and hash, as long as the entry lives. */
	take(claim: ClaimRef, nowMs: number): Promise<boolean>;
	mark(claim: ClaimRef, phase: ClaimPhase, nowMs: number): void;
	/** The claim, as long as a process that is alive holds it. */
	get(claim: ClaimRef): Promise<ClaimEntry | undefined>;
	/** True while the claim is still this process's; asked last before the work that it stands for begins. */
	confirm(claim: ClaimRef): Promise<boolean>;
	release(claim: ClaimRef): void;
	/** Drops a claim whose attempt was given up while its call may not have begun yet: then it must not begin. */
	revoke(claim: ClaimRef): void;
	/** Whether a claim was revoked; asked last before a call that costs something. */
	isRevoked(claim: ClaimRef): Promise<boolean>;
	/** Drops every claim of a video that has ended. */
	releaseVideo(videoId: string): void;
}

function keyOf(claim: ClaimRef): string {
	return `${claim.jobKey}|${claim.attempt}|${claim.h}`;
}

/** The registry of a single process. */
export function createClaimRegistry(): ClaimRegistry {
	const entries = new Map<string, ClaimEntry>();
	const revoked = new Set<string>();
	return {
		async take(claim, nowMs) {
			const key = keyOf(claim);
			if (entries.has(key)) return false;
			revoked.delete(key);
			entries.set(key, { ...claim, phase: 'waiting', sinceMs: nowMs });
			return true;
		},
		mark(claim, phase, nowMs) {
			const entry = entries.get(keyOf(claim));
			if (entry) entries.set(keyOf(claim), { ...entry, phase, sinceMs: nowMs });
		},
		async get(claim) {
			return entries.get(keyOf(claim));
		},
		async confirm(claim) {
			return entries.has(keyOf(claim));
		},
		release(claim) {
			entries.delete(keyOf(claim));
		},
		revoke(claim) {
			entries.delete(keyOf(claim));
			revoked.add(keyOf(claim));
			dropOldest(revoked, REVOKED_REMEMBERED);
		},
		async isRevoked(claim) {
			return revoked.has(keyOf(claim));
		},
		releaseVideo(videoId) {
			for (const [key, entry] of entries) {
				if (entry.jobKey.startsWith(`${videoId}.`)) entries.delete(key);
			}
		},
	};
}
