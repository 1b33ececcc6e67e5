import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { SandboxContext } from '../core/types';
import { runFfmpeg } from '../media/ffmpeg';
import { ENCODER_THREADS } from './constants';
import { downloadInput } from './inputs';
import type { ToolkitStorage } from './storage';
import { TaskError } from './taskError';

/** The body of a request that has passed its schema. */
export type Body = Record<string, unknown>;

/** One task at work: its id, its folder, and what it may use. */
export class Work {
	private inputs = 0;

	constructor(
		readonly jobId: string,
		readonly folder: string,
		readonly ffmpeg: SandboxContext['ffmpeg'],
		readonly storage: ToolkitStorage,
		readonly signal: AbortSignal,
	) {}

	/** Downloads a source; the file keeps its extension. */
	async download(url: string): Promise<string> {
		await mkdir(this.folder, { recursive: true });
		this.inputs += 1;
		return await downloadInput(url, this.folder, `input_${this.inputs}`, this.signal);
	}

	/** Where a file of this task goes. */
	path(name: string): string {
		return join(this.folder, name);
	}

	/** Runs ffmpeg in the task's folder. */
	async run(args: string[]): Promise<{ stderr: string }> {
		return await runFfmpeg(this.ffmpeg.ffmpegPath, args, { signal: this.signal, cwd: this.folder });
	}

	/** As {@link run}, for routes that hide the reason in the toolkit's log. */
	async runSilently(args: string[]): Promise<void> {
		await this.run(args).catch(() => {
			this.signal.throwIfAborted();
			throw new TaskError('ffmpeg error (see stderr output for detail)');
		});
	}

	/** Stores a file of this task under its own name, readable by anyone. */
	async publish(name: string): Promise<string> {
		return await this.storage.put(name, this.path(name), { public: true });
	}
}

/** What a route does. Throws {@link TaskError} where the task fails. */
export type Task = (work: Work, body: Body) => Promise<unknown>;

/** Options of an encoded picture and sound, as the routes with codec settings take them. */
export function codecArgs(body: Body): string[] {
	const value = (name: string, fallback: string) => String(body[name] ?? fallback);
	return [
		...['-c:v', value('video_codec', 'libx264'), '-preset', value('video_preset', 'veryfast')],
		...['-crf', value('video_crf', '23'), '-pix_fmt', 'yuv420p', '-threads', String(ENCODER_THREADS)],
		...['-c:a', value('audio_codec', 'aac'), '-b:a', value('audio_bitrate', '128k')],
	];
}
