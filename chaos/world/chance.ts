const UINT32_SPAN = 4_294_967_296;

/** A number in [0, 1) that follows from a seed and a text alone (FNV-1a, then murmur's finaliser). */
export function drawOf(seed: number, text: string): number {
	let hash = (2_166_136_261 ^ seed) >>> 0;
	for (let index = 0; index < text.length; index++) {
		hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
	}
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return ((hash ^ (hash >>> 16)) >>> 0) / UINT32_SPAN;
}

/**
 * Chance of one run. Each purpose has a stream of its own, so that one draw more or less in one place leaves all other
 * places as they were: what shrinks a story must not tell another one.
 */
export class Chance {
	private readonly counters = new Map<string, number>();

	constructor(readonly seed: number) {}

	/** The next number in [0, 1) of a purpose. */
	next(purpose: string): number {
		const count = this.counters.get(purpose) ?? 0;
		this.counters.set(purpose, count + 1);
		return drawOf(this.seed, `${purpose}#${count}`);
	}

	between(purpose: string, least: number, most: number): number {
		return least + (most - least) * this.next(purpose);
	}

	/** A whole number from `least` to `most`, both included. */
	whole(purpose: string, least: number, most: number): number {
		return Math.floor(this.between(purpose, least, most + 1));
	}

	happens(purpose: string, probability: number): boolean {
		return this.next(purpose) < probability;
	}

	oneOf<T>(purpose: string, choices: readonly T[]): T {
		return choices[Math.floor(this.next(purpose) * choices.length)];
	}

	/** `count` lower-case hex characters. */
	hex(purpose: string, count: number): string {
		let text = '';
		while (text.length < count)
			text += Math.floor(this.next(purpose) * UINT32_SPAN)
				.toString(16)
				.padStart(8, '0');
		return text.slice(0, count);
	}
}
