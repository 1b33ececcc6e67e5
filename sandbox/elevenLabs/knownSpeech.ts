import { createHash } from 'node:crypto';

import type { SpokenText } from './speech';

/** A word with its times, as transcripts have them. */
export interface TimedPiece {
	text: string;
	start: number;
	end: number;
	type: 'word' | 'spacing';
}

export interface KnownTranscript {
	text: string;
	pieces: TimedPiece[];
	durationS: number;
}

/** Remembers the words of sound that was made here, by the hash of its bytes. */
export class KnownSpeech {
	private readonly byHash = new Map<string, KnownTranscript>();

	remember(audio: Uint8Array, spoken: SpokenText): void {
		const text = spoken.characters.join('');
		this.byHash.set(hashOf(audio), { text, pieces: piecesOf(spoken), durationS: spoken.durationS });
	}

	find(audio: Uint8Array): KnownTranscript | undefined {
		return this.byHash.get(hashOf(audio));
	}

	forget(): void {
		this.byHash.clear();
	}
}

export function hashOf(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}

/** Words and the space between them, in turn. */
function piecesOf({ characters, startsS, endsS }: SpokenText): TimedPiece[] {
	const pieces: TimedPiece[] = [];
	for (const [index, character] of characters.entries()) {
		const type = character.trim() === '' ? 'spacing' : 'word';
		const last = pieces.at(-1);
		if (last?.type === type) {
			last.text += character;
			last.end = endsS[index];
		} else pieces.push({ text: character, start: startsS[index], end: endsS[index], type });
	}
	return pieces;
}

/** The transcript of sound that is not known: the words evenly over its length. */
export function evenTranscript(text: string, durationS: number): KnownTranscript {
	const characters = [...text];
	const at = (index: number) => Math.round((index / characters.length) * durationS * 1000) / 1000;
	const startsS = characters.map((_, index) => at(index));
	const endsS = characters.map((_, index) => at(index + 1));
	const spoken = { samples: new Int16Array(0), durationS, characters, startsS, endsS };
	return { text, pieces: piecesOf(spoken), durationS };
}
