import { timingSafeEqual } from 'node:crypto';

/**
 * Compares two strings in constant time for equal lengths.
 * Unequal lengths are unequal strings: `timingSafeEqual` would throw on them.
 */
export function constantTimeEquals(left: string, right: string): boolean {
	const leftBytes = new TextEncoder().encode(left);
	const rightBytes = new TextEncoder().encode(right);
	return leftBytes.length === rightBytes.length && timingSafeEqual(leftBytes, rightBytes);
}
