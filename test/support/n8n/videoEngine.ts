import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findClips, type ClipFile } from '../../../sandbox/demo/clips';
import { makeVideo, startDemo, type DemoInputs, type RunningDemo } from '../../../sandbox/demo/demo';
import type { DemoOptions } from '../../../sandbox/demo/options';
import type { DemoResult } from '../../../sandbox/demo/result';
import { freePort } from '../../../sandbox/demo/n8n';
import { findMediaBinaries } from '../../../sandbox/media/binaries';
import { packedPackage } from './package';

const run = promisify(execFile);
const TIMEOUT_MIN = 10;
const POLL_MS = 500;
const UNDER_WAY = ['new', 'running', 'waiting'];

export interface VideoRequest {
	script: string;
	clips?: ClipFile[];
}

/** The whole engine on this machine: a real n8n with the packed package, our workflows, and all stand-ins. */
export class VideoEngineUnderTest {
	private constructor(
		readonly demo: RunningDemo,
		readonly folder: string,
		private readonly options: DemoOptions,
		private readonly inputs: DemoInputs,
	) {}

	/** @param more settings of stand-ins and of n8n, over the demo's own */
	static async start(more: Pick<DemoInputs, 'settings' | 'env' | 'adapt'> = {}): Promise<VideoEngineUnderTest> {
		const folder = await mkdtemp(join(tmpdir(), 'video-engine-e2e-'));
		const options: DemoOptions = {
			once: true,
			json: true,
			script: '',
			out: join(folder, 'out.mp4'),
			port: await freePort(),
			dir: folder,
			timeoutMin: TIMEOUT_MIN,
		};
		const inputs: DemoInputs = { script: '', faults: {}, real: {}, tarball: await packedPackage(), ...more };
		try {
			const demo = await startDemo(options, inputs, () => undefined);
			return new VideoEngineUnderTest(demo, folder, options, inputs);
		} catch (error) {
			await rm(folder, { recursive: true, force: true });
			throw error;
		}
	}

	/** Sends a script in, follows its video to the end and waits until everything about it was written. */
	async make(request: VideoRequest): Promise<DemoResult> {
		const inputs = { ...this.inputs, ...request };
		const result = await makeVideo(this.demo, this.options, inputs, () => undefined, new AbortController().signal);
		await this.settled();
		return { ...result, report: this.demo.sandbox.report() };
	}

	/** Resolves when no workflow is at work any more: a video is completed a moment before its last execution ends. */
	async settled(): Promise<void> {
		for (;;) {
			const executions = await this.demo.n8n.executions();
			if (executions.every(({ status }) => !UNDER_WAY.includes(status))) return;
			await sleep(POLL_MS);
		}
	}

	/** Two short clips as a person would have them: of other sizes than the film, the second one silent. */
	async clips(): Promise<ClipFile[]> {
		const folder = join(this.folder, 'clips');
		await mkdir(folder, { recursive: true });
		const { ffmpegPath } = findMediaBinaries();
		const picture = ['-y', '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-t', '2'];
		const sound = ['-f', 'lavfi', '-i', 'sine=frequency=300:duration=2'];
		await run(ffmpegPath, [
			'-f',
			'lavfi',
			'-i',
			'testsrc=size=640x360:rate=25',
			...sound,
			...picture,
			join(folder, 'one.mp4'),
		]);
		await run(ffmpegPath, [
			'-f',
			'lavfi',
			'-i',
			'mandelbrot=size=480x640:rate=24',
			...picture,
			join(folder, 'two.mov'),
		]);
		return await findClips(folder);
	}

	async stop(): Promise<void> {
		await this.demo.stop();
		await rm(this.folder, { recursive: true, force: true });
	}
}
