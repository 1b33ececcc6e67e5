import { sha256Hex, shortHash } from '../../engine/hash';

/** The keys of one base in Redis. The braces keep them in one slot of a cluster. */
export interface RedisKeys {
	/** When this Redis began to know the base; gone with its data. */
	epoch: string;
	/** Active videos by the time at which they want a look, ms since the epoch. */
	due: string;
	/** Videos with rows that are not durable yet. */
	unwritten: string;
	/** One process looks at what is due at a time. */
	tick: string;
	/** When the tables were last scanned, ms since the epoch. */
	scan: string;
	/** Names of the slots of the rate limit begin with it. */
	gate: string;
	/** Keys of holders begin with it; scripts add the holder. */
	holders: string;
	holder(holderId: string): string;
	claim(ref: string): string;
	/** There where the claim of this name was revoked. */
	revoked(ref: string): string;
	claimsOf(videoId: string): string;
	lock(videoId: string): string;
	/** The video as all processes see it: `version` and `text`. */
	video(videoId: string): string;
	/** Rows under way to Airtable: `row|holder` and the version that is being written. */
	unwrittenOf(videoId: string): string;
	/** The version that last changed a row. */
	rowsOf(videoId: string): string;
	note(key: string): string;
}

/**
 * @param prefix of the credential
 * @param base what names the base: its address and id; it is hashed
 */
export function redisKeys(prefix: string, base: string): RedisKeys {
	const start = `${prefix}:{${shortHash(sha256Hex(base))}}`;
	return {
		epoch: `${start}:epoch`,
		due: `${start}:due`,
		unwritten: `${start}:unwritten`,
		tick: `${start}:tick`,
		scan: `${start}:scan`,
		gate: `${start}:gate`,
		holders: `${start}:holder:`,
		holder: (holderId) => `${start}:holder:${holderId}`,
		claim: (ref) => `${start}:claim:${ref}`,
		revoked: (ref) => `${start}:revoked:${ref}`,
		claimsOf: (videoId) => `${start}:claims:${videoId}`,
		lock: (videoId) => `${start}:lock:${videoId}`,
		video: (videoId) => `${start}:video:${videoId}`,
		unwrittenOf: (videoId) => `${start}:unwritten:${videoId}`,
		rowsOf: (videoId) => `${start}:rows:${videoId}`,
		note: (key) => `${start}:note:${key}`,
	};
}
