import { setTimeout as sleep } from 'node:timers/promises';
import { putClips, type ClipFile } from '../../sandbox/demo/clips';
import { API_KEY_HEADER, INTAKE_PATH } from '../../sandbox/demo/constants';
import {
	INTAKE_PAUSE_MS,
	INTAKE_TIMEOUT_MS,
	INTAKE_TRIES_MAX,
	PARALLEL_VIDEOS,
	PARALLEL_WITH_SLOW,
	POLL_MS,
	SLOW_VIDEO_MS,
	VIDEO_LIMIT_MS,
} from './constants';
import type { Journal } from './journal';
import type { Machine } from './machine';
import { requestOf } from './scripts';
import { rowsOf, textOf } from './tables';

const ENDED = ['completed', 'failed', 'cancelled'];

/** A video that was asked for. */
export interface Film {
	index: number;
	title: string;
	videoId?: string;
	sentAtMs: number;
	endedAtMs?: number;
	/** As in the table Videos; undefined until it has ended. */
	status?: string;
}

/** Sends scripts in, a few at a time, and follows their videos to the end. */
export class Filming {
	readonly films: Film[] = [];
	private readonly sending = new Set<Promise<void>>();

	constructor(
		private readonly machine: Machine,
		private readonly journal: Journal,
		private readonly seed: number,
		/** What people put into the tables. */
		private readonly clips: ClipFile[],
		private readonly print: (line: string) => void,
	) {}

	/** Resolves when so many videos have ended or taken too long. */
	async make(runs: number): Promise<void> {
		for (;;) {
			await this.look();
			const open = this.films.filter((film) => film.endedAtMs === undefined);
			if (this.films.length === runs && open.every((film) => isOverdue(film))) break;
			if (this.films.length < runs && this.mayBegin(open)) this.begin(this.films.length + 1);
			await sleep(POLL_MS);
		}
		await Promise.all(this.sending);
	}

	private mayBegin(open: Film[]): boolean {
		const quick = open.filter(({ sentAtMs }) => Date.now() - sentAtMs < SLOW_VIDEO_MS);
		return quick.length < PARALLEL_VIDEOS && open.length < PARALLEL_WITH_SLOW;
	}

	private begin(index: number): void {
		const film: Film = { index, title: requestOf(this.seed, index).title, sentAtMs: Date.now() };
		this.films.push(film);
		const sent = this.send(film)
			.then(async () => await this.putClips(film))
			.finally(() => this.sending.delete(sent));
		this.sending.add(sent);
	}

	/** Sends until the script is taken, as a careful client does: it looks for its video before it sends again. */
	private async send(film: Film): Promise<void> {
		for (let attempt = 1; attempt <= INTAKE_TRIES_MAX; attempt++) {
			const n8n = await this.whenUp();
			film.videoId ??= await this.request(n8n.baseUrl, film);
			if (film.videoId !== undefined) return;
			// Whoever wrote rows of this request must be done: the process has ended, or has answered.
			await sleep(INTAKE_PAUSE_MS);
			await this.whenUp();
			film.videoId = await this.readyVideo(film.title);
			if (film.videoId !== undefined) return;
		}
		film.endedAtMs = Date.now();
		film.status = 'refused';
	}

	private async whenUp() {
		for (;;) {
			const { running } = this.machine;
			if (running) return running;
			await sleep(POLL_MS);
		}
	}

	/** The id of the video; undefined when it was refused or the connection ended. */
	private async request(baseUrl: string, film: Film): Promise<string | undefined> {
		const request = requestOf(this.seed, film.index);
		const { title } = request;
		this.journal.write({ kind: 'intake', title });
		const answer = await this.post(baseUrl, request);
		this.journal.write({ kind: 'intake answered', title, ...answer });
		return answer.status === 202 ? answer.videoId : undefined;
	}

	private async post(baseUrl: string, body: object): Promise<{ status: number; videoId?: string; reason?: string }> {
		try {
			const response = await fetch(`${baseUrl}${INTAKE_PATH}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json', [API_KEY_HEADER]: this.machine.installation.apiKey },
				body: JSON.stringify(body),
				signal: AbortSignal.timeout(INTAKE_TIMEOUT_MS),
			});
			const text = await response.text();
			if (response.status !== 202) return { status: response.status, reason: text.slice(0, 300) };
			return { status: 202, videoId: (JSON.parse(text) as { video_id: string }).video_id };
		} catch (error) {
			return { status: 0, reason: error instanceof Error ? error.message : String(error) };
		}
	}

	/** Where the video waits for a person's clips, the person comes, and comes again where Airtable refused. */
	private async putClips({ index, videoId }: Film): Promise<void> {
		if (videoId === undefined || requestOf(this.seed, index).background !== 'user') return;
		const { view } = this.machine.installation;
		for (let attempt = 1; attempt <= INTAKE_TRIES_MAX; attempt++) {
			try {
				return await putClips(view, videoId, this.clips, new AbortController().signal);
			} catch {
				await sleep(INTAKE_PAUSE_MS);
			}
		}
	}

	/** A video whose rows were all written, although nobody heard the answer. */
	private async readyVideo(title: string): Promise<string | undefined> {
		const rows = await rowsOf(this.machine.airtableUrl, 'Videos');
		const row = rows.find((fields) => fields.title === title && fields.ready === true);
		return row && textOf(row.video_id);
	}

	private async look(): Promise<void> {
		const rows = await rowsOf(this.machine.airtableUrl, 'Videos');
		const statuses = new Map(rows.map(({ video_id, status }) => [textOf(video_id), textOf(status)]));
		for (const film of this.films) {
			const status = statuses.get(film.videoId ?? '');
			if (film.endedAtMs !== undefined || status === undefined || !ENDED.includes(status)) continue;
			Object.assign(film, { status, endedAtMs: Date.now() });
			const seconds = Math.round((Date.now() - film.sentAtMs) / 1000);
			this.journal.write({ kind: 'video ended', videoId: film.videoId, status, seconds });
			this.print(`${film.title} ${status} after ${seconds} s`);
		}
	}
}

function isOverdue({ sentAtMs, endedAtMs }: Film): boolean {
	return endedAtMs !== undefined || Date.now() - sentAtMs > VIDEO_LIMIT_MS;
}
