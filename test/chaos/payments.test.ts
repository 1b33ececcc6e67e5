import type { Tables } from '../../chaos/run/invariants';
import { paidWrongly } from '../../chaos/run/payments';
import type { Played } from '../../chaos/run/play';

interface Call {
	atS: number;
	life?: number;
	fault?: string;
	/** A sentence; without it the call is one for the music of the first video. */
	text?: string;
}

const TEXT = 'Part 1 of 1 says stone.';

/** A run whose first process ended after ten seconds, with these payments and these counts in the rows. */
function wrongs(calls: Call[], { videos = 1, shown = 0 } = {}): string[] {
	const paid = calls.map(({ atS, life = 2, fault, text }) => ({
		service: text === undefined ? 'goApi' : 'elevenLabs',
		work: text === undefined ? 'vid_0.music a1' : 'b2',
		text,
		atMs: atS * 1_000,
		isRefunded: false,
		fault,
		life,
	}));
	const played = {
		world: { journal: { paid }, startedAtMs: 0, faults: { drawn: [] } },
		scenario: { acts: [], configuration: { deadline_minutes: 30 }, settings: {} },
		lives: [{ number: 1, endedMs: 10_000 }, { number: 2 }],
		acts: [],
		videoIds: new Map(),
	};
	const names = Array.from({ length: videos }, (_, index) => `vid_${index}`);
	const job = (job_key: string) => ({ id: job_key, fields: { job_key, paid_again: shown } });
	const tables = {
		videos: [],
		events: [],
		segments: names.map((video_id) => ({ id: video_id, fields: { video_id, order: 1, text: TEXT } })),
		jobs: [...names.map((name) => job(`${name}.voiceover.001`)), job('vid_0.music')],
	};
	return paidWrongly(played as unknown as Played, tables as unknown as Tables).map(({ rule }) => rule);
}

describe('the judge of payments', () => {
	it('finds what was paid twice', () => {
		expect(wrongs([{ atS: 5, life: 2 }, { atS: 20 }])).toEqual(['paid once']);
		expect(
			wrongs([
				{ atS: 5, text: TEXT },
				{ atS: 20, text: TEXT },
			]),
		).toEqual(['paid once']);
		expect(wrongs([{ atS: 5 }])).toEqual([]);
	});

	it('takes a call that a death cut off, where its row shows it', () => {
		expect(wrongs([{ atS: 5, life: 1 }, { atS: 20 }], { shown: 1 })).toEqual([]);
		expect(wrongs([{ atS: 5, life: 1 }, { atS: 20 }])).toEqual(['paid again is shown']);
	});

	it('takes speech that was cut off only where the history has forgotten it', () => {
		const later = { atS: 20, text: TEXT };
		expect(wrongs([{ atS: 5, life: 1, text: TEXT }, later], { shown: 1 })).toEqual(['paid once']);
		expect(wrongs([{ atS: 5, life: 1, text: TEXT, fault: 'forgetHistory' }, later], { shown: 1 })).toEqual([]);
	});

	it('lets each of two videos pay for the same sentence, and no more', () => {
		const calls = [5, 20, 30].map((atS) => ({ atS, text: TEXT }));
		expect(wrongs(calls.slice(0, 2), { videos: 2 })).toEqual([]);
		expect(wrongs(calls, { videos: 2 })).toEqual(['paid once']);
	});

	it('takes a lost call of one of two videos, whichever was paid first', () => {
		const lost = { atS: 5, life: 1, text: TEXT, fault: 'forgetHistory' };
		const calls = [lost, { atS: 20, text: TEXT }, { atS: 30, text: TEXT }];
		expect(wrongs(calls, { videos: 2, shown: 1 })).toEqual([]);
		expect(wrongs(calls, { videos: 2 })).toEqual(['paid again is shown']);
	});
});
