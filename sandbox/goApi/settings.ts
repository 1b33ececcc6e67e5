import { FAIL_PROMPT, OUTPUT_TTL_MS } from './constants';

/** What `settings.goApi` of the sandbox may hold. */
export interface GoApiSettings {
	/** How long a task is pending; a random short time when absent. */
	pendingMs?: number;
	/** How long a task works, rendering included; a random short time when absent. */
	processingMs?: number;
	/** How long outputs can be fetched. */
	outputTtlMs: number;
	/** Put behind the URLs of outputs, as signed URLs have it, e.g. `?X-Amz-Signature=…`. */
	outputQuery: string;
	/** How statuses are spelled: documentation and recorded traffic differ. */
	statusCase: 'lower' | 'capitalised';
	/** Also sends a webhook when a task begins to work, as older documentation says. */
	nonTerminalWebhooks: boolean;
	/** Tasks whose prompt holds this text fail; empty for none. */
	failPrompt: string;
}

/** @throws Error that names a setting of a wrong type or an unknown one */
export function readGoApiSettings(given: Record<string, unknown>): GoApiSettings {
	const defaults: GoApiSettings = {
		pendingMs: undefined,
		processingMs: undefined,
		outputTtlMs: OUTPUT_TTL_MS,
		outputQuery: '',
		statusCase: 'lower',
		nonTerminalWebhooks: false,
		failPrompt: FAIL_PROMPT,
	};
	const unknown = Object.keys(given).find((name) => !(name in defaults));
	if (unknown) throw new Error(`settings.goApi.${unknown} is unknown, use ${Object.keys(defaults).join(', ')}`);
	return { ...defaults, ...(given as Partial<GoApiSettings>) };
}
