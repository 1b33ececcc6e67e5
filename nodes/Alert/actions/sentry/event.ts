import { name, version } from '../../../../package.json';
import { redact } from '../../../shared/errors';
import type { Alert, Severity } from '../../alert';
import { TAG_MAX_CHARS, TEXT_MAX_CHARS } from '../../constants';
import type { Details } from '../fields';

/** How we name ourselves to Sentry. */
export const SENTRY_CLIENT = `${name}/${version}`;

/** The part of Sentry's event that alerts use (develop.sentry.dev/sdk/foundations/transport/event-payloads). */
export interface SentryEvent {
	/** 32 hex characters. */
	event_id: string;
	/** Seconds since the epoch. */
	timestamp: number;
	platform: 'node';
	level: 'fatal' | 'error' | 'warning' | 'info';
	logger: string;
	release: string;
	environment: string;
	message: { formatted: string };
	tags: Record<string, string>;
	/** Events that share it are one issue. */
	fingerprint: string[];
	extra: Record<string, string>;
}

const LEVELS: Readonly<Record<Severity, SentryEvent['level']>> = {
	critical: 'fatal',
	error: 'error',
	warning: 'warning',
	info: 'info',
	recovered: 'info',
};

const TAGS = ['kind', 'service', 'step', 'video', 'attempt', 'job'] as const;

function text(value: string, maxChars = TEXT_MAX_CHARS): string {
	const characters = Array.from(redact(value));
	return characters.length > maxChars ? `${characters.slice(0, maxChars - 1).join('')}…` : characters.join('');
}

function withoutEmpty(record: Record<string, string>): Record<string, string> {
	return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ''));
}

/** A tag holds one line. */
function tag(value: string): string {
	return text(value.replace(/\s+/g, ' '), TAG_MAX_CHARS);
}

/**
 * The event of an alert. Its fingerprint holds kind, service and step but no video, so that one cause is one issue
 * however many videos it meets; where no kind is known, the title stands for it. The end of a cause is in its issue, too.
 */
export function buildEvent(
	alert: Alert,
	details: Details,
	{ eventId, nowMs, environment }: { eventId: string; nowMs: number; environment: string },
): SentryEvent {
	const tags = withoutEmpty(Object.fromEntries(TAGS.map((label) => [label, tag(details(label))])));
	const state = alert.severity === 'recovered' ? 'recovered' : 'open';
	const cause = [details('kind') || alert.title, details('service'), details('step')].filter((part) => part !== '');
	return {
		event_id: eventId,
		timestamp: nowMs / 1000,
		platform: 'node',
		level: LEVELS[alert.severity],
		logger: 'video-engine',
		release: `${name}@${version}`,
		environment: text(environment, 64),
		message: { formatted: text([alert.title, alert.message].filter((part) => part !== '').join('\n')) },
		tags: { ...tags, state },
		fingerprint: ['video-engine', ...cause.map(tag)],
		extra: withoutEmpty({
			reason: text(alert.reason ?? ''),
			advice: text(alert.advice ?? ''),
			link: text(alert.link?.url ?? ''),
		}),
	};
}

/** One event as an envelope: lines of JSON (develop.sentry.dev/sdk/foundations/transport/envelopes). */
export function toEnvelope(event: SentryEvent): string {
	const payload = JSON.stringify(event);
	const head = {
		event_id: event.event_id,
		sent_at: new Date(event.timestamp * 1000).toISOString(),
		sdk: { name, version },
	};
	const item = { type: 'event', content_type: 'application/json', length: Buffer.byteLength(payload) };
	return `${JSON.stringify(head)}\n${JSON.stringify(item)}\n${payload}\n`;
}
