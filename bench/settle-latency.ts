/**
 * How long a result waits at its provider while every callback is lost, in a real n8n on the real clock with the
 * default tick: from the moment at which the provider was done to the completed job, which includes the copy into
 * Spaces. The peer is the usual scan for stuck jobs every five minutes, on the very same results.
 */
import { Installation } from '../chaos/real/installation';
import { API_KEY_HEADER, INTAKE_PATH } from '../sandbox/demo/constants';
import { packedPackage } from '../test/support/n8n/package';
import { readSize, rounded, runProgram, type Finding } from './support/program';

const VIDEOS = 8;
const POLL_MS = 1_000;
const GIVE_UP_MS = 30 * 60_000;
const MS_PER_S = 1_000;
const PEER_SCAN_MS = 5 * 60_000;
const PICTURE = { width: 320, height: 180, fps: 15, encoder_preset: 'ultrafast' };

interface Found {
	jobKey: string;
	/** When the provider was done, ms since the epoch. */
	doneMs: number;
	/** When the job was completed, ms since the epoch. */
	completedMs: number;
}

async function measure(argv: string[]): Promise<Finding> {
	const videos = readSize(argv, 'videos', VIDEOS);
	const onProgress = () => undefined;
	const installation = await Installation.start({ tarball: await packedPackage(), configured: PICTURE, onProgress });
	try {
		const found = await loseAllCallbacks(installation, videos);
		const waits = found.map(({ doneMs, completedMs }) => completedMs - doneMs);
		// Where a scan runs every five minutes, it comes at any moment after the result.
		const peer = found.map((_, index) => (PEER_SCAN_MS * (index + 0.5)) / found.length);
		return {
			what: `${found.length} results of ${videos} videos, every callback lost, from "done" to "completed"`,
			rows: [row('tick of 30 s', waits), row('scan every 5 min', peer)],
			ratios: {
				p95: quantile(waits, 0.95) / quantile(peer, 0.95),
				seconds: quantile(waits, 0.5) / quantile(peer, 0.5),
			},
		};
	} finally {
		await installation.stop();
	}
}

async function loseAllCallbacks(installation: Installation, videos: number): Promise<Found[]> {
	const { sandbox, view } = installation;
	const doneMs = new Map<string, number>();
	sandbox.onLog(({ kind, fault, jobKey, at }) => {
		if (kind === 'fault' && fault === 'drop' && typeof jobKey === 'string') doneMs.set(jobKey, Date.parse(String(at)));
	});
	sandbox.setFaults({ callbacks: { drop: 1 } });
	const videoIds = await Promise.all(
		Array.from({ length: videos }, async (_, index) => await send(installation, index)),
	);
	const endMs = Date.now() + GIVE_UP_MS;
	for (const videoId of videoIds) {
		for (;;) {
			const [video] = await view.records('Videos', videoId);
			if (video?.fields.status === 'completed') break;
			if (video?.fields.status === 'failed')
				throw new Error(`${videoId} failed: ${String(video.fields.error_message)}`);
			if (Date.now() > endMs) throw new Error(`${videoId} did not end`);
			await new Promise((resolve) => setTimeout(resolve, POLL_MS));
		}
	}
	const jobs = (await Promise.all(videoIds.map(async (videoId) => await view.records('Jobs', videoId)))).flat();
	return jobs.flatMap(({ fields }) => {
		const jobKey = String(fields.job_key);
		const done = doneMs.get(jobKey);
		return done === undefined ? [] : [{ jobKey, doneMs: done, completedMs: Date.parse(String(fields.completed_at)) }];
	});
}

async function send({ n8n, apiKey }: Installation, index: number): Promise<string> {
	const response = await fetch(`${n8n.baseUrl}${INTAKE_PATH}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', [API_KEY_HEADER]: apiKey },
		body: JSON.stringify({
			script_text: `Letter number ${index + 1} was never delivered. It still has something to say.`,
			background: 'generated',
			music_prompt: `Calm piano, piece ${index + 1}`,
		}),
	});
	if (response.status !== 202) throw new Error(`The script was refused: ${response.status}`);
	return ((await response.json()) as { video_id: string }).video_id;
}

function quantile(values: number[], part: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}

function row(name: string, waits: number[]) {
	const seconds = (part: number) => rounded(quantile(waits, part) / MS_PER_S);
	return { name, p50S: seconds(0.5), p95S: seconds(0.95), maxS: seconds(1) };
}

runProgram(measure);
