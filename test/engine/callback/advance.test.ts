import { signAdvance, verifyAdvance } from '../../../engine/callback/advance';

const CALL = { videoId: 'vid_9f2c6f5e0b7d4a31', limit: 3 };
const NOW_S = 1_790_000_000;

function signed(changes: Record<string, unknown> = {}): Record<string, unknown> {
	return { ...Object.fromEntries(new URLSearchParams(signAdvance(CALL, 'secret', NOW_S))), ...changes };
}

describe('a call from one process to another', () => {
	it('says what is to be done', () => {
		expect(verifyAdvance(signed(), ['secret'], NOW_S)).toEqual({ ok: true, value: CALL });
		expect(verifyAdvance(signed(), ['', 'new', 'secret'], NOW_S)).toEqual({ ok: true, value: CALL });
	});

	it.each<[string, Record<string, unknown>, string[], number]>([
		['no_secret', signed(), ['', ''], NOW_S],
		['token_missing', signed({ sig: undefined }), ['secret'], NOW_S],
		['token_malformed', signed({ sig: 'abc' }), ['secret'], NOW_S],
		['token_malformed', signed({ sig: ['a'] }), ['secret'], NOW_S],
		['token_malformed', signed({ video: 'vid 1' }), ['secret'], NOW_S],
		['token_malformed', signed({ video: ['vid'] }), ['secret'], NOW_S],
		['token_malformed', signed({ video: 'v'.repeat(300) }), ['secret'], NOW_S],
		['token_malformed', signed({ limit: '0' }), ['secret'], NOW_S],
		['token_malformed', signed({ limit: '9999' }), ['secret'], NOW_S],
		['token_malformed', signed({ limit: 3 }), ['secret'], NOW_S],
		['token_malformed', signed({ exp: 'soon' }), ['secret'], NOW_S],
		['token_malformed', signed({ exp: 1 }), ['secret'], NOW_S],
		['token_forged', signed({ limit: '4' }), ['secret'], NOW_S],
		['token_forged', signed({ video: 'vid_other' }), ['secret'], NOW_S],
		['token_forged', signed(), ['another'], NOW_S],
		['token_expired', signed(), ['secret'], NOW_S + 301],
	])('is refused as %s', (code, query, secrets, nowS) => {
		expect(verifyAdvance(query, secrets, nowS)).toMatchObject({ ok: false, code });
	});
});
