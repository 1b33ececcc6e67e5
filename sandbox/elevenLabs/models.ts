interface Model {
	id: string;
	name: string;
	maxCharacters: number;
	/** Credits a character. */
	cost: number;
	group: 'standard' | 'turbo';
	/** Whether `previous_request_ids` and the like are taken. */
	stitches: boolean;
}

/** Limits: help.elevenlabs.io article 19572237925521. */
const MODELS: readonly Model[] = [
	{ id: 'eleven_v3', name: 'Eleven v3', maxCharacters: 3_000, cost: 1, group: 'standard', stitches: false },
	{
		id: 'eleven_multilingual_v2',
		name: 'Eleven Multilingual v2',
		maxCharacters: 10_000,
		cost: 1,
		group: 'standard',
		stitches: true,
	},
	{
		id: 'eleven_flash_v2_5',
		name: 'Eleven Flash v2.5',
		maxCharacters: 40_000,
		cost: 0.5,
		group: 'turbo',
		stitches: true,
	},
	{
		id: 'eleven_turbo_v2_5',
		name: 'Eleven Turbo v2.5',
		maxCharacters: 40_000,
		cost: 0.5,
		group: 'turbo',
		stitches: true,
	},
	{ id: 'eleven_flash_v2', name: 'Eleven Flash v2', maxCharacters: 30_000, cost: 0.5, group: 'turbo', stitches: true },
	{ id: 'eleven_turbo_v2', name: 'Eleven Turbo v2', maxCharacters: 30_000, cost: 0.5, group: 'turbo', stitches: true },
];

const LANGUAGES = [
	['en', 'English'],
	['de', 'German'],
	['fr', 'French'],
	['es', 'Spanish'],
	['it', 'Italian'],
	['pt', 'Portuguese'],
	['ja', 'Japanese'],
	['zh', 'Chinese'],
	['ar', 'Arabic'],
	['hi', 'Hindi'],
	['ru', 'Russian'],
	['ko', 'Korean'],
];

export function findModel(id: string): Model | undefined {
	return MODELS.find((model) => model.id === id);
}

/** `GET /v1/models`: a list at the top level. */
export function listModels(): object {
	return MODELS.map((model) => ({
		model_id: model.id,
		name: model.name,
		can_be_finetuned: false,
		can_do_text_to_speech: true,
		can_do_voice_conversion: false,
		can_use_style: true,
		can_use_speaker_boost: true,
		serves_pro_voices: false,
		token_cost_factor: 1,
		description: `${model.name} of the local stand-in`,
		requires_alpha_access: false,
		max_characters_request_free_user: Math.min(2_500, model.maxCharacters),
		max_characters_request_subscribed_user: model.maxCharacters,
		maximum_text_length_per_request: model.maxCharacters,
		languages: LANGUAGES.map(([languageId, name]) => ({ language_id: languageId, name })),
		model_rates: { character_cost_multiplier: model.cost },
		concurrency_group: model.group,
	}));
}
