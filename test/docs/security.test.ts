/** @reads credentials/ test/ */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BAD_CALLS_PER_MINUTE_MAX } from '../../nodes/shared/constants';
import { CALLBACK_TOKEN_LIFETIME_S } from '../../engine/callback/constants';
import { ELEVENLABS_FUTURE_TOLERANCE_S, ELEVENLABS_PAST_TOLERANCE_S } from '../../engine/signature/constants';
import { codeWords, readPage, ROOT, tableRows } from './pages';

const page = readPage('SECURITY.md');
const threats = ['Callers', 'URLs', 'What people type', 'Readers', 'Supply chain'].flatMap((heading) =>
	tableRows(page, heading),
);

/** Titles by file: `` `file`: "title", "title"; `file`: "title" ``. */
function testsOf(cell: string): Array<[file: string, title: string]> {
	return cell.split(';').flatMap((part) => {
		const file = codeWords(part)[0];
		return [...part.matchAll(/"([^"]+)"/g)].map(([, title]): [string, string] => [file, title]);
	});
}

describe('SECURITY.md', () => {
	it('names a test in every row of its threats', () => {
		expect(threats.length).toBeGreaterThan(25);
		for (const row of threats)
			expect({ threat: row[0], tests: testsOf(row[2]).length }).not.toEqual({ threat: row[0], tests: 0 });
	});

	it.each(threats.flatMap((row) => testsOf(row[2])))('%s has "%s"', (file, title) => {
		expect(existsSync(join(ROOT, file))).toBe(true);
		const code = readFileSync(join(ROOT, file), 'utf8');
		expect(code.includes(`'${title}'`) || code.includes(`"${title}"`)).toBe(true);
	});

	it('gives the limits that hold', () => {
		expect(page).toContain(`Over ${BAD_CALLS_PER_MINUTE_MAX} a minute`);
		expect(page).toContain(`tokens: ${CALLBACK_TOKEN_LIFETIME_S / 86_400} days`);
		expect(page).toContain(
			`${ELEVENLABS_PAST_TOLERANCE_S / 60} min into the past, ${ELEVENLABS_FUTURE_TOLERANCE_S / 60} min into the future`,
		);
	});

	it('changes secrets by fields that exist', () => {
		const credentials = readdirSync(join(ROOT, 'credentials'))
			.map((file) => readPage(join('credentials', file)))
			.join('');
		const fields = tableRows(page, 'Changing secrets')
			.flatMap(([, steps]) => codeWords(steps))
			.filter((word) => /^[a-z]+(?:[A-Z][a-z]+)+$/.test(word));
		expect(fields.length).toBeGreaterThan(5);
		for (const field of fields) expect(credentials).toContain(`name: '${field}'`);
	});

	it('names the version that is published', () => {
		const { version } = JSON.parse(readPage('package.json')) as { version: string };
		expect(page).toContain(`(now ${version.split('.').slice(0, 2).join('.')})`);
	});
});
