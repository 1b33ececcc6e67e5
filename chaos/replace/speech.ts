const SAMPLES_PER_S = 100;
const S_PER_CHARACTER = 0.065;

/** As the sandbox's: what was spoken, and when each character is said. Samples are few: only their number matters. */
export interface SpokenText {
	samples: Int16Array;
	durationS: number;
	characters: string[];
	startsS: number[];
	endsS: number[];
}

/** Speaks in silence; the length follows the text. */
export async function speakText(
	_worker: unknown,
	{ text, speed }: { text: string; speed: number },
): Promise<SpokenText> {
	const characters = [...text];
	const samples = new Int16Array(
		Math.max(1, Math.round((characters.length * S_PER_CHARACTER * SAMPLES_PER_S) / speed)),
	);
	const durationS = samples.length / SAMPLES_PER_S;
	const at = (index: number) => (index / Math.max(1, characters.length)) * durationS;
	return {
		samples,
		durationS,
		characters,
		startsS: characters.map((_, i) => at(i)),
		endsS: characters.map((_, i) => at(i + 1)),
	};
}
