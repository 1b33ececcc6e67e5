import type { Schema } from './validate';

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const number: Schema = { type: 'number' };

/** Members that nearly every route takes. */
const common = { webhook_url: text, id: text };

function body(required: string[], properties: Record<string, Schema>): Schema {
	return { type: 'object', properties: { ...properties, ...common }, required, additionalProperties: false };
}

function listOf(required: string[], properties: Record<string, Schema>): Schema {
	return { type: 'array', items: { type: 'object', properties, required }, minItems: 1 };
}

const options = (minimum?: number): Schema => ({
	type: 'array',
	...(minimum === undefined ? {} : { minItems: minimum }),
	items: {
		type: 'object',
		properties: { option: text, argument: { type: ['string', 'number', 'null'] } },
		required: ['option'],
	},
});

const codecs: Record<string, Schema> = {
	video_codec: text,
	video_preset: text,
	video_crf: { type: 'number', minimum: 0, maximum: 51 },
	audio_codec: text,
	audio_bitrate: text,
};

const span = { start: text, end: text };

const captionSettings: Schema = {
	type: 'object',
	additionalProperties: false,
	properties: {
		line_color: text,
		word_color: text,
		outline_color: text,
		all_caps: flag,
		max_words_per_line: { type: 'integer' },
		x: { type: 'integer' },
		y: { type: 'integer' },
		position: {
			type: 'string',
			enum: [
				'bottom_left',
				'bottom_center',
				'bottom_right',
				'middle_left',
				'middle_center',
				'middle_right',
				'top_left',
				'top_center',
				'top_right',
			],
		},
		alignment: { type: 'string', enum: ['left', 'center', 'right'] },
		font_family: text,
		font_size: { type: 'integer' },
		bold: flag,
		italic: flag,
		underline: flag,
		strikeout: flag,
		style: { type: 'string', enum: ['classic', 'karaoke', 'highlight', 'underline', 'word_by_word'] },
		outline_width: { type: 'integer' },
		spacing: { type: 'integer' },
		angle: { type: 'integer' },
		shadow_offset: { type: 'integer' },
	},
};

/** What each route takes, by path. */
export const SCHEMAS = {
	'/v1/audio/concatenate': body(['audio_urls'], { audio_urls: listOf(['audio_url'], { audio_url: text }) }),
	'/v1/video/concatenate': body(['video_urls'], { video_urls: listOf(['video_url'], { video_url: text }) }),
	'/v1/ffmpeg/compose': body(['inputs', 'outputs'], {
		inputs: listOf(['file_url'], { file_url: text, options: options() }),
		filters: { type: 'array', items: { type: 'object', properties: { filter: text }, required: ['filter'] } },
		outputs: listOf(['options'], { options: options() }),
		global_options: options(),
		metadata: {
			type: 'object',
			properties: { thumbnail: flag, filesize: flag, duration: flag, bitrate: flag, encoder: flag },
		},
	}),
	'/v1/image/convert/video': body(['image_url'], {
		image_url: text,
		length: { type: 'number', minimum: 0.1, maximum: 400 },
		frame_rate: { type: 'integer', minimum: 15, maximum: 60 },
		zoom_speed: { type: 'number', minimum: 0, maximum: 100 },
	}),
	'/v1/media/convert': body(['media_url', 'format'], { media_url: text, format: text, ...codecs }),
	'/v1/media/convert/mp3': body(['media_url'], {
		media_url: text,
		bitrate: { type: 'string', pattern: '^[0-9]+k$' },
		sample_rate: number,
	}),
	'/v1/media/metadata': body(['media_url'], { media_url: text }),
	'/v1/media/silence': body(['media_url', 'duration'], {
		media_url: text,
		duration: { type: 'number', minimum: 0.1 },
		...span,
		noise: text,
		mono: flag,
	}),
	'/v1/video/caption': body(['video_url'], {
		video_url: text,
		captions: text,
		settings: captionSettings,
		replace: {
			type: 'array',
			items: { type: 'object', properties: { find: text, replace: text }, required: ['find', 'replace'] },
		},
		exclude_time_ranges: { type: 'array', items: { type: 'object', properties: span, required: ['start', 'end'] } },
		language: text,
	}),
	'/v1/video/cut': body(['video_url', 'cuts'], { video_url: text, cuts: listOf(['start', 'end'], span), ...codecs }),
	'/v1/video/split': body(['video_url', 'splits'], {
		video_url: text,
		splits: listOf(['start', 'end'], span),
		...codecs,
	}),
	'/v1/video/thumbnail': body(['video_url'], { video_url: text, second: { type: 'number', minimum: 0 } }),
	'/v1/video/trim': body(['video_url'], { video_url: text, ...span, ...codecs }),
	'/v1/s3/upload': {
		type: 'object',
		properties: { file_url: text, filename: text, public: flag, download_headers: { type: 'object' } },
		required: ['file_url'],
	},
	'/v1/toolkit/job/status': body(['job_id'], { job_id: text }),
	'/v1/toolkit/jobs/status': body([], { since_seconds: number }),
} satisfies Record<string, Schema>;
