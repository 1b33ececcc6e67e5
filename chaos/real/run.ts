import { setTimeout as sleep } from 'node:timers/promises';

import { createRandom, type Random } from '../../sandbox/core/random';
import { putClips, type ClipFile } from '../../sandbox/demo/clips';
import { API_KEY_HEADER, INTAKE_PATH } from '../../sandbox/demo/constants';
import {
	DOWN_MAX_MS,
	INTAKE_DEATH_CHANCE,
	INTAKE_DEATH_MS,
	LIFE_MIN_MS,
	LIFE_SPREAD_MS,
	PERSONS_CLIPS_CHANCE,
	POLL_MS,
	VIDEO_MAX_MS,
	VIDEOS_AT_ONCE,
	VIDEOS_PER_DEATH,
	WEATHER_MS,
} from './constants';
import type { Installation } from './installation';
import type { Cells, Outcome } from './judge';
import type { Story } from './story';
import { drawWeather } from './weather';

export interface PlayOptions {
	seed: number;
	/** Videos to send in. */
	runs: number;
	/** How often n8n is killed; by default once for some videos. */
	deaths?: number;
	clips: ClipFile[];
}

/** One video as it was sent in. */
interface Sent {
	index: number;
	startedMs: number;
	/** Undefined where the answer was lost with the process: then nobody knows whether it was taken. */
	videoId?: string;
}

const SENTENCES = [
	'The tide goes out, and it comes back without being asked.',
	'A lamp in a window is a small promise to somebody far away.',
	'Every map leaves out what its maker did not want to walk.',
	'Rain learns the shape of a roof before it learns the street.',
	'An old bridge remembers feet better than names.',
	'Bread tells the time in a house that has no clock.',
];

/** Sends videos in, changes the faults and kills n8n at moments that the seed gives, until every video has ended. */
export class Play {
	private readonly chance: Random;

	private readonly sent: Sent[] = [];

	private readonly durationsMs: number[] = [];

	private readonly over = new AbortController();

	private isUp = true;

	constructor(
		private readonly installation: Installation,
		private readonly options: PlayOptions,
		private readonly story: Story,
	) {
		this.chance = createRandom(options.seed, 'play');
	}

	/** What is left when all is over, and how long each video took, in ms. */
	async run(): Promise<{ outcome: Outcome; durationsMs: number[] }> {
		const weather = this.changeWeather();
		const deaths = this.dieNowAndThen();
		try {
			await this.sendAll();
			await this.untilEnded(() => true);
		} finally {
			this.over.abort();
			await Promise.all([weather, deaths]);
		}
		return { outcome: await this.outcome(), durationsMs: this.durationsMs };
	}

	private async rows(table: string): Promise<Cells[]> {
		const query = new URLSearchParams({ table });
		const response = await fetch(`${this.installation.sandbox.baseUrl('airtable')}/_people/records?${query}`);
		const { records } = (await response.json()) as { records: Array<{ fields: Cells }> };
		return records.map(({ fields }) => fields);
	}

	private async openVideos(): Promise<Cells[]> {
		const videos = (await this.rows('Videos')).filter(({ ready }) => ready === true);
		for (const { video_id: id, status } of videos) {
			const sent = this.sent.find(({ videoId }) => videoId === id);
			if (sent === undefined || (status !== 'completed' && status !== 'failed')) continue;
			sent.videoId = `${String(id)} ended`;
			this.durationsMs.push(Date.now() - sent.startedMs);
			this.story.tell('ended', { video: id, status });
		}
		return videos.filter(({ status }) => status !== 'completed' && status !== 'failed');
	}

	/** Waits while videos are open, as long as a video may take after the last one was sent. */
	private async untilEnded(isWaiting: (open: number) => boolean): Promise<void> {
		const lastMs = this.sent.at(-1)?.startedMs ?? Date.now();
		while (Date.now() - lastMs < VIDEO_MAX_MS) {
			const open = await this.openVideos();
			if (open.length === 0 || !isWaiting(open.length)) return;
			await sleep(POLL_MS);
		}
	}

