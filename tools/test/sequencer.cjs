const { default: Sequencer } = require('@jest/test-sequencer');
const { costOf } = require('./costs.cjs');

const secondsOf = ({ path }) => costOf(path).seconds;

/** The longest first, so that none of them is left over at the end; shards of about equal length. */
module.exports = class CostSequencer extends Sequencer {
	sort(tests) {
		return [...tests].sort(longestFirst);
	}

	shard(tests, { shardIndex, shardCount }) {
		const shards = Array.from({ length: shardCount }, () => ({ seconds: 0, tests: [] }));
		for (const test of this.sort(tests)) {
			const emptiest = shards.reduce((least, shard) => (shard.seconds < least.seconds ? shard : least));
			emptiest.seconds += secondsOf(test);
			emptiest.tests.push(test);
		}
		return shards[shardIndex - 1].tests;
	}
};

function longestFirst(one, other) {
	return secondsOf(other) - secondsOf(one) || (one.path < other.path ? -1 : 1);
}
