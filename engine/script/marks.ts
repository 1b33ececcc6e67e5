/** A stretch of the script that is one segment by the author's will. */
export interface Block {
	start: number;
	end: number;
}

/**
 * The marks of mode `markup`. They divide the script and are not spoken:
 * - `[segment]`, `[scene]`, also with a number or a title: `[scene 2: The harbour]`
 * - a line of three or more `-`, `*`, `_` or `=` and nothing else
 * - a heading line: one to six `#`, a space, a title
 */
const MARK =
	/\[(?:segment|scene)(?:[ :#-][^\]\r\n]{0,200})?\]|^[^\S\r\n]*(?:-{3,}|\*{3,}|_{3,}|={3,})[^\S\r\n]*$|^[^\S\r\n]{0,3}#{1,6}[^\S\r\n][^\r\n]*$/gimu;

/** Divides a script at its marks and leaves the marks out. */
export function blocksByMarks(script: string): Block[] {
	const blocks: Block[] = [];
	let start = 0;
	for (const match of script.matchAll(MARK)) {
		blocks.push({ start, end: match.index });
		start = match.index + match[0].length;
	}
	blocks.push({ start, end: script.length });
	return blocks;
}

/** Divides a script at its line ends (LF, CRLF, CR, and Unicode's line and paragraph separators). */
export function blocksByLines(script: string): Block[] {
	const blocks: Block[] = [];
	let start = 0;
	for (const match of script.matchAll(/[\r\n\u2028\u2029]+/gu)) {
		blocks.push({ start, end: match.index });
		start = match.index + match[0].length;
	}
	blocks.push({ start, end: script.length });
	return blocks;
}
