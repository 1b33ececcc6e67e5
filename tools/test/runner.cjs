const { availableParallelism } = require('node:os');
const { default: TestRunner, EmittingTestRunner } = require('jest-runner');
const { costOf } = require('./costs.cjs');
const { needsOf } = require('./needs.cjs');

/** A file that keeps less than this of a core busy mostly waits. */
const WAITING_CORES = 0.5;

/**
 * Files run beside each other in lanes of their own. Those that compute get as many processes as there are cores; those
 * that mostly wait, and those in a real n8n, get more, and begin no later for the others. The lane of n8n opens when
 * n8n is installed, so that all else goes on meanwhile.
 */
const LANES = [
	{ name: 'n8n', processes: 3, takes: (path) => needsOf(path).includes('n8n'), open: installN8n },
	{ name: 'waiting', processes: 3, takes: (path) => costOf(path).cores < WAITING_CORES, open: atOnce },
	{ name: 'computing', processes: availableParallelism(), takes: () => true, open: atOnce },
];

async function atOnce() {}

async function installN8n() {
	const { ensureN8n } = await import('../install.mjs');
	await ensureN8n();
}

module.exports = class LaneRunner extends EmittingTestRunner {
	#lanes = LANES.map((lane) => ({
		...lane,
		runner: new TestRunner({ ...this._globalConfig, maxWorkers: lane.processes }, this._context),
	}));

	async runTests(tests, watcher, options) {
		const laneOf = new Map(tests.map((test) => [test, this.#lanes.find(({ takes }) => takes(test.path))]));
		const run = async (lane) => {
			const own = tests.filter((test) => laneOf.get(test) === lane);
			if (own.length === 0) return;
			await lane.open();
			await lane.runner.runTests(own, watcher, { ...options, serial: tests.length === 1 || this.#isOneByOne });
		};
		if (this.#isOneByOne) {
			for (const lane of this.#lanes) await run(lane);
			return;
		}
		const ended = await Promise.allSettled(this.#lanes.map(run));
		for (const end of ended) if (end.status === 'rejected') throw end.reason;
	}

	/** Because somebody asked for it, by `-i`. */
	get #isOneByOne() {
		return this._globalConfig.runInBand === true;
	}

	on(eventName, listener) {
		const ends = this.#lanes.map(({ runner }) => runner.on(eventName, listener));
		return () => ends.forEach((end) => end());
	}
};
