import { NOTICES_MAX, raise, recover, toAlertItem, untoldNotices, versionOf, type Notice } from '../../tracker/notices';
import { TrackerBench } from '../support/trackerBench';

const CIRCUIT: Notice = {
	key: 'circuit_open|nca',
	kind: 'circuit_open',
	severity: 'error',
	message: 'The NCA Toolkit fails.',
	reason: 'HTTP 502',
	service: 'nca',
};

describe('notices', () => {
	let bench: TrackerBench;
	beforeEach(() => {
		bench = new TrackerBench();
	});
	const keys = () => untoldNotices(bench.tracker.context).map(({ notice }) => notice.key);
	const say = (notice: Partial<Notice>) => raise(bench.tracker.context, { ...CIRCUIT, ...notice });
	/** People were told of everything that is open. */
	const told = () => {
		for (const open of bench.tracker.context.memory.notices.values()) open.toldVersion = versionOf(open.notice);
	};

	it('wait to be told, the most important first and of those the oldest', () => {
		say({ key: 'a', severity: 'warning' });
		bench.pass(1);
		say({ key: 'b' });
		bench.pass(1);
		say({ key: 'c' });
		say({ key: 'd', severity: 'critical' });
		expect(keys()).toEqual(['d', 'b', 'c', 'a']);
	});

	it('are not told again while nothing changes, and again when severity, message or version change', () => {
		say({});
		told();
		say({});
		expect(keys()).toEqual([]);
		say({ severity: 'critical' });
		expect(keys()).toEqual([CIRCUIT.key]);
		told();
		say({ severity: 'critical', message: 'Still.' });
		expect(keys()).toEqual([CIRCUIT.key]);
		say({ version: '1', message: '11 jobs' });
		told();
		say({ version: '1', message: '12 jobs' });
		expect(keys()).toEqual([]);
	});

	it('tell that a cause is gone to those who were told of it, and to nobody else', () => {
		recover(bench.tracker.context, CIRCUIT.key, 'It answers again.');
		say({});
		recover(bench.tracker.context, CIRCUIT.key, 'It answers again.');
		expect(keys()).toEqual([]);
		say({});
		told();
		recover(bench.tracker.context, CIRCUIT.key, 'It answers again.');
		recover(bench.tracker.context, CIRCUIT.key, 'Once more.');
		const [open] = untoldNotices(bench.tracker.context);
		expect(toAlertItem(open)).toMatchObject({
			look: 'alert',
			alertKey: CIRCUIT.key,
			state: 'recovered',
			version: 'recovered',
			message: 'It answers again.',
			advice: '',
			reason: '',
		});
	});

	it('say nothing of a cause that came back before people heard that it was gone', () => {
		say({});
		told();
		recover(bench.tracker.context, CIRCUIT.key, 'It answers again.');
		say({});
		expect(keys()).toEqual([]);
	});

	it('become an item with everything that a message needs', () => {
		say({ videoId: 'v1', jobKey: 'v1.mix', step: 'mix', attempt: 2 });
		expect(toAlertItem(untoldNotices(bench.tracker.context)[0])).toMatchObject({
			state: 'open',
			severity: 'error',
			title: 'A service fails',
			message: 'The NCA Toolkit fails.',
			reason: 'HTTP 502',
			service: 'nca',
			videoId: 'v1',
			jobKey: 'v1.mix',
			step: 'mix',
			attempt: 2,
		});
		expect(toAlertItem({ ...untoldNotices(bench.tracker.context)[0], notice: { ...CIRCUIT } })).toMatchObject({
			videoId: '',
			jobKey: '',
			step: '',
			attempt: null,
		});
	});

	it('keep to a number: what is over and what matters least makes room', () => {
		say({ key: 'first' });
		told();
		recover(bench.tracker.context, 'first', 'Over.');
		for (let index = 1; index < NOTICES_MAX; index += 1) say({ key: `k${index}`, severity: 'warning' });
		say({ key: 'critical', severity: 'critical' });
		say({ key: 'error' });
		const known = [...bench.tracker.context.memory.notices.keys()];
		expect(known).toHaveLength(NOTICES_MAX);
		expect(known).not.toContain('first');
		expect(known).not.toContain('k1');
		expect(known).toEqual(expect.arrayContaining(['k2', 'critical', 'error']));
	});
});
