import { caption } from './operations/caption';
import { compose } from './operations/compose';
import { concatenateAudio, concatenateVideos } from './operations/concatenate';
import { imageToVideo } from './operations/image';
import { convert, convertToMp3, metadata, silence } from './operations/media';
import { selfTest, upload } from './operations/storage';
import { cut, split, thumbnail, trim } from './operations/video';
import { SCHEMAS } from './schemas';
import type { Schema } from './validate';
import type { Task } from './work';

/** A route of the toolkit. Status and authentication have no task: they are answered from the job files. */
export interface Route {
	method: 'GET' | 'POST';
	/** The `endpoint` of envelopes, which isn't always the path. */
	endpoint: string;
	schema?: Schema;
	/** Answered at once, without a webhook, whatever the caller asks for. */
	isInline?: true;
	/** May come without a body. */
	isBodyOptional?: true;
	task?: Task;
}

type PathWithSchema = keyof typeof SCHEMAS;

function post(path: PathWithSchema, task: Task | undefined, more: Partial<Route> = {}): [string, Route] {
	return [path, { method: 'POST', endpoint: path, schema: SCHEMAS[path], task, ...more }];
}

function alias(path: string, of: PathWithSchema, task: Task, endpoint: string): [string, Route] {
	return [path, { method: 'POST', endpoint, schema: SCHEMAS[of], task }];
}

/**
 * All routes that this toolkit has, by path. As in the observed installation, what needs Whisper, a browser or the
 * internet wasn't loaded, so that its path is unknown: transcribe, generate/ass, screenshot, download.
 */
export const ROUTES: ReadonlyMap<string, Route> = new Map([
	post('/v1/audio/concatenate', concatenateAudio),
	post('/v1/video/concatenate', concatenateVideos),
	post('/v1/ffmpeg/compose', compose),
	post('/v1/image/convert/video', imageToVideo),
	alias('/v1/image/transform/video', '/v1/image/convert/video', imageToVideo, '/v1/image/transform/video'),
	post('/v1/media/convert', convert),
	post('/v1/media/convert/mp3', convertToMp3, { endpoint: '/v1/media/transform/mp3' }),
	alias('/v1/media/transform/mp3', '/v1/media/convert/mp3', convertToMp3, '/v1/media/transform/mp3'),
	post('/v1/media/metadata', metadata, { isInline: true }),
	post('/v1/media/silence', silence),
	post('/v1/video/caption', caption),
	post('/v1/video/cut', cut),
	post('/v1/video/split', split),
	post('/v1/video/thumbnail', thumbnail),
	post('/v1/video/trim', trim),
	post('/v1/s3/upload', upload),
	post('/v1/toolkit/job/status', undefined, { isInline: true }),
	post('/v1/toolkit/jobs/status', undefined, { isInline: true, isBodyOptional: true }),
	['/v1/toolkit/test', { method: 'GET', endpoint: '/v1/toolkit/test', isInline: true, task: selfTest }],
	['/v1/toolkit/authenticate', { method: 'GET', endpoint: '/authenticate', isInline: true }],
]);
