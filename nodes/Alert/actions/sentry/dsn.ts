import { ok, refuse, type Result } from '../../../../engine/result';

/** Where and as whom events are sent. */
export interface Dsn {
	/** Address for envelopes, without key. */
	url: string;
	publicKey: string;
	/** Only old DSNs have one. */
	secretKey?: string;
}

/**
 * Reads a DSN, `{scheme}://{key}[:{secret}]@{host}[/{path}]/{project}` (develop.sentry.dev/sdk/foundations/transport).
 * A refusal never shows it, since it is a secret.
 */
export function readDsn(text: string): Result<Dsn> {
	const words =
		'Sentry DSN in the Video Engine Alerts credential is not one. Copy it from the project’s settings, Client Keys (DSN)';
	if (!URL.canParse(text)) return refuse('bad_dsn', words, 'sentryDsn');
	const { protocol, host, username, password, pathname } = new URL(text);
	const path = /^((?:\/[^/]+)*)\/(\d+)\/?$/.exec(pathname);
	const isKey = (key: string) => /^[A-Za-z0-9_-]+$/.test(key);
	if (!/^https?:$/.test(protocol) || !isKey(username) || !path || (password !== '' && !isKey(password))) {
		return refuse('bad_dsn', words, 'sentryDsn');
	}
	return ok({
		url: `${protocol}//${host}${path[1]}/api/${path[2]}/envelope/`,
		publicKey: username,
		secretKey: password || undefined,
	});
}