	private async sendAll(): Promise<void> {
		for (let index = 1; index <= this.options.runs; index++) {
			await this.untilEnded((open) => open >= VIDEOS_AT_ONCE);
			while (!this.isUp) await sleep(POLL_MS);
			await this.send(index);
		}
	}

	private async send(index: number): Promise<void> {
		const pick = () => SENTENCES[Math.floor(this.chance() * SENTENCES.length)];
		const sentences = [`Story number ${index}.`, pick(), ...(this.chance() < 0.4 ? [pick(), pick()] : [])];
		const isPersons = this.options.clips.length > 0 && this.chance() < PERSONS_CLIPS_CHANCE;
		const request = {
			script_text: sentences.join(' '),
			target_segment_duration: 5,
			background: isPersons ? 'user' : 'generated',
			// Words of its own, so that no two videos pay for the same music.
			music_prompt: `Calm piano, piece ${index} of seed ${this.options.seed}`,
		};
		const sent: Sent = { index, startedMs: Date.now() };
		this.sent.push(sent);
		const answered = this.post(request);
		if (this.chance() < INTAKE_DEATH_CHANCE && this.mayDie()) {
			await sleep(this.chance() * INTAKE_DEATH_MS);
			await this.die('while a script was taken');
		}
		sent.videoId = await answered;
		this.story.tell('sent', { run: index, video: sent.videoId ?? '(no answer)', background: request.background });
		if (isPersons && sent.videoId !== undefined) {
			await putClips(this.installation.view, sent.videoId, this.options.clips, this.over.signal);
		}
	}

	private async post(request: Record<string, unknown>): Promise<string | undefined> {
		try {
			const response = await fetch(`${this.installation.n8n.baseUrl}${INTAKE_PATH}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json', [API_KEY_HEADER]: this.installation.apiKey },
				body: JSON.stringify(request),
				signal: AbortSignal.timeout(120_000),
			});
			const answer = (await response.json()) as { video_id?: string };
			if (response.status !== 202) this.story.tell('refused', { status: response.status });
			return answer.video_id;
		} catch {
			return undefined;
		}
	}

	private mayDie(): boolean {
		const { deaths = Math.ceil(this.options.runs / VIDEOS_PER_DEATH) } = this.options;
		return this.isUp && this.story.deaths.length < deaths && !this.over.signal.aborted;
	}

	private async die(when: string): Promise<void> {
		this.isUp = false;
		this.story.tell('death', { when });
		await this.installation.kill();
		await sleep(this.chance() * DOWN_MAX_MS);
		await this.installation.restart();
		this.isUp = true;
		this.story.tell('up');
	}

	private async dieNowAndThen(): Promise<void> {
		const chance = createRandom(this.options.seed, 'deaths');
		while (!this.over.signal.aborted) {
			const lifeMs = LIFE_MIN_MS + chance() * LIFE_SPREAD_MS;
			await sleep(lifeMs, undefined, { signal: this.over.signal }).catch(() => undefined);
			if (this.mayDie()) await this.die('at any moment');
		}
	}

	private async changeWeather(): Promise<void> {
		const chance = createRandom(this.options.seed, 'weather');
		while (!this.over.signal.aborted) {
			const isLast = this.sent.length >= this.options.runs;
			const { name, faults } = isLast ? { name: 'fair', faults: {} } : drawWeather(chance);
			this.installation.sandbox.setFaults(faults);
			this.story.tell('weather', { name });
			await sleep(WEATHER_MS, undefined, { signal: this.over.signal }).catch(() => undefined);
		}
		this.installation.sandbox.setFaults({});
	}

	private async outcome(): Promise<Outcome> {
		const { sandbox } = this.installation;
		return {
			videos: await this.rows('Videos'),
			jobs: await this.rows('Jobs'),
			events: await this.rows('Webhook Events'),
			report: sandbox.report(),
			deaths: this.story.deaths,
			publicUrl: sandbox.credentials('spaces').publicBaseUrl,
		};
	}
}
