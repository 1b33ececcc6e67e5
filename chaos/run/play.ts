import { Buffer } from 'node:buffer';

import { processState } from '../../tracker/processState';
import type { Credentials } from '../n8n/contexts';
import { N8nInstance } from '../n8n/instance';
import type { Template } from '../n8n/templates';
import { Chance, drawOf } from '../world/chance';
import { runningFor, type Life } from '../world/life';
import { NoAnswer } from '../world/network';
import { N8N_HOST, World } from '../world/world';
import { actOfPerson } from './people';
import { drawScenario, type Scenario, type ScenarioLimits } from './scenario';
import { setUpTables } from './schema';
import { isAtRest } from './rest';
import { rowsOf } from './table';
import { configured, credentialsOf } from './installation';

export interface RunOptions extends ScenarioLimits {
	seed: number;
	/** Names of faults, deaths and acts that are left out. */
	left?: ReadonlySet<string>;
	isJournalKept?: boolean;
	templates: Map<string, Template>;
}

/** A death of the process, by the place where it came. */
export interface Death {
	id: string;
	atMs: number;
}

/** One life of the n8n process. */
export interface LifeNote {
	number: number;
	startedMs: number;
	endedMs?: number;
	/** What Jobs said of receipts when the life began: ids that services had given. */
	receipts: ReadonlySet<string>;
}

/** A run that was played to its end. */
export interface Played {
	seed: number;
	scenario: Scenario;
	world: World;
	deaths: Death[];
	lives: LifeNote[];
	/** Names of the acts of people that were done. */
	acts: string[];
	/** Ids of the videos whose creation was confirmed, by their number in the scenario. */
	videoIds: Map<number, string>;
	/** False when time ran out before everything had ended. */
	isOver: boolean;
	endedAtMs: number;
}

const MINUTE_MS = 60_000;
/** How long after the last fault everything must have come to its end. */
export const END_WITHIN_MS = 12 * 60 * MINUTE_MS;
const LOOK_EVERY_MS = 30_000;
/** What comes late (callbacks, alerts) must still have its time. */
const REST_MS = 5 * MINUTE_MS;
const DOWN_MS = { least: 3_000, most: 90_000 };
const INTAKE_TRIES = 6;
const INTAKE_AGAIN_MS = 60_000;

/** Plays one run: everything in it follows from its seed and what is left out. */
export async function playRun(options: RunOptions): Promise<Played> {
	return await new Play(options).play();
}

class Play {
	readonly world: World;

	readonly scenario: Scenario;

	readonly videoIds = new Map<number, string>();

	readonly acts: string[] = [];

	readonly deaths: Death[] = [];

	readonly lives: LifeNote[] = [];

	private life: Life = { number: 0, isAlive: false };

	private instance: N8nInstance | undefined;

	private readonly placeCounts = new Map<string, number>();

	private readonly left: ReadonlySet<string>;

	private isOver = false;

	private quietSinceMs: number | undefined;

	private readonly templates: Map<string, Template>;

	private readonly credentials: Credentials;

	private pendingActs = 0;

	private startedMs = 0;

	constructor(private readonly options: RunOptions) {
		const { seed, left = new Set<string>(), isJournalKept = false } = options;
		this.left = left;
		// The scenario is drawn before the world, with chance of its own.
		this.scenario = drawScenario(new Chance(seed), options);
		const { weather, settings } = this.scenario;
		this.world = new World({
			seed,
			weather,
			left,
			isJournalKept,
			settings,
			faults: options.script?.faults,
			endsHere: (life, place) => this.endsHere(life, place),
		});
		this.templates = configured(options.templates, this.scenario.configuration);
		this.credentials = credentialsOf(this.scenario);
	}

	async play(): Promise<Played> {
		const { world, scenario } = this;
		await world.open();
		let isReady = false;
		const tables = setUpTables(world).then(() => (isReady = true));
		await world.time.play(world.startedAtMs + 30 * MINUTE_MS, () => isReady);
		await tables;
		world.addHost(N8N_HOST, {
			name: 'n8n',
			answer: async (request) => {
				if (!this.instance) throw new NoAnswer('ECONNREFUSED', 'connect ECONNREFUSED');
				return await this.instance.answer(request);
			},
		});
		const startMs = world.time.now;
		this.startedMs = startMs;
		this.begin();
		for (const [index, video] of scenario.videos.entries()) {
			world.time.after(video.atMs, () => void this.askFor(index));
		}
		for (const act of scenario.acts) {
			if (this.left.has(act.id)) continue;
			this.pendingActs++;
			world.time.after(act.atMs, () => {
				const done = actOfPerson(this.world, act, this.videoIds, async (work) => await this.inProcess(work));
				void done.then((isDone) => {
					this.pendingActs--;
					if (isDone) this.acts.push(act.id);
				});
			});
		}
		this.watch();
		const endMs = Math.max(startMs + scenario.weather.lastsMs, lastActMs(scenario) + startMs) + END_WITHIN_MS;
		await world.time.play(endMs, () => this.isOver);
		const { seed } = this.options;
		const { deaths, lives, acts, videoIds, isOver } = this;
		this.life.isAlive = false;
		return { seed, scenario, world, deaths, lives, acts, videoIds, isOver, endedAtMs: world.time.now };
	}

