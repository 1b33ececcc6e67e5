import type { SandboxService, StandInFactory } from './types';

/** Loads a stand-in when it is asked for: a test that needs one service doesn't load speech and video tools. */
export async function loadStandIn(service: SandboxService): Promise<StandInFactory> {
	switch (service) {
		case 'elevenLabs':
			return (await import('../elevenLabs/standIn')).createElevenLabsStandIn;
		case 'nca':
			return (await import('../nca/standIn')).createNcaStandIn;
		case 'goApi':
			return (await import('../goApi/standIn')).createGoApiStandIn;
		case 'airtable':
			return (await import('../airtable/standIn')).createAirtableStandIn;
		case 'spaces':
			return (await import('../spaces/standIn')).createSpacesStandIn;
		case 'slack':
			return (await import('../slack/standIn')).createSlackStandIn;
		case 'smtp':
			return (await import('../smtp/standIn')).createSmtpStandIn;
		case 'sentry':
			return (await import('../sentry/standIn')).createSentryStandIn;
	}
}
