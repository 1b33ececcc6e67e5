import type { Operations } from '../../shared/router';
import * as audio from './audio';
import * as code from './code';
import * as image from './image';
import * as job from './job';
import * as media from './media';
import * as raw from './raw';
import * as storage from './storage';
import * as toolkit from './toolkit';
import * as video from './video';

/** Resource → operation → what it does. */
export const operations: Operations = {
	audio: {
		concatenate: audio.concatenate.execute,
	},
	code: {
		executePython: code.executePython.execute,
	},
	image: {
		screenshot: image.screenshot.execute,
	},
	job: {
		get: job.get.execute,
		getAll: job.getAll.execute,
		getEvidence: job.getEvidence.execute,
		waitFor: job.waitFor.execute,
	},
	media: {
		convert: media.convert.execute,
		convertToMp3: media.convertToMp3.execute,
		download: media.download.execute,
		generateAss: media.generateAss.execute,
		metadata: media.metadata.execute,
		silence: media.silence.execute,
		transcribe: media.transcribe.execute,
	},
	raw: {
		request: raw.request.execute,
	},
	storage: {
		upload: storage.upload.execute,
	},
	toolkit: {
		authenticate: toolkit.authenticate.execute,
		test: toolkit.test.execute,
	},
	video: {
		caption: video.caption.execute,
		combine: video.combine.execute,
		compose: video.compose.execute,
		concatenate: video.concatenate.execute,
		cut: video.cut.execute,
		imageToVideo: video.imageToVideo.execute,
		mixMusic: video.mixMusic.execute,
		split: video.split.execute,
		thumbnail: video.thumbnail.execute,
		trim: video.trim.execute,
	},
};
