import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import type { Sandbox, SandboxOptions, SandboxService } from '../index';
import { API_KEY_HEADER, DEMO_BUCKET, ELEVEN_LABS_SLOTS } from './constants';
import { UsageError } from './errors';
import type { CredentialSpec } from './n8n';
import type { TrackerAccess } from './schema';

/** Services of which the real one may take the stand-in's place. */
export const REPLACEABLE = ['elevenLabs', 'nca', 'goApi', 'spaces', 'airtable'] as const;
export type Replaceable = (typeof REPLACEABLE)[number];

type CredentialData = Record<string, unknown>;

/** What a `--config` file holds: the fields of the credentials of real services, by service. */
export type RealServices = Partial<Record<Replaceable | 'callback', CredentialData>>;

/** Reads and checks a `--config` file. @throws UsageError */
export async function readRealServices(file: string | undefined): Promise<RealServices> {
	if (file === undefined) return {};
	const allowed: readonly string[] = [...REPLACEABLE, 'callback'];
	const config = await readJsonFile(file, '--config');
	for (const [service, fields] of Object.entries(config)) {
		if (!allowed.includes(service)) {
			throw new UsageError(`--config: "${service}" is not a service that can be replaced; use ${allowed.join(', ')}`);
		}
		if (fields === null || typeof fields !== 'object' || Array.isArray(fields)) {
			throw new UsageError(`--config: "${service}" must be an object with the fields of its credential`);
		}
	}
	return config as RealServices;
}

/** Reads a JSON object from a file that an option names. @throws UsageError */
export async function readJsonFile(file: string, option: string): Promise<Record<string, unknown>> {
	let text: string;
	try {
		text = await readFile(file, 'utf8');
	} catch {
		throw new UsageError(`${option}: cannot read ${file}`);
	}
	try {
		const value: unknown = JSON.parse(text);
		if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
	} catch {
		// Said below, as for JSON that is no object.
	}
	throw new UsageError(`${option}: ${file} does not hold a JSON object`);
}

/** Stand-ins to start: all but those whose place a real service takes. */
export function standInsBeside(real: RealServices): SandboxService[] {
	const replaced = new Set<string>(Object.keys(real));
	return [...REPLACEABLE, 'slack' as const, 'smtp' as const, 'sentry' as const].filter(
		(service) => !replaced.has(service),
	);
}

/** The NCA Toolkit stores its results by itself, so its stand-in must hold keys of the same Spaces as everyone. */
export function standInSettings(real: RealServices): NonNullable<SandboxOptions['settings']> {
	const own = {
		accessKey: `DEMO${randomBytes(8).toString('hex').toUpperCase()}`,
		secretKey: newSecret(),
		bucket: DEMO_BUCKET,
	};
	return { spaces: own, nca: { s3: real.spaces ?? own } };
}

/** A hint where real services cannot reach what stands on this machine; undefined when all is well. */
export function reachabilityHint(real: RealServices): string | undefined {
	const remote = (['elevenLabs', 'nca', 'goApi'] as const).filter((service) => real[service] !== undefined);
	if (remote.length === 0) return undefined;
	const hints = [];
	if (real.callback === undefined) {
		hints.push(
			'callbacks cannot reach this n8n (name its public address as callback.publicBaseUrl); results are found by asking',
		);
	}
	if (real.spaces === undefined && real.nca !== undefined) {
		hints.push('a real NCA Toolkit cannot fetch files from the local Spaces unless it runs on this machine');
	}
	return hints.length === 0 ? undefined : `Note: ${hints.join('; ')}.`;
}

interface CredentialContext {
	sandbox: Sandbox;
	real: RealServices;
	n8nUrl: string;
	apiKey: string;
}

/** Every credential that the workflows name, for stand-ins and real services alike. */
export function demoCredentials({ sandbox, real, n8nUrl, apiKey }: CredentialContext): CredentialSpec[] {
	const internalHosts = sandbox.services
		.filter((service) => service !== 'smtp')
		.map((service) => new URL(sandbox.baseUrl(service)).host)
		.join(',');
	const own = (service: Replaceable, more: CredentialData = {}): CredentialData =>
		real[service] === undefined ? { ...sandbox.credentials(service), ...more } : { ...more, ...real[service] };
	const callback = {
		publicBaseUrl: n8nUrl,
		currentSecret: newSecret(),
		previousSecret: '',
	};
	return [
		named('ElevenLabs account', 'elevenLabsApi', own('elevenLabs', { maxConcurrent: ELEVEN_LABS_SLOTS })),
		named('NCA Toolkit account', 'ncaToolkitApi', own('nca')),
		named('GoAPI account', 'goApiApi', own('goApi')),
		named('DigitalOcean Spaces account', 'digitalOceanSpacesApi', spacesData(own('spaces'), internalHosts)),
		named('Airtable Tracker account', 'airtableTrackerApi', airtableData(own('airtable'))),
		named('Video Engine Callback account', 'videoEngineCallbackApi', { ...callback, ...real.callback }),
		named('Video Engine Alerts account', 'videoEngineAlertsApi', {
			...sandbox.credentials('slack'),
			...sandbox.credentials('sentry'),
			sentryEnvironment: 'sandbox',
		}),
		named('Video Engine API key', 'httpHeaderAuth', { name: API_KEY_HEADER, value: apiKey }),
		named('SMTP account', 'smtp', smtpData(sandbox)),
	];
}

function named(name: string, type: string, data: CredentialData): CredentialSpec {
	return { name, type, data };
}

export function newSecret(): string {
	return randomBytes(32).toString('hex');
}

/** A stand-in says where it listens; the credential wants that as the endpoint, and path style. */
function spacesData({ baseUrl, ...rest }: CredentialData, internalHosts: string): CredentialData {
	if (baseUrl === undefined) return { allowedInternalHosts: internalHosts, ...rest };
	return { endpoint: baseUrl, forcePathStyle: true, allowedInternalHosts: internalHosts, ...rest };
}

/** A stand-in names its token and address in its own words; a real base comes in the credential's. */
function airtableData({ baseUrl, token, ...rest }: CredentialData): CredentialData {
	return {
		...(token === undefined ? {} : { accessToken: token }),
		...(baseUrl === undefined ? {} : { endpointUrl: baseUrl }),
		...rest,
	};
}

/** Token, base and address of the tracker's base, wherever it is. */
export function trackerAccess(sandbox: Sandbox, real: RealServices): TrackerAccess {
	const { accessToken, baseId, endpointUrl } = airtableData(real.airtable ?? sandbox.credentials('airtable'));
	if (typeof accessToken !== 'string' || typeof baseId !== 'string') {
		throw new UsageError('--config: "airtable" needs accessToken and baseId');
	}
	return { accessToken, baseId, ...(typeof endpointUrl === 'string' ? { endpointUrl } : {}) };
}

function smtpData(sandbox: Sandbox): CredentialData {
	const { host, port, user, password } = sandbox.credentials('smtp');
	return { host, port: Number(port), user, password, secure: false, disableStartTls: true, hostName: '' };
}
