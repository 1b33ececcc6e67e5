/** @reads README.md SECURITY.md DECISIONS.md docs/ sandbox/README.md test/fixtures/ */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const ROOT = join(__dirname, '..', '..');
const GENERATED = ['node_modules', 'dist', 'coverage', 'out'];

/** Every page of the repository, by its path from the root. */
export function pagePaths(folder = ROOT): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		if (entry.name.startsWith('.') || GENERATED.includes(entry.name)) return [];
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return pagePaths(path);
		return entry.name.endsWith('.md') ? [relative(ROOT, path)] : [];
	});
}

export function readPage(path: string): string {
	return readFileSync(join(ROOT, path), 'utf8');
}

/** Code blocks of one language. */
export function codeBlocks(page: string, language: string): string[] {
	return [...page.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm)]
		.filter(([, found]) => found === language)
		.map(([, , code]) => code);
}

/** Rows of the tables below a heading, as their cells; heads and rulers left out. */
export function tableRows(page: string, heading?: string): string[][] {
	const section = heading === undefined ? page : (page.split(/^#+ /m).find((part) => part.startsWith(heading)) ?? '');
	const tables = section.matchAll(/^\|.*\|\n\|[-| ]+\|\n((?:\|.*\|\n?)+)/gm);
	return [...tables].flatMap(([, rows]) =>
		rows
			.trim()
			.split('\n')
			.map((row) =>
				row
					.slice(1, -1)
					.split('|')
					.map((cell) => cell.trim()),
			),
	);
}

/** Everything between single backticks. */
export function codeWords(text: string): string[] {
	const prose = text.replace(/```[\s\S]*?```/g, '');
	return [...prose.matchAll(/`([^`]+)`/g)].map(([, word]) => word);
}

/** The anchors of a page's headings, as they are made for links. */
export function anchors(page: string): string[] {
	return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N} -]/gu, '')
			.replace(/ /g, '-'),
	);
}
