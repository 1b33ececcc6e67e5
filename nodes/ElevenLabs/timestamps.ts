/** When each character is spoken, in seconds from the start. */
export interface Alignment {
	characters: string[];
	startS: number[];
	endS: number[];
}

function numbers(value: unknown): number[] {
	return Array.isArray(value) ? value.map(Number) : [];
}

/** Reads the `alignment` of an answer with timestamps; it may be null. */
export function readAlignment(value: unknown): Alignment | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const wire = value as Record<string, unknown>;
	const characters = Array.isArray(wire.characters) ? wire.characters.map(String) : [];
	return {
		characters,
		startS: numbers(wire.character_start_times_seconds),
		endS: numbers(wire.character_end_times_seconds),
	};
}

/**
 * One alignment of all parts: each part starts where the sound before it ends.
 *
 * @param lengthsS measured lengths of the parts in seconds
 * @returns undefined when a part has none
 */
export function joinAlignments(parts: Array<Alignment | undefined>, lengthsS: number[]): Alignment | undefined {
	const joined: Alignment = { characters: [], startS: [], endS: [] };
	let offsetS = 0;
	for (const [index, part] of parts.entries()) {
		if (!part) return undefined;
		const shift = (timeS: number) => Math.round((timeS + offsetS) * 1000) / 1000;
		joined.characters.push(...part.characters);
		joined.startS.push(...part.startS.map(shift));
		joined.endS.push(...part.endS.map(shift));
		offsetS += lengthsS[index] ?? 0;
	}
	return joined;
}
