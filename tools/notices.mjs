import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';

const NOTICE_FILE = /^(licen[cs]e|copying|notice)/i;
const RULER = '-'.repeat(80);

/** The licence texts of every library among the bundled files (paths relative to the root), sorted by name. */
export async function thirdPartyNotices(bundledFiles) {
	const folders = [...new Set(bundledFiles.map(packageFolder).filter(Boolean))].sort();
	const sections = [];
	for (const folder of folders) sections.push(await notice(join(ROOT, folder)));
	return `Libraries bundled in lib/runtime.js and their licences\n\n${[...new Set(sections)].join('\n')}`;
}

/** `node_modules/a/node_modules/@b/c/x.js` → `node_modules/a/node_modules/@b/c`. */
function packageFolder(path) {
	return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

async function notice(folder) {
	const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
	const files = (await readdir(folder, { withFileTypes: true })).filter(
		(file) => file.isFile() && NOTICE_FILE.test(file.name),
	);
	const texts = [];
	for (const { name } of files) texts.push((await readFile(join(folder, name), 'utf8')).trim());
	const licence = typeof manifest.license === 'string' ? manifest.license : 'see its source';
	const body = texts.length > 0 ? texts.join('\n\n') : `Licence: ${licence}`;
	return `${RULER}\n${manifest.name} ${manifest.version} (${licence})\n\n${body}\n`;
}