	/** A life of n8n: memory, claims and locks of its own over what the services kept. */
	private begin(): void {
		this.life = { number: this.life.number + 1, isAlive: true };
		const note: LifeNote = { number: this.life.number, startedMs: this.world.time.now, receipts: new Set() };
		this.lives.push(note);
		void rowsOf(this.world, 'Jobs').then((rows) => {
			note.receipts = new Set(rows.map(({ fields }) => String(fields.external_id ?? '')));
		});
		const Fresh = processState.constructor as new () => typeof processState;
		Object.assign(processState, new Fresh());
		this.instance = new N8nInstance(this.life, this.templates, this.credentials);
		this.world.journal.note({ kind: 'life', life: this.life.number, is: 'starting' });
		this.instance.start();
	}

	/** Whether the process ends at this place; if so, nothing of it ever goes on, and another starts after a while. */
	private endsHere(life: Life, place: string): boolean {
		const { world } = this;
		const count = this.placeCounts.get(place) ?? 0;
		this.placeCounts.set(place, count + 1);
		const id = `death ${place}#${count}`;
		if (!this.isDrawn(id)) return false;
		life.isAlive = false;
		this.lives[life.number - 1].endedMs = world.time.now;
		this.deaths.push({ id, atMs: world.time.now });
		world.journal.note({ kind: 'life', life: life.number, is: 'ended', at_place: id });
		const instance = this.instance;
		runningFor.run(undefined, () => {
			world.time.after(0, () => instance?.onEnd());
			const downMs = world.chance.between('down', DOWN_MS.least, DOWN_MS.most);
			world.time.after(downMs, () => this.begin());
		});
		return true;
	}

	private isDrawn(id: string): boolean {
		const { scenario, world, deaths, left, options } = this;
		if (options.script) return options.script.deaths?.includes(id.slice('death '.length)) === true;
		const isTime = world.time.now <= world.startedAtMs + scenario.weather.lastsMs;
		if (!isTime || scenario.deathChance === 0 || deaths.length >= scenario.deathsMax) return false;
		return drawOf(options.seed, id) < scenario.deathChance && !left.has(id);
	}

	/** Runs work inside of the present life of n8n; undefined when there is none just now. */
	private async inProcess<T>(work: () => Promise<T>): Promise<T | undefined> {
		const { life } = this;
		if (!life.isAlive) return undefined;
		const done = runningFor.run(life, work);
		const over = new Promise<undefined>((resolve) => {
			const look = () => (life.isAlive ? void this.world.time.after(1_000, look) : resolve(undefined));
			this.world.time.after(1_000, look);
			void done.then(
				() => resolve(undefined),
				() => resolve(undefined),
			);
		});
		return await Promise.race([done, over]);
	}

	/** A client of the intake API: asks again when it got no answer, as people do. */
	private async askFor(index: number): Promise<void> {
		const { world, scenario } = this;
		const body = Buffer.from(JSON.stringify(scenario.videos[index].body));
		const url = new URL(`https://${N8N_HOST}/webhook/video-engine/api/v1/process-script`);
		for (let attempt = 0; attempt < INTAKE_TRIES; attempt++) {
			const answer = await world.network
				.send({ method: 'POST', url, headers: { 'content-type': 'application/json' }, body })
				.catch(() => undefined);
			world.journal.note({ kind: 'intake', video: index, status: answer?.status ?? null });
			if (answer?.status === 202) {
				const { video_id: id } = JSON.parse(answer.body.toString('utf8')) as { video_id: string };
				this.videoIds.set(index, id);
				return;
			}
			await world.time.sleep(INTAKE_AGAIN_MS);
		}
	}

	/** Looks into the tables now and then, to see whether everything has come to its end. */
	private watch(): void {
		this.world.time.after(LOOK_EVERY_MS, () => {
			void this.isQuiet().then((isQuiet) => {
				const now = this.world.time.now;
				this.quietSinceMs = isQuiet ? (this.quietSinceMs ?? now) : undefined;
				if (this.quietSinceMs !== undefined && now - this.quietSinceMs >= REST_MS) this.isOver = true;
				else this.watch();
			});
		});
	}

	private async isQuiet(): Promise<boolean> {
		const { world, scenario } = this;
		const isAsked = scenario.videos.every((video) => this.startedMs + video.atMs < world.time.now - MINUTE_MS);
		if (this.pendingActs > 0 || !isAsked || !this.life.isAlive) return false;
		return await isAtRest(world, this.videoIds.size);
	}
}

function lastActMs({ acts, videos }: Scenario): number {
	return Math.max(0, ...acts.map(({ atMs }) => atMs), ...videos.map(({ atMs }) => atMs));
}
