import { MAX_NOTE_CHARACTERS } from './constants';
import type { PendingWrite } from './batch';
import type { Fields } from './types';

/** A record that Airtable refuses, on its way into a form that it takes. */
export interface Rescue {
	/** What is still written as it came. */
	fields: Fields;
	/** Names of the fields whose values go into the note, in the order in which they were refused. */
	moved: string[];
}

/**
 * Takes the fields out that an error message is about. Where it names none, everything but the key moves into the
 * note: an ugly record is better than a lost result.
 *
 * @param message Airtable's words, which name a field, a select option or a record id
 * @returns undefined when nothing is left to move, or the note itself or the key is at fault
 */
export function moveOffenders(
	rescue: Rescue,
	message: string,
	noteField: string,
	keyField: string | undefined,
): Rescue | undefined {
	const fixed = [noteField, keyField];
	if (fixed.some((name) => name !== undefined && isFieldNamed(name, message))) return undefined;
	const movable = Object.keys(rescue.fields).filter((name) => !fixed.includes(name));
	if (movable.length === 0) return undefined;
	const named = movable.filter((name) => isFieldNamed(name, message));
	const holding = movable.filter((name) => leavesOf(rescue.fields[name]).some((leaf) => isValueNamed(leaf, message)));
	const offenders = [named, holding, movable].find((names) => names.length > 0) ?? [];
	const kept = Object.entries(rescue.fields).filter(([name]) => !offenders.includes(name));
	return { fields: Object.fromEntries(kept), moved: [...rescue.moved, ...offenders] };
}

function isFieldNamed(name: string, message: string): boolean {
	return message.includes(`"${name}"`);
}

function isValueNamed(value: string, message: string): boolean {
	return value !== '' && (message.includes(`"${value}"`) || (/^rec\w{14}$/.test(value) && message.includes(value)));
}

function leavesOf(value: unknown): string[] {
	if (Array.isArray(value)) return value.flatMap(leavesOf);
	return typeof value === 'string' ? [value] : [];
}

/**
 * The text of the note field: what stood there, and a line for each value that had no place.
 *
 * @param write the record as it was to be written
 * @param moved names of the fields that moved
 * @param before what the note held, or is to hold
 */
export function noteWith(write: PendingWrite, moved: string[], before: string): string {
	const lines = moved.map((name) => {
		const value = write.fields[name];
		return `${name} (refused by Airtable): ${typeof value === 'string' ? value : JSON.stringify(value)}`;
	});
	return [before, ...lines]
		.filter((line) => line !== '')
		.join('\n')
		.slice(0, MAX_NOTE_CHARACTERS);
}
