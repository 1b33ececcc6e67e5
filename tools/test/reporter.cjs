const { cpus } = require('node:os');
const { nameOf, recordCosts } = require('./costs.cjs');

const SHOWN = 10;

/** Tells at the end what took long, how much was tested, and how busy the machine was meanwhile. */
module.exports = class CostReporter {
	#figures = new Map();
	#assertions = 0;
	#before = cpuTimes();

	onTestResult({ path }, { perfStats, processorS = 0, testResults }) {
		const seconds = Math.max(perfStats.end - perfStats.start, 1) / 1000;
		this.#figures.set(nameOf(path), { seconds, cores: processorS / seconds });
		for (const { numPassingAsserts = 0 } of testResults) this.#assertions += numPassingAsserts;
	}

	onRunComplete(_contexts, { numTotalTests, numPendingTests }) {
		const files = [...this.#figures].sort(([, one], [, other]) => other.seconds - one.seconds);
		if (files.length === 0) return;
		if (process.env.VIDEO_ENGINE_RECORD_COSTS) recordCosts(Object.fromEntries(files));
		const slowest = files.slice(0, SHOWN).map(([name, { seconds, cores }]) => {
			return `  ${seconds.toFixed(1).padStart(6)} s  ${cores.toFixed(1)} cores  ${name}`;
		});
		const now = cpuTimes();
		const busy = (now.busy - this.#before.busy) / (now.all - this.#before.all);
		const ran = numTotalTests - numPendingTests;
		process.stderr.write(
			[
				`\nThe slowest of ${files.length} files:`,
				...slowest,
				`${ran} tests with ${this.#assertions} assertions; the ${cpus().length} cores were ${Math.round(100 * busy)} % busy.\n`,
			].join('\n'),
		);
	}
};

/** Milliseconds of all cores since the machine's start, and those in which they did anything, for whomever. */
function cpuTimes() {
	const times = cpus().map((cpu) => cpu.times);
	const all = times.flatMap(Object.values).reduce((sum, ms) => sum + ms, 0);
	return { all, busy: all - times.reduce((sum, { idle }) => sum + idle, 0) };
}
