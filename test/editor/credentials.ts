import type { ICredentialType } from 'n8n-workflow';
import { AirtableTrackerApi } from '../../credentials/AirtableTrackerApi.credentials';
import { DigitalOceanSpacesApi } from '../../credentials/DigitalOceanSpacesApi.credentials';
import { ElevenLabsApi } from '../../credentials/ElevenLabsApi.credentials';
import { GoApiApi } from '../../credentials/GoApiApi.credentials';
import { NcaToolkitApi } from '../../credentials/NcaToolkitApi.credentials';
import { VideoEngineAlertsApi } from '../../credentials/VideoEngineAlertsApi.credentials';
import { VideoEngineCallbackApi } from '../../credentials/VideoEngineCallbackApi.credentials';
import { VideoEngineRedisApi } from '../../credentials/VideoEngineRedisApi.credentials';
import type { CredentialSpec } from '../../sandbox/demo/n8n';

/** Where nobody listens: the editor tests a credential as soon as its form opens. */
const NOWHERE = 'http://127.0.0.1:9';

/** What the templates call the credential of each type; README.md says the same. */
const NAMES: Record<string, string> = {
	airtableTrackerApi: 'Airtable Tracker account',
	digitalOceanSpacesApi: 'DigitalOcean Spaces account',
	elevenLabsApi: 'ElevenLabs account',
	goApiApi: 'GoAPI account',
	ncaToolkitApi: 'NCA Toolkit account',
	videoEngineAlertsApi: 'Video Engine Alerts account',
	videoEngineCallbackApi: 'Video Engine Callback account',
	videoEngineRedisApi: 'Video Engine Redis account',
};

/** Fields that stay empty, because filled in they hide others. */
const UNFILLED: Record<string, Record<string, unknown>> = { videoEngineRedisApi: { url: '' } };

/** Every credential type of this package. */
export const OWN_CREDENTIAL_TYPES: ICredentialType[] = [
	new AirtableTrackerApi(),
	new DigitalOceanSpacesApi(),
	new ElevenLabsApi(),
	new GoApiApi(),
	new NcaToolkitApi(),
	new VideoEngineAlertsApi(),
	new VideoEngineCallbackApi(),
	new VideoEngineRedisApi(),
];

/** A filled-in credential of every type that the templates use, none of which reaches anything. */
export function allCredentials(): CredentialSpec[] {
	const own = OWN_CREDENTIAL_TYPES.map(({ name, properties }) => ({
		name: NAMES[name],
		type: name,
		data: {
			...Object.fromEntries(properties.map(({ name: field, default: standard }) => [field, valueFor(field, standard)])),
			...UNFILLED[name],
		},
	}));
	return [
		...own,
		{ name: 'Video Engine API key', type: 'httpHeaderAuth', data: { name: 'X-API-Key', value: 'key' } },
		{ name: 'SMTP account', type: 'smtp', data: { host: '127.0.0.1', port: 9, user: '', password: '', secure: false } },
	];
}

function valueFor(name: string, standard: unknown): unknown {
	if (/url$|^endpoint$/i.test(name)) return NOWHERE;
	return standard === '' ? 'filled-in' : standard;
}
