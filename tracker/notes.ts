/** A line as the record store adds it for each value that Airtable refused; the value may go on in further lines. */
const REFUSED_VALUE = /^(\w[\w ]*) \(refused by Airtable\): (.*)$/m;

/** A note field taken apart. */
export interface Note {
	/** What was written there on purpose. */
	text: string;
	/** First lines of the values that had no place in their own fields, by field name. */
	moved: Map<string, string>;
}

/** Takes a note field apart, so that what Airtable refused (a select option that is missing) is not lost. */
export function readNote(note: string): Note {
	const moved = [...note.matchAll(new RegExp(REFUSED_VALUE, 'gm'))].map(([, name, value]) => [name, value] as const);
	const start = note.search(REFUSED_VALUE);
	return { text: start < 0 ? note : note.slice(0, start).trimEnd(), moved: new Map(moved) };
}
