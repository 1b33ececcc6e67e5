/**
 * @needs n8n
 * @runs sandbox/demo/main.ts
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort, isPortFree } from '../../sandbox/demo/n8n';
import type { DemoResult } from '../../sandbox/demo/result';
import { findMediaBinaries } from '../../sandbox/media/binaries';
import { probeMedia } from '../../sandbox/media/probe';
import { packedPackage, ROOT } from '../support/n8n/package';

const DEMO_MS = 420_000;

describe('npm run demo', () => {
	let folder: string;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'video-engine-command-'));
		await packedPackage();
	}, DEMO_MS);

	afterAll(async () => {
		await rm(folder, { recursive: true, force: true });
	});

	function demo(...args: string[]) {
		return spawn(process.execPath, ['tools/run.mjs', 'demo', '--', '--dir', folder, ...args], { cwd: ROOT });
	}

	it(
		'makes a video, says where it is as JSON, and leaves nothing running',
		async () => {
			const script = join(folder, 'script.txt');
			const out = join(folder, 'film.mp4');
			await writeFile(script, 'A short film about a short film. It ends as soon as it has begun.');
			const port = await freePort();
			const child = demo('--once', '--json', '--script', script, '--out', out, '--port', String(port));
			const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
			expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
			const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as DemoResult;
			expect(result).toMatchObject({ status: 'completed', out, segments: 1, finalUrl: expect.any(String) });
			expect(result.steps.map(({ jobKey }) => jobKey.split('.')[1]).sort()).toEqual(
				['background', 'combine', 'concatenate', 'mix', 'music', 'voiceover'].sort(),
			);
			expect((await stat(out)).size).toBeGreaterThan(0);
			expect(result.durationS).toBeCloseTo(Number(result.narrationS), 0);
			const probe = await probeMedia(findMediaBinaries().ffprobePath, out);
			expect(probe.video).toMatchObject({
				codec_name: 'h264',
				width: 1920,
				height: 1080,
				pix_fmt: 'yuv420p',
				r_frame_rate: '30/1',
			});
			expect(await isPortFree(port)).toBe(true);
		},
		DEMO_MS,
	);

	it(
		'says what is wrong with the command line, without a stack',
		async () => {
			const child = demo('--script', join(folder, 'missing.txt'));
			const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
			expect(code).toBe(2);
			expect(stderr).toMatch(/--script: cannot read/);
			expect(stderr).not.toMatch(/^\s+at /m);
		},
		DEMO_MS,
	);
});
