/**
 * The smallest set that still fails, as far as leaving out ever smaller pieces finds it (delta debugging). A piece is
 * left out where the rest still fails; what remains at the end is needed, each part by itself.
 *
 * @param fails plays the run with only these parts; true when it still shows what is looked for
 */
export async function shrink<T>(parts: T[], fails: (kept: T[]) => Promise<boolean>, triesMax = 200): Promise<T[]> {
	let kept = parts;
	let pieces = 2;
	let tries = 0;
	if (kept.length > 0 && (await fails([]))) return [];
	while (kept.length > 1 && tries < triesMax) {
		const size = Math.ceil(kept.length / pieces);
		let isSmaller = false;
		for (let start = 0; start < kept.length && tries < triesMax; start += size) {
			const rest = [...kept.slice(0, start), ...kept.slice(start + size)];
			tries++;
			if (!(await fails(rest))) continue;
			kept = rest;
			pieces = Math.max(2, pieces - 1);
			isSmaller = true;
			break;
		}
		if (isSmaller) continue;
		if (pieces >= kept.length) break;
		pieces = Math.min(kept.length, pieces * 2);
	}
	return kept;
}
