import { randomUUID } from 'node:crypto';

import type { SandboxContext, SandboxReply, SandboxRequest } from '../core/types';
import type { WireObject } from './body';
import { ConcurrencyLimit } from './concurrency';
import type { KnownSpeech } from './knownSpeech';
import type { ElevenLabsSettings } from './settings';
import { Transcriber, readTranscription, type TranscriptionRequest } from './transcription';
import { readForm } from './uploads';
import type { Webhooks } from './webhooks';

interface JobTools {
	context: SandboxContext;
	settings: ElevenLabsSettings;
	known: KnownSpeech;
	webhooks: Webhooks;
}

/** Speech to text: answered at once, or by webhook. */
export class TranscriptionJobs {
	private readonly transcripts = new Map<string, WireObject>();

	private readonly running = new Set<Promise<void>>();

	private stopping = new AbortController();

	private readonly transcriber: Transcriber;

	private readonly limit: ConcurrencyLimit;

	constructor(private readonly tools: JobTools) {
		const { context, settings, known } = tools;
		this.transcriber = new Transcriber(context, known);
		this.limit = new ConcurrencyLimit(settings.maxConcurrentTranscriptions, context.clock);
	}

	/** A finished transcript, by the id of its job. */
	find(transcriptionId: string): WireObject | undefined {
		return this.transcripts.get(transcriptionId);
	}

	/** Ends what runs and forgets what was made. */
	async end(): Promise<void> {
		this.stopping.abort(new Error('the stand-in ends'));
		await Promise.allSettled([...this.running]);
		this.stopping = new AbortController();
		this.transcripts.clear();
	}

	/** @throws ApiError | ValidationError */
	async take(request: SandboxRequest, requestId: string): Promise<SandboxReply> {
		const wish = await readTranscription(await readForm(request));
		return wish.isAsync ? this.begin(wish, requestId) : await this.answer(wish, requestId);
	}

	private async answer(wish: TranscriptionRequest, requestId: string): Promise<SandboxReply> {
		const slot = await this.limit.acquire();
		try {
			await this.wait();
			const body = await this.transcriber.transcribe(wish);
			return {
				status: 200,
				headers: { ...slot.headers, 'request-id': requestId },
				body,
				paid: { body: wish.paidBody },
			};
		} finally {
			slot.release();
		}
	}

	private begin(wish: TranscriptionRequest, requestId: string): SandboxReply {
		const receivers = this.tools.webhooks.receivers(wish.webhookId);
		const transcriptionId = randomUUID().replaceAll('-', '').slice(0, 20);
		const { signal } = this.stopping;
		const work = this.finish(wish, { requestId, transcriptionId, receivers }).catch((error: unknown) => {
			if (signal.aborted) return;
			this.tools.context.log({ kind: 'bug', reason: error instanceof Error ? error.message : String(error) });
		});
		this.running.add(work);
		void work.finally(() => this.running.delete(work));
		const message = 'Request accepted. Transcription result will be sent to the webhook.';
		return {
			status: 202,
			headers: { 'request-id': requestId },
			body: { message, request_id: requestId, transcription_id: transcriptionId },
			paid: { body: wish.paidBody },
		};
	}

	private async finish(
		wish: TranscriptionRequest,
		job: { requestId: string; transcriptionId: string; receivers: string[] },
	): Promise<void> {
		await this.wait();
		const transcription = {
			...(await this.transcriber.transcribe(wish)),
			transcription_id: job.transcriptionId,
		};
		this.transcripts.set(job.transcriptionId, transcription);
		const data = { request_id: job.requestId, webhook_metadata: wish.metadata, transcription };
		for (const url of job.receivers) await this.tools.webhooks.send(url, 'speech_to_text_transcription', data);
	}

	private async wait(): Promise<void> {
		const { context, settings } = this.tools;
		await context.clock.sleep(settings.transcriptionDelayMs, this.stopping.signal);
	}
}
