/** Name for people in errors. */
export const SERVICE_LABEL = 'NCA Toolkit';

/** The toolkit's own worker ends a request after 300 s (default of its gunicorn; nca-observed). */
export const SYNC_TIMEOUT_DEFAULT_S = 300;
/** Queueing answers in milliseconds; a sync job in a single worker makes every other request wait. */
export const SUBMIT_TIMEOUT_MS = 60_000;
export const STATUS_TIMEOUT_MS = 30_000;

export const WAIT_INTERVAL_DEFAULT_S = 10;
export const WAIT_DEADLINE_DEFAULT_S = 1800;
/** Two misses in a row count: the toolkit writes its job file without a lock, so one read may go wrong. */
export const WAIT_MISSES_MAX = 2;

/** How far back a bulk status question reaches: longer than the longest healthy job on record (2,640 s). */
export const STATUS_WINDOW_DEFAULT_S = 4 * 3600;

/** Paths of the toolkit's v1 API (github.com/stephengpope/no-code-architects-toolkit, build 209). */
export const PATHS = {
	audioConcatenate: '/v1/audio/concatenate',
	access: '/v1/toolkit/authenticate',
	caption: '/v1/video/caption',
	compose: '/v1/ffmpeg/compose',
	convert: '/v1/media/convert',
	convertToMp3: '/v1/media/convert/mp3',
	cut: '/v1/video/cut',
	download: '/v1/BETA/media/download',
	executePython: '/v1/code/execute/python',
	generateAss: '/v1/media/generate/ass',
	imageToVideo: '/v1/image/convert/video',
	jobStatus: '/v1/toolkit/job/status',
	jobsStatus: '/v1/toolkit/jobs/status',
	metadata: '/v1/media/metadata',
	screenshot: '/v1/image/screenshot/webpage',
	silence: '/v1/media/silence',
	split: '/v1/video/split',
	test: '/v1/toolkit/test',
	thumbnail: '/v1/video/thumbnail',
	transcribe: '/v1/media/transcribe',
	trim: '/v1/video/trim',
	upload: '/v1/s3/upload',
	videoConcatenate: '/v1/video/concatenate',
} as const;
