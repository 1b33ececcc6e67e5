import type { SandboxService } from '../../sandbox/core/types';
import type { Chance } from '../world/chance';
import type { FaultWeather } from '../world/faults';

/** What a file that a person drops into the table is. */
export type ClipKind = 'good' | 'short' | 'sound only' | 'tiny' | 'text';

/** Something that a person does, at a moment after the start. `id` names it in a story. */
export type Act = { id: string; atMs: number } & (
	| { kind: 'clip'; video: number; segment: number; clip: ClipKind }
	| { kind: 'retry' | 'cancel' | 'check' | 'skip'; video: number; of: 'video' | 'segment' | 'job'; pick: number }
);

/** One video that is asked for. */
export interface VideoPlan {
	atMs: number;
	body: Record<string, unknown>;
	/** Sentences, and so segments, are about so many. */
	segments: number;
}

/** Everything about a run that is decided before it begins. */
export interface Scenario {
	videos: VideoPlan[];
	acts: Act[];
	/** Values of "Configure Me" that differ from the template's. */
	configuration: Record<string, string | number>;
	weather: Omit<FaultWeather, 'endsAtMs'> & { lastsMs: number };
	/** Chance that the process ends at a place where it waits for the world. */
	deathChance: number;
	deathsMax: number;
	settings: Partial<Record<SandboxService, Record<string, unknown>>>;
	credentials: { tickSeconds: number; dailyBudget: number; reuseAcrossVideos: boolean };
}

const MINUTE_MS = 60_000;
const WORDS = [
	'stone',
	'river',
	'quiet',
	'seven',
	'light',
	'garden',
	'winter',
	'copper',
	'signal',
	'harbour',
	'memory',
	'paper',
];
const CLIP_KINDS: ClipKind[] = ['good', 'good', 'good', 'good', 'good', 'short', 'sound only', 'tiny', 'text'];
const SEGMENTS_MAX = 40;
/** Most videos are short, because what can happen to a step happens to those as well; one in a hundred is long. */
const SIZES = [...times(70, 2), ...times(22, 5), ...times(7, 10), SEGMENTS_MAX];
const ACTS = ['retry', 'retry', 'retry', 'check', 'check', 'cancel', 'skip'] as const;

export interface ScenarioLimits {
	/** No faults, no deaths, no acts: a good day. */
	isCalm?: boolean;
	/** At most so many segments a video, when a story is made smaller. */
	segmentsMax?: number;
	videosMax?: number;
	/** What happens in place of chance: faults by place (`nca POST /v1/ffmpeg/compose#0`) and places of deaths. */
	script?: Script;
}

/** A run in which only this goes wrong. */
export interface Script {
	faults?: Record<string, string>;
	/** E.g. `after POST elevenLabs#1`. */
	deaths?: string[];
	/** Background of the one video. */
	background?: 'user' | 'generated';
	configuration?: Record<string, string | number>;
	settings?: Partial<Record<SandboxService, Record<string, unknown>>>;
}

/** Draws a run from its chance. */
export function drawScenario(chance: Chance, limits: ScenarioLimits = {}): Scenario {
	if (limits.script) return scripted(chance, limits.script, limits);
	const isCalm = limits.isCalm === true || chance.happens('calm', 0.05);
	const count = Math.min(limits.videosMax ?? 9, chance.oneOf('videos', [1, 1, 1, 1, 1, 1, 1, 2, 3]));
	const videos = Array.from({ length: count }, (_, index) => drawVideo(chance, index, limits));
	const lastsMs = chance.between('lasts', 5, 60) * MINUTE_MS;
	return {
		videos,
		acts: drawActs(chance, videos, isCalm),
		configuration: drawConfiguration(chance),
		weather: { ...drawWeather(chance, isCalm), lastsMs: isCalm ? 0 : lastsMs },
		deathChance: isCalm ? 0 : chance.oneOf('deaths', [0, 0, 0.002, 0.005, 0.02]),
		deathsMax: 8,
		settings: {
			goApi: {
				pendingMs: chance.whole('pending', 500, 8_000),
				processingMs: chance.whole('processing', 5_000, 180_000),
				outputTtlMs: chance.oneOf('ttl', [10 * MINUTE_MS, 60 * MINUTE_MS, 24 * 60 * MINUTE_MS]),
				statusCase: chance.oneOf('case', ['lower', 'capitalised']),
				nonTerminalWebhooks: chance.happens('telling', 0.3),
			},
			nca: { workers: chance.oneOf('workers', [1, 2, 3]), maxQueueLength: chance.oneOf('queue', [0, 0, 0, 3]) },
			elevenLabs: {
				speechDelayMs: chance.whole('speech', 200, 4_000),
				maxConcurrent: chance.oneOf('slots', [2, 5, 10]),
			},
			airtable: { mayCreateOptions: chance.happens('options', 0.8) },
		},
		credentials: { tickSeconds: 30, dailyBudget: 0, reuseAcrossVideos: chance.happens('reuse', 0.2) },
	};
}

