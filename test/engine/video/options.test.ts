import { readVideoOptions } from '../../../engine/video/options';

describe('the options of a video', () => {
	it('have defaults for everything', () => {
		const result = readVideoOptions({});

		expect(result).toMatchObject({
			ok: true,
			value: {
				background: { source: 'user', model: 'kling' },
				picture: { width: 1920, height: 1080, fps: 30, fit: 'loop' },
				music: { model: 'Qubico/diffrhythm', extension: 'flac' },
				maxAttempts: 3,
				deadlineS: 1800,
			},
		});
	});

	it('take numbers that came as text, and empty text as absent', () => {
		const result = readVideoOptions({ width: '1281', voice_id: '', language_code: 'de', voice_speaker_boost: 'false' });

		expect(result).toMatchObject({
			ok: true,
			value: { picture: { width: 1282 }, voice: { languageCode: 'de', settings: { use_speaker_boost: false } } },
		});
	});

	it.each([
		['background', 'stock'],
		['voice_id', '../secrets'],
		['voice_id', 7],
		['music_extension', '../flac'],
		['voice_model', 'a b'],
		['clip_fit', 'stretch'],
		['music_prompt', 'x'.repeat(2001)],
		['width', 'wide'],
		['height', 99_999],
		['voice_stability', 2],
		['background_task_input', 'text'],
		['background_task_input', [1]],
		['max_attempts', 0],
	])('refuse a wrong %s by its name', (field, value) => {
		expect(readVideoOptions({ [field]: value })).toMatchObject({ ok: false, code: 'invalid_setting', field });
	});

	it('add further input of a model', () => {
		const result = readVideoOptions({ background_task_input: { mode: 'pro' } });

		expect(result).toMatchObject({ ok: true, value: { background: { taskInput: { mode: 'pro', duration: 5 } } } });
	});
});
