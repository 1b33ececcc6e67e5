const { readFileSync } = require('node:fs');
const circus = require('jest-circus/runner');

const TICKS_PER_S = 100;

/** Runs a test file as jest does, and adds to the result how long processors worked for it, its programs included. */
module.exports = async function measured(...args) {
	const before = processorS();
	const result = await (circus.default ?? circus)(...args);
	return { ...result, processorS: processorS() - before };
};

/** Processor seconds of this process and of those that it started and that have ended. */
function processorS() {
	try {
		const stat = readFileSync('/proc/self/stat', 'utf8');
		// The second field, the program's name, may hold blanks.
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		// utime, stime, cutime and cstime of proc(5).
		return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_S;
	} catch {
		// Not Linux: without its programs.
		const { user, system } = process.cpuUsage();
		return (user + system) / 1e6;
	}
}