/** One video on a good day, to which what the script says is added. */
function scripted(chance: Chance, script: Script, limits: ScenarioLimits): Scenario {
	const { background = 'generated', configuration = {}, settings = {} } = script;
	const calm = drawScenario(chance, { ...limits, script: undefined, isCalm: true, videosMax: 1 });
	const videos = calm.videos.map((video) => ({ ...video, body: { ...video.body, background } }));
	return {
		...calm,
		videos,
		acts: drawActs(chance, videos, true),
		configuration: { max_attempts: 3, deadline_minutes: 30, clip_fit: 'loop', fps: 30, ...configuration },
		settings: { goApi: { processingMs: 20_000 }, elevenLabs: { speechDelayMs: 1_000 }, ...settings },
		weather: { ...calm.weather, lastsMs: 24 * 60 * MINUTE_MS },
		deathsMax: script.deaths?.length ?? 0,
	};
}

function drawVideo(chance: Chance, index: number, limits: ScenarioLimits): VideoPlan {
	const most = chance.oneOf('size', SIZES);
	const segments = Math.min(limits.segmentsMax ?? SEGMENTS_MAX, chance.whole('segments', 1, most));
	const isRepeating = chance.happens('repeats', 0.1);
	const script = Array.from({ length: segments }, (_, order) => sentence(isRepeating ? order % 2 : order, index)).join(
		' ',
	);
	return {
		atMs: index === 0 ? 20_000 : chance.whole('video at', 20_000, 10 * MINUTE_MS),
		segments,
		body: {
			title: `Video ${index}`,
			script_text: script,
			background: chance.oneOf('background', ['user', 'generated', 'generated']),
			// About the length of a sentence, so that each becomes a segment.
			target_segment_duration: 6,
		},
	};
}

/** About five seconds of speech; equal numbers give equal sentences. */
function sentence(number: number, video: number): string {
	const words = Array.from({ length: 11 }, (_, index) => WORDS[(number * 7 + index * 5 + video) % WORDS.length]);
	return `Part ${number + 1} of ${video + 1} says ${words.join(' ')}.`;
}

function drawConfiguration(chance: Chance): Record<string, string | number> {
	return {
		max_attempts: chance.oneOf('attempts', [1, 2, 3, 3, 3, 5]),
		deadline_minutes: chance.oneOf('deadline', [10, 30, 30, 60]),
		clip_fit: chance.oneOf('fit', ['loop', 'freeze']),
		fps: chance.oneOf('fps', [24, 25, 30]),
	};
}

function drawWeather(chance: Chance, isCalm: boolean): Omit<FaultWeather, 'endsAtMs'> {
	const level = () => (isCalm ? 0 : chance.oneOf('weather', [0, 0, 0.01, 0.03, 0.1, 0.3]));
	const requests = {
		elevenLabs: level(),
		nca: level(),
		goApi: level(),
		airtable: Math.min(0.1, level()),
		spaces: Math.min(0.1, level()),
		slack: level(),
	};
	const callbackLevel = () => (isCalm ? 0 : chance.oneOf('callbacks', [0, 0.2, 0.5, 1]));
	return { requests, callbacks: { nca: callbackLevel(), goApi: callbackLevel() }, work: level() / 10 };
}

function drawActs(chance: Chance, videos: VideoPlan[], isCalm: boolean): Act[] {
	const acts: Act[] = [];
	videos.forEach((plan, video) => {
		const isUsers = plan.body.background === 'user';
		for (let segment = 1; segment <= plan.segments; segment++)
			acts.push(...drawClips(chance, plan, video, segment, isUsers, isCalm));
		const count = isCalm ? 0 : chance.oneOf('acts', [0, 0, 0, 1, 2, 4]);
		for (let index = 0; index < count; index++) {
			const kind = chance.oneOf('act', ACTS);
			const of = chance.oneOf('act of', ['video', 'segment', 'job'] as const);
			const atMs = plan.atMs + chance.whole('act at', 10_000, 20 * MINUTE_MS);
			acts.push({ id: `act ${video}.${index} ${kind} ${of}`, kind, video, of, pick: chance.next('act pick'), atMs });
		}
	});
	return acts.sort((left, right) => left.atMs - right.atMs);
}

/** Where people bring the pictures: now or later, not always ones that can be used, and sometimes others after that. */
function drawClips(
	chance: Chance,
	plan: VideoPlan,
	video: number,
	segment: number,
	isUsers: boolean,
	isCalm: boolean,
): Act[] {
	const name = (round: number) => `clip ${video}.${segment}.${round}`;
	if (!isUsers) {
		if (isCalm || !chance.happens('own clip', 0.05)) return [];
		const atMs = plan.atMs + chance.whole('own clip at', 5_000, 5 * MINUTE_MS);
		return [{ id: name(0), kind: 'clip', video, segment, clip: 'good', atMs }];
	}
	if (!isCalm && chance.happens('no clip', 0.01)) return [];
	const first = isCalm ? 'good' : chance.oneOf('clip', CLIP_KINDS);
	const atMs =
		plan.atMs + chance.whole('clip at', 10_000, chance.oneOf('clip haste', [MINUTE_MS, 4 * MINUTE_MS, 15 * MINUTE_MS]));
	const clips: Act[] = [{ id: name(0), kind: 'clip', video, segment, clip: first, atMs }];
	const isUsable = first === 'good' || first === 'short';
	if (!isUsable || (!isCalm && chance.happens('swap', 0.1))) {
		const later = atMs + chance.whole('swap after', 20_000, 15 * MINUTE_MS);
		clips.push({ id: name(1), kind: 'clip', video, segment, clip: 'good', atMs: later });
	}
	return clips;
}

function times(count: number, value: number): number[] {
	return new Array<number>(count).fill(value);
}
