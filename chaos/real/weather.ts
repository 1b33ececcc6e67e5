import type { Random } from '../../sandbox/core/random';

type Chances = Record<string, unknown>;

/** What may go wrong for a while; each of these is one weather. */
const WEATHERS: ReadonlyArray<[name: string, faults: Chances]> = [
	['fair', {}],
	['callbacks lost', { callbacks: { drop: 1 } }],
	['callbacks doubled', { callbacks: { duplicate: 1 } }],
	['callbacks late and out of order', { delayMs: 20_000, callbacks: { delay: 0.5, reorder: 0.3 } }],
	['callbacks as they like', { delayMs: 10_000, callbacks: { drop: 0.3, duplicate: 0.3, delay: 0.2 } }],
	['ElevenLabs refuses', { services: { elevenLabs: { status: { '429': 0.3, '500': 0.2 }, systemBusy: 0.1 } } }],
	['ElevenLabs breaks off', { services: { elevenLabs: { cut: 0.2, truncate: 0.1, reset: 0.2 } } }],
	['the toolkit fails', { services: { nca: { status: { '500': 0.2, '503': 0.1 }, reset: 0.1, failJob: 0.1 } } }],
	['the toolkit loses jobs', { services: { nca: { loseJob: 0.15, forgetJob: 0.1 } } }],
	['GoAPI refuses', { services: { goApi: { status: { '400': 0.01, '429': 0.2 }, codeNot200: 0.1, reset: 0.1 } } }],
	['GoAPI fails', { services: { goApi: { failTask: 0.2, failedCreate: 0.1, expireUrl: 0.2 } } }],
	[
		'Spaces is weak',
		{ slowMs: 2_000, services: { spaces: { status: { '503': 0.15 }, slow: 0.1, reset: 0.05, errorInside200: 0.1 } } },
	],
	[
		'Airtable is weak',
		{ slowMs: 2_000, services: { airtable: { status: { '500': 0.1, '503': 0.1 }, slow: 0.1, reset: 0.05 } } },
	],
	[
		'a little of everything',
		{
			slowMs: 1_500,
			delayMs: 20_000,
			reorderMs: 5_000,
			downMs: 1_000,
			callbacks: { drop: 0.15, duplicate: 0.1, delay: 0.1, reorder: 0.1 },
			services: {
				elevenLabs: { status: { '429': 0.05, '503': 0.03 }, cut: 0.03, systemBusy: 0.03 },
				goApi: { status: { '429': 0.05, '503': 0.03 }, failTask: 0.03, codeNot200: 0.02, expireUrl: 0.03 },
				nca: {
					status: { '429': 0.03, '503': 0.03 },
					forgetJob: 0.02,
					restart: 0.01,
					routes: { job: { loseJob: 0.03, failJob: 0.03 } },
				},
				spaces: { status: { '503': 0.03 }, reset: 0.01, slow: 0.03, errorInside200: 0.02 },
				airtable: { status: { '503': 0.03 }, reset: 0.01, slow: 0.03 },
			},
		},
	],
];

/** The faults that hold for a while. */
export interface Weather {
	name: string;
	faults: Chances;
}

/** The next weather: drawn by the seed, and fair once the last videos are to end. */
export function drawWeather(random: Random): Weather {
	const [name, faults] = WEATHERS[Math.floor(random() * WEATHERS.length)];
	return { name, faults: { seed: Math.floor(random() * 1_000_000), ...faults } };
}
