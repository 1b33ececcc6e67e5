import { createHmac, randomUUID } from 'node:crypto';

import type { SandboxContext } from '../core/types';
import { asObject, requireText, type WireObject } from './body';
import { WEBHOOK_SECRET } from './constants';
import { ApiError, invalidField } from './errors';

interface Webhook {
	id: string;
	name: string;
	url: string;
	isDisabled: boolean;
	createdAtUnix: number;
	events: string[];
}

const DELIVERY_TIMEOUT_MS = 30_000;

/** The workspace's webhooks: registered by API, told with a signature. */
export class Webhooks {
	private hooks: Webhook[] = [];

	constructor(private readonly context: SandboxContext) {}

	reset(): void {
		this.hooks = [];
	}

	list(): object {
		return {
			webhooks: this.hooks.map((hook) => ({
				name: hook.name,
				webhook_id: hook.id,
				webhook_url: hook.url,
				is_disabled: hook.isDisabled,
				is_auto_disabled: false,
				created_at_unix: hook.createdAtUnix,
				auth_type: 'hmac',
				events: hook.events,
				usage: [{ usage_type: 'Speech to Text' }],
				most_recent_failure_error_code: null,
				most_recent_failure_timestamp: null,
			})),
		};
	}

	/** The secret is shown once; here it is always that of the credentials. */
	create(body: WireObject): object {
		const settings = asObject(body.settings);
		if (!settings) throw invalidField(['body', 'settings'], 'Field required', 'missing');
		const url = requireText(settings, 'webhook_url');
		if (!/^https?:\/\//.test(url)) throw new ApiError(400, 'invalid_parameters', 'Invalid URL', 'webhook_url');
		const id = randomUUID().replaceAll('-', '');
		const createdAtUnix = Math.floor(this.context.clock.now() / 1000);
		this.hooks.push({ id, name: requireText(settings, 'name'), url, isDisabled: false, createdAtUnix, events: [] });
		return { webhook_id: id, webhook_secret: WEBHOOK_SECRET };
	}

	update(id: string, body: WireObject): object {
		const hook = this.find(id);
		hook.name = requireText(body, 'name');
		if (typeof body.is_disabled !== 'boolean') {
			throw invalidField(['body', 'is_disabled'], 'Field required', 'missing');
		}
		hook.isDisabled = body.is_disabled;
		if (Array.isArray(body.events)) hook.events = body.events.map(String);
		return { status: 'ok' };
	}

	remove(id: string): object {
		const hook = this.find(id);
		this.hooks = this.hooks.filter((other) => other !== hook);
		return { status: 'ok' };
	}

	/**
	 * The webhooks that a transcription will be sent to: the one named, or all.
	 * @throws ApiError when there is none
	 */
	receivers(id: string | undefined): string[] {
		const enabled = this.hooks.filter((hook) => !hook.isDisabled && (id === undefined || hook.id === id));
		if (enabled.length > 0) return enabled.map((hook) => hook.url);
		const message = 'No webhook is configured for speech to text in this workspace.';
		throw new ApiError(400, 'invalid_parameters', message, 'webhook');
	}

	/** Sends one event, signed over time and body (elevenlabs.io/docs/eleven-api/resources/webhooks). Never retried. */
	async send(url: string, type: string, data: object): Promise<void> {
		const unix = Math.floor(this.context.clock.now() / 1000);
		const body = JSON.stringify({ type, event_timestamp: unix, data });
		const signature = createHmac('sha256', WEBHOOK_SECRET).update(`${unix}.${body}`).digest('hex');
		await this.context.sendCallback({
			service: 'elevenLabs',
			url,
			headers: { 'ElevenLabs-Signature': `t=${unix},v0=${signature}` },
			body,
			timeoutMs: DELIVERY_TIMEOUT_MS,
		});
	}

	private find(id: string): Webhook {
		const hook = this.hooks.find((other) => other.id === id);
		if (!hook) throw new ApiError(404, 'webhook_not_found', `No webhook with the id ${id} exists.`);
		return hook;
	}
}
