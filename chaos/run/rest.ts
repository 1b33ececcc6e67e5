import type { World } from '../world/world';
import { rowsOf, type Row } from './table';

const textOf = (row: Row, name: string) => String(row.fields[name] ?? '');

/** Whether everything that was accepted has ended, or waits for a clip that nobody brings; nothing is under way. */
export async function isAtRest(world: World, accepted: number): Promise<boolean> {
	const videos = (await rowsOf(world, 'Videos')).filter(({ fields }) => fields.ready === true);
	if (videos.length < accepted) return false;
	const jobs = await rowsOf(world, 'Jobs');
	const working = new Set(
		jobs.filter((job) => textOf(job, 'status') === 'processing').map((job) => textOf(job, 'video_id')),
	);
	if (videos.some((video) => working.has(textOf(video, 'video_id')))) return false;
	const open = videos.filter((video) => !['completed', 'failed'].includes(textOf(video, 'status')));
	if (open.length === 0) return true;
	const segments = await rowsOf(world, 'Segments');
	return open.every((video) => waitsForPerson(video, segments, jobs));
}

/** Every open job of the video is a background that only a person can bring on, or depends on one. */
function waitsForPerson(video: Row, segments: Row[], jobs: Row[]): boolean {
	const videoId = textOf(video, 'video_id');
	const isMine = (row: Row) => textOf(row, 'video_id') === videoId;
	const isOfPeople = /"background":\{"source":"user"/.test(textOf(video, 'options'));
	const open = jobs.filter((job) => isMine(job) && textOf(job, 'status') === 'pending');
	const backgrounds = open.filter((job) => textOf(job, 'step') === 'background');
	const waits = new Set(backgrounds.map(orderOf));
	const isStuck = (job: Row) => {
		const segment = segments.find((row) => isMine(row) && row.fields.order === orderOf(job));
		if (!segment?.fields.Video) return isOfPeople;
		// A clip that was refused waits for another one; a copy that failed is made again by itself.
		return textOf(segment, 'clip_error') !== '' && textOf(job, 'next_check_at') === '';
	};
	const depends = (job: Row) =>
		['background', 'combine'].includes(textOf(job, 'step'))
			? waits.has(orderOf(job))
			: ['concatenate', 'mix'].includes(textOf(job, 'step'));
	return waits.size > 0 && backgrounds.every(isStuck) && open.every(depends);
}

function orderOf(job: Row): number {
	return Number(/\.(\d+)$/.exec(textOf(job, 'job_key'))?.[1]);
}
