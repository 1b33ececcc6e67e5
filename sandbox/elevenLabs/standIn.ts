import { randomUUID } from 'node:crypto';

import type { SandboxContext, SandboxReply, SandboxRequest, StandIn } from '../core/types';
import { Account } from './account';
import { parseBody } from './body';
import { ConcurrencyLimit } from './concurrency';
import { API_KEY, WEBHOOK_SECRET } from './constants';
import { ApiError, ErrorWriter, ValidationError } from './errors';
import { History, toWire as historyToWire } from './history';
import { KnownSpeech } from './knownSpeech';
import { listModels } from './models';
import { planMusic } from './music';
import { findRoute, routeLabel, type RouteName } from './routes';
import { readElevenLabsSettings } from './settings';
import { Sounds } from './sounds';
import { Speaker } from './speaking';
import { SpeechWorker } from './speechWorker';
import { TranscriptionJobs } from './transcriptionJobs';
import { findVoice, listVoices, pageVoices, toWire as voiceToWire } from './voices';
import { Webhooks } from './webhooks';

/** Answers one route. `id` is the variable part of its path. */
type Handler = (request: SandboxRequest, id: string, requestId: string) => Promise<SandboxReply> | SandboxReply;

/**
 * Stands in for ElevenLabs: real speech by espeak-ng, with the service's limits, errors, headers and history.
 * Faults of its own: `quotaExceeded`, `systemBusy`, `forgetHistory` (a speech is paid for and not found again).
 */
export async function createElevenLabsStandIn(context: SandboxContext): Promise<StandIn> {
	const settings = readElevenLabsSettings(context.settings);
	const account = new Account(settings);
	const errors = new ErrorWriter(settings.errorShape);
	const history = new History(context.dir);
	const known = new KnownSpeech();
	const worker = new SpeechWorker();
	const webhooks = new Webhooks(context);
	const transcriptions = new TranscriptionJobs({ context, settings, known, webhooks });
	const sounds = new Sounds(context, settings);
	const limit = new ConcurrencyLimit(settings.maxConcurrent, context.clock);
	const speaker = new Speaker({ context, settings, account, limit, history, known, worker });
	const subscription = () => account.subscription(context.clock.now());
	const json = async (request: SandboxRequest) => parseBody(await request.body());

	const handlers: Record<RouteName, Handler> = {
		speech: async (request, id, requestId) => await speaker.speak(request, id, requestId, {}),
		speechStream: async (request, id, requestId) => await speaker.speak(request, id, requestId, { isStreamed: true }),
		speechTimed: async (request, id, requestId) => await speaker.speak(request, id, requestId, { isTimed: true }),
		speechTimedStream: async (request, id, requestId) =>
			await speaker.speak(request, id, requestId, { isTimed: true, isStreamed: true }),
		transcribe: async (request, _id, requestId) => await transcriptions.take(request, requestId),
		transcript: (_request, id) => found(transcriptions.find(id), 'transcript_not_found'),
		voices: () => ok(listVoices()),
		voicesPaged: (request) => ok(pageVoices(request.query)),
		voice: (_request, id) => found(mapped(findVoice(id), voiceToWire), 'voice_not_found'),
		models: () => ok(listModels()),
		subscription: () => ok(subscription()),
		user: () => ok({ user_id: 'sandbox', subscription: subscription() }),
		history: (request) => ok(history.list(request.query)),
		historyItem: (_request, id) => found(mapped(history.find(id), historyToWire), 'history_item_not_found'),
		historyAudio: async (_request, id) => await historyAudio(history, id),
		historyDelete: async (_request, id) => ok(await history.remove(id)),
		webhookList: () => ok(webhooks.list()),
		webhookCreate: async (request) => ok(webhooks.create(await json(request))),
		webhookUpdate: async (request, id) => ok(webhooks.update(id, await json(request))),
		webhookDelete: (_request, id) => ok(webhooks.remove(id)),
		musicPlan: async (request) => ok(planMusic(await json(request))),
		music: async (request, _id, requestId) => await sounds.music(request, requestId, false),
		musicDetailed: async (request, _id, requestId) => await sounds.music(request, requestId, true),
		sound: async (request, _id, requestId) => await sounds.effect(request, requestId),
	};

	async function handle(request: SandboxRequest): Promise<SandboxReply> {
		const requestId = randomUUID().replaceAll('-', '');
		const route = findRoute(request.method, request.path);
		if (!route) return { status: 404, body: { detail: 'Not Found' } };
		try {
			if (request.headers['xi-api-key'] !== API_KEY) throw new ApiError(401, 'invalid_api_key', 'Invalid API key');
			return await handlers[route.name](request, route.id, requestId);
		} catch (error) {
			if (error instanceof ApiError || error instanceof ValidationError) return errors.write(error, requestId);
			throw error;
		}
	}

	async function reset(): Promise<void> {
		speaker.end();
		await transcriptions.end();
		account.reset();
		webhooks.reset();
		known.forget();
		await history.clear();
	}

	return {
		service: 'elevenLabs',
		credentials: { apiKey: API_KEY, webhookSecret: WEBHOOK_SECRET },
		faults: ['quotaExceeded', 'systemBusy', 'forgetHistory'],
		routeOf: ({ method, path }) => routeLabel(method, path),
		handle,
		reset,
		async stop() {
			await reset();
			await worker.stop();
		},
		report: () => ({ characters: account.characterCount }),
	};
}

function ok(body: object): SandboxReply {
	return { status: 200, body };
}

function mapped<T>(value: T | undefined, map: (value: T) => object): object | undefined {
	return value === undefined ? undefined : map(value);
}

/** @throws ApiError 404 when there is none */
function found(body: object | undefined, code: string): SandboxReply {
	if (!body) throw new ApiError(404, code, 'Nothing with this id was found.');
	return ok(body);
}

async function historyAudio(history: History, id: string): Promise<SandboxReply> {
	const item = history.find(id);
	if (!item) return found(undefined, 'history_item_not_found');
	return { status: 200, headers: { 'content-type': item.contentType }, body: await history.audio(item) };
}
