import { probeMedia } from '../../media/probe';
import { ENCODER_THREADS } from '../constants';
import { TaskError } from '../taskError';
import type { Task } from '../work';

/** `/v1/image/convert/video`: a slow zoom at 1920x1080 or 1080x1920; a square counts as upright. */
export const imageToVideo: Task = async (work, body) => {
	const file = await work.download(String(body.image_url));
	const image = await probeMedia(work.ffmpeg.ffprobePath, file).catch(() => {
		throw new TaskError(`cannot identify image file '${file}'`);
	});
	const isWide = (image.video?.width ?? 0) > (image.video?.height ?? 0);
	const [width, height] = isWide ? [1920, 1080] : [1080, 1920];
	const lengthS = Number(body.length ?? 5);
	const rate = Number(body.frame_rate ?? 30);
	const frames = Math.max(1, Math.round(lengthS * rate));
	const growth = Number(body.zoom_speed ?? 3) / 100;

	const name = `${work.jobId}.mp4`;
	const large = `${width * 2}:${height * 2}`;
	const filter = [
		`scale=${large}:force_original_aspect_ratio=increase,crop=${large}`,
		`zoompan=z='1+${growth}*on/${frames}':x='iw/2-(iw/zoom/2)':y='ih/2-(ih/zoom/2)':d=${frames}:s=${width}x${height}:fps=${rate}`,
		'setsar=1,format=yuv420p',
	].join(',');
	const picture = ['-vf', filter, '-frames:v', String(frames), '-c:v', 'libx264', '-preset', 'veryfast'];
	await work.runSilently(['-i', file, ...picture, '-threads', String(ENCODER_THREADS), work.path(name)]);
	return await work.publish(name);
};
