import { probeMedia } from '../../media/probe';
import { TaskError } from '../taskError';
import { codecArgs, type Task, type Work } from '../work';

interface Span {
	start: string;
	end: string;
}

/** `/v1/video/trim` */
export const trim: Task = async (work, body) => {
	const file = await work.download(String(body.video_url));
	const start = String(body.start ?? '00:00:00');
	const startS = secondsOf(start);
	const endS = body.end === undefined ? undefined : secondsOf(String(body.end));
	if (endS !== undefined && startS >= endS) {
		throw new TaskError(`Invalid trim: start time (${start}) must be before end time (${String(body.end)})`);
	}
	const name = `${work.jobId}_output.mp4`;
	const length = endS === undefined ? [] : ['-t', String(endS - startS)];
	await work.runSilently(['-ss', String(startS), '-i', file, ...length, ...codecArgs(body), work.path(name)]);
	return await work.publish(name);
};

/** `/v1/video/split` */
export const split: Task = async (work, body) => {
	const file = await work.download(String(body.video_url));
	const results: Array<{ file_url: string }> = [];
	for (const [index, part] of (body.splits as Span[]).entries()) {
		const name = `${work.jobId}_split_${index + 1}.mp4`;
		await cutOut(work, file, part, codecArgs(body), name);
		results.push({ file_url: await work.publish(name) });
	}
	return results;
};

async function cutOut(work: Work, file: string, { start, end }: Span, codecs: string[], name: string): Promise<void> {
	const startS = secondsOf(start);
	const lengthS = secondsOf(end) - startS;
	if (lengthS <= 0) throw new TaskError(`Invalid split: start time (${start}) must be before end time (${end})`);
	await work.runSilently(['-ss', String(startS), '-i', file, '-t', String(lengthS), ...codecs, work.path(name)]);
}

/** `/v1/video/cut`: the parts between the cuts, joined. */
export const cut: Task = async (work, body) => {
	const file = await work.download(String(body.video_url));
	const media = await probeMedia(work.ffmpeg.ffprobePath, file).catch(() => {
		throw new TaskError('ffmpeg error (see stderr output for detail)');
	});
	const kept = keptParts(body.cuts as Span[], media.durationS);
	if (kept.length === 0) throw new TaskError('Nothing is left after the cuts');
	const inside = kept.map(([fromS, toS]) => `between(t,${fromS},${toS})`).join('+');
	const sound = media.audio ? ['-af', `aselect='${inside}',asetpts=N/SR/TB`] : [];
	const name = `${work.jobId}_output.mp4`;
	const picture = ['-vf', `select='${inside}',setpts=N/FRAME_RATE/TB`];
	await work.runSilently(['-i', file, ...picture, ...sound, ...codecArgs(body), work.path(name)]);
	return await work.publish(name);
};

function keptParts(cuts: Span[], durationS: number): Array<[fromS: number, toS: number]> {
	const sorted = cuts.map(({ start, end }) => [secondsOf(start), secondsOf(end)]).sort((a, b) => a[0] - b[0]);
	const kept: Array<[number, number]> = [];
	let fromS = 0;
	for (const [startS, endS] of sorted) {
		if (startS > fromS) kept.push([fromS, Math.min(startS, durationS)]);
		fromS = Math.max(fromS, endS);
	}
	return fromS < durationS ? [...kept, [fromS, durationS]] : kept;
}

/** `/v1/video/thumbnail` */
export const thumbnail: Task = async (work, body) => {
	const file = await work.download(String(body.video_url));
	const name = `${work.jobId}_thumbnail.jpg`;
	const at = String(body.second ?? 0);
	await work.runSilently(['-ss', at, '-i', file, '-frames:v', '1', '-q:v', '2', work.path(name)]);
	return await work.publish(name);
};

/** Seconds of `HH:MM:SS.mmm`, `MM:SS` or a number. */
function secondsOf(time: string): number {
	const parts = time.split(':').map(Number);
	if (parts.length > 3 || parts.some((part) => !Number.isFinite(part) || part < 0)) {
		throw new TaskError(`Invalid time: ${time}`);
	}
	return parts.reduce((total, part) => total * 60 + part, 0);
}
