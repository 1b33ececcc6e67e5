import { refuse, ok, type Result } from '../../engine/result';

/** Where Redis is, from the credential "Video Engine Redis". */
export interface RedisSettings {
	host: string;
	port: number;
	user: string;
	password: string;
	database: number;
	isTls: boolean;
	/** Begins every key, so that several installations may share one Redis. */
	keyPrefix: string;
}

export const DEFAULT_REDIS_PORT = 6379;
export const DEFAULT_KEY_PREFIX = 'video-engine';

type Fields = Record<string, unknown>;

function text(fields: Fields, name: string): string {
	return String(fields[name] ?? '').trim();
}

function wholeNumber(value: string, fallback: number, most: number): number | undefined {
	if (value === '') return fallback;
	return /^\d{1,6}$/.test(value) && Number(value) <= most ? Number(value) : undefined;
}

/** A URL of Redis in parts; undefined where it is none. */
function partsOf(address: string): Fields | undefined {
	if (!URL.canParse(address)) return undefined;
	const url = new URL(address);
	if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') return undefined;
	return {
		host: url.hostname.replace(/^\[|\]$/g, ''),
		port: url.port,
		user: decodeURIComponent(url.username),
		password: decodeURIComponent(url.password),
		database: url.pathname.replace(/^\//, ''),
		tls: url.protocol === 'rediss:',
	};
}

/** The fields of the credential as settings. Code `redis_settings` names the field that can't be used. */
export function readRedisSettings(fields: Fields): Result<RedisSettings> {
	const address = text(fields, 'url');
	const parts = address === '' ? fields : partsOf(address);
	const wrong = (words: string, field: string) =>
		refuse('redis_settings', `${words} in the Video Engine Redis credential.`, field);
	if (!parts) return wrong('URL must look like redis://user:password@host:6379/0', 'url');
	const host = text(parts, 'host');
	const port = wholeNumber(text(parts, 'port'), DEFAULT_REDIS_PORT, 65_535);
	const database = wholeNumber(text(parts, 'database'), 0, 65_535);
	if (host === '') return wrong('Host is missing', 'host');
	if (port === undefined || port === 0) return wrong('Port must be a number from 1 to 65535', 'port');
	if (database === undefined) return wrong('Database must be a whole number', 'database');
	return ok({
		host,
		port,
		user: text(parts, 'user'),
		password: text(parts, 'password'),
		database,
		isTls: parts.tls === true,
		keyPrefix: text(fields, 'keyPrefix') || DEFAULT_KEY_PREFIX,
	});
}
