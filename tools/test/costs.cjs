const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join, relative, sep } = require('node:path');

const ROOT = join(__dirname, '..', '..');
const COSTS_FILE = join(ROOT, 'test', 'costs.json');
/** Of a file that was never measured: long enough to be begun early, as one that turns out to be long should be. */
const UNKNOWN = { seconds: 10, cores: 1 };

/** What each test file took when it was last measured: seconds, and how many cores it kept busy on the average. */
const measured = existsSync(COSTS_FILE) ? JSON.parse(readFileSync(COSTS_FILE, 'utf8')) : {};

/** The name of a test file in the table, the same on every machine. */
function nameOf(path) {
	return relative(ROOT, path).split(sep).join('/');
}

function costOf(path) {
	return measured[nameOf(path)] ?? UNKNOWN;
}

/** Lays new figures over the table; those of files that did not run stay, those of files that are gone go. */
function recordCosts(figures) {
	const all = { ...measured, ...figures };
	const present = Object.keys(all).filter((name) => existsSync(join(ROOT, name)));
	const rows = present.sort().map((name) => `\t${JSON.stringify(name)}: ${row(all[name])}`);
	writeFileSync(COSTS_FILE, `{\n${rows.join(',\n')}\n}\n`);
}

function row({ seconds, cores }) {
	return `{ "seconds": ${Number(seconds.toFixed(1))}, "cores": ${Number(cores.toFixed(2))} }`;
}

module.exports = { costOf, nameOf, recordCosts };
