/** Every route: label by label, `:id` for the one variable part. */
const ROUTES = {
	speech: 'POST /v1/text-to-speech/:voiceId',
	speechStream: 'POST /v1/text-to-speech/:voiceId/stream',
	speechTimed: 'POST /v1/text-to-speech/:voiceId/with-timestamps',
	speechTimedStream: 'POST /v1/text-to-speech/:voiceId/stream/with-timestamps',
	transcribe: 'POST /v1/speech-to-text',
	transcript: 'GET /v1/speech-to-text/transcripts/:transcriptionId',
	voices: 'GET /v1/voices',
	voicesPaged: 'GET /v2/voices',
	voice: 'GET /v1/voices/:voiceId',
	models: 'GET /v1/models',
	subscription: 'GET /v1/user/subscription',
	user: 'GET /v1/user',
	history: 'GET /v1/history',
	historyItem: 'GET /v1/history/:itemId',
	historyDelete: 'DELETE /v1/history/:itemId',
	historyAudio: 'GET /v1/history/:itemId/audio',
	webhookList: 'GET /v1/workspace/webhooks',
	webhookCreate: 'POST /v1/workspace/webhooks',
	webhookUpdate: 'PATCH /v1/workspace/webhooks/:webhookId',
	webhookDelete: 'DELETE /v1/workspace/webhooks/:webhookId',
	musicPlan: 'POST /v1/music/plan',
	musicDetailed: 'POST /v1/music/detailed',
	music: 'POST /v1/music',
	musicStream: 'POST /v1/music/stream',
	sound: 'POST /v1/sound-generation',
} as const;

type RouteKey = keyof typeof ROUTES;
/** The stream of music is answered as the music itself. */
export type RouteName = Exclude<RouteKey, 'musicStream'>;

export interface RouteMatch {
	name: RouteName;
	/** The variable part, decoded; empty where there is none. */
	id: string;
}

const PATTERNS = (Object.entries(ROUTES) as Array<[RouteKey, string]>).map(([name, label]) => {
	const source = label.replace(/\/:\w+/, '/([^/]+)');
	return { name, label, pattern: new RegExp(`^${source}$`) };
});

/** Undefined for what the service does not have. */
export function findRoute(method: string, path: string): RouteMatch | undefined {
	for (const { name, pattern } of PATTERNS) {
		const match = pattern.exec(`${method} ${path}`);
		if (match) return { name: name === 'musicStream' ? 'music' : name, id: decode(match[1] ?? '') };
	}
	return undefined;
}

/** The label of a request for reports and faults. */
export function routeLabel(method: string, path: string): string {
	return PATTERNS.find(({ pattern }) => pattern.test(`${method} ${path}`))?.label ?? `${method} ${path}`;
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
