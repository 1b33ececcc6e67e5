import { createRoleBook, missingRoles, ROLES, waitForHolder, type RoleBook } from '../../tracker/roles';

const FIRST = { workflowId: 'first', workflowName: 'The first' };
const SECOND = { workflowId: 'second', workflowName: 'The second' };

/** Time that passes while somebody sleeps. */
function movedClock(whileAsleep: (nowMs: number) => void = () => undefined) {
	let nowMs = 0;
	return {
		now: () => nowMs,
		sleep: async (ms: number) => {
			nowMs += ms;
			whileAsleep(nowMs);
		},
	};
}

describe('the book of roles', () => {
	let book: RoleBook;

	beforeEach(() => {
		book = createRoleBook();
	});

	it('names the workflow that has a role, until it gives it up', async () => {
		await book.note('settle', FIRST);
		expect(await book.holders()).toEqual(new Map([['settle', FIRST]]));
		await book.forget('settle', FIRST.workflowId);
		expect(await book.holders()).toEqual(new Map());
	});

	it('goes by who has won the address last, and lets the former one take nothing back', async () => {
		await book.note('settle', FIRST);
		await book.note('settle', SECOND);
		await book.forget('settle', FIRST.workflowId);
		expect((await book.holders()).get('settle')).toEqual(SECOND);
	});

	it('waits for a role that nobody has yet, and not longer than for its holder', async () => {
		const clock = movedClock((nowMs) => nowMs === 1_500 && void book.note('settle', FIRST));
		expect(await waitForHolder(book, 'settle', clock)).toEqual(FIRST);
		expect(clock.now()).toBe(1_500);
	});

	it('gives up after ten seconds', async () => {
		const clock = movedClock();
		expect(await waitForHolder(book, 'settle', clock)).toBeUndefined();
		expect(clock.now()).toBe(10_000);
	});

	it('misses what nobody has, where anybody has anything', async () => {
		expect(missingRoles(await book.holders())).toEqual([]);
		await book.note('advance', FIRST);
		expect(missingRoles(await book.holders())).toEqual(ROLES.filter((role) => role !== 'advance'));
	});
});
