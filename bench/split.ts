/**
 * Splitting a long script, against walking over the same script with plain `Intl.Segmenter`s, once for its sentences
 * and once for its words, which is the least that knowing where sentences end and how long they last takes.
 */
import { splitScript } from '../engine/script/splitScript';
import { readSize, rounded, runProgram, type Finding } from './support/program';

/** The largest script that is taken is a little smaller than 1,000,000 bytes. */
const KIB = 976;
const BYTES_PER_KIB = 1024;
const ROUNDS = 3;
const SENTENCES = [
	'The tide comes in twice a day, and nobody asks it to. ',
	'Dr. Meier waited at 7.30 p.m. for the 3.5 million people who had "promised" to be there! ',
	'What the water leaves behind… is only a receipt?\n\n',
	'Some of it is glass, some of it is wood, and some of it has been looking for somebody since 1998. ',
];

async function measure(argv: string[]): Promise<Finding> {
	const kib = readSize(argv, 'kib', KIB);
	const script = textOf(kib * BYTES_PER_KIB);
	const ours = best(() => {
		const result = splitScript(script, { mode: 'duration' });
		if (!result.ok) throw new Error(result.message);
		return result.value.segments.length;
	});
	const sentences = best(() => walk(script, 'sentence'));
	const words = best(() => walk(script, 'word'));
	return {
		what: `A script of ${kib} KiB, the best of ${ROUNDS} rounds`,
		rows: [
			{ name: 'split into segments', ...ours },
			{ name: 'Intl.Segmenter, sentences', ...sentences },
			{ name: 'Intl.Segmenter, words', ...words },
		],
		ratios: { seconds: ours.seconds / (sentences.seconds + words.seconds) },
	};
}

function walk(script: string, granularity: 'sentence' | 'word'): number {
	let pieces = 0;
	for (const piece of new Intl.Segmenter('en', { granularity }).segment(script)) if (piece.segment !== '') pieces++;
	return pieces;
}

/** The sentences again and again, up to this many bytes. */
function textOf(bytes: number): string {
	const once = SENTENCES.join('');
	return once.repeat(Math.max(1, Math.floor(bytes / Buffer.byteLength(once))));
}

function best(work: () => number): { seconds: number; found: number } {
	let seconds = Infinity;
	let found = 0;
	for (let round = 0; round < ROUNDS; round++) {
		const startedMs = performance.now();
		found = work();
		seconds = Math.min(seconds, (performance.now() - startedMs) / 1000);
	}
	return { seconds: rounded(seconds), found };
}

runProgram(measure);
