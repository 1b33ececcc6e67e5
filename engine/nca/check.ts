import { refuse, type Refusal } from '../result';
import { URL_MAX_CHARACTERS } from './constants';

/** The first of several checks that was not passed. */
export function firstRefusal(...checks: Array<Refusal | undefined>): Refusal | undefined {
	return checks.find((check) => check !== undefined);
}

/** Refuses what isn't an absolute http(s) URL: no blanks, quotes or control characters, no user name. Code: `invalid_url`. */
export function checkHttpUrl(value: unknown, field: string): Refusal | undefined {
	const isUrl =
		typeof value === 'string' &&
		value.length <= URL_MAX_CHARACTERS &&
		/^https?:\/\/[!#-&(-;=?-[\]_a-z~\u00a0-\uffff]+$/i.test(value) &&
		hasPlainHost(value);
	return isUrl ? undefined : refuse('invalid_url', `"${field}" must be an http or https URL.`, field);
}

function hasPlainHost(value: string): boolean {
	try {
		const url = new URL(value);
		return url.hostname !== '' && url.username === '' && url.password === '';
	} catch {
		return false;
	}
}

/** Refuses what isn't a finite number in a range. Code: `invalid_number`. */
export function checkNumber(value: unknown, field: string, min: number, max: number): Refusal | undefined {
	if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max) return undefined;
	return refuse('invalid_number', `"${field}" must be a number from ${min} to ${max}.`, field);
}

/** Refuses what isn't an even whole number in a range: picture sides of yuv420p. Code: `invalid_number`. */
export function checkEven(value: unknown, field: string, min: number, max: number): Refusal | undefined {
	if (typeof value === 'number' && value % 2 === 0 && value >= min && value <= max) return undefined;
	return refuse('invalid_number', `"${field}" must be an even number from ${min} to ${max}.`, field);
}

/** Refuses what isn't one of the given words. Code: `invalid_choice`. */
export function checkChoice(value: unknown, field: string, choices: readonly string[]): Refusal | undefined {
	if (typeof value === 'string' && choices.includes(value)) return undefined;
	return refuse('invalid_choice', `"${field}" must be one of: ${choices.join(', ')}.`, field);
}
