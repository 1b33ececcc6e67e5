import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError, sleep } from 'n8n-workflow';

import { readRedisSettings, type RedisSettings } from '../../tracker/redis/settings';
import { DEFAULT_SETTINGS, type TrackerSettings } from '../../tracker/settings';
import type { RateGate, TrackerClock } from '../../tracker/airtable/types';
import { gateOf, trackerOf, type Tracker, type TrackerConnection } from '../../tracker/tracker';

/** Name of the credential type that holds base, token and installation settings. */
export const TRACKER_CREDENTIAL = 'airtableTrackerApi';

/** Name of the credential type that says where Redis is; only queue mode needs it. */
export const REDIS_CREDENTIAL = 'videoEngineRedisApi';

export const CLOCK: TrackerClock = { now: () => Date.now(), sleep };

export interface TrackerCredentials extends TrackerConnection {
	settings: TrackerSettings;
	/** Where the tracker's lock is Redis. */
	redis?: RedisSettings;
}

/** A number of the credential; what is empty, no number or below the least that makes sense takes its default. */
function atLeast(least: number, value: unknown, fallback: number): number {
	const number = value === '' ? NaN : Number(value ?? NaN);
	return Number.isFinite(number) && number >= least ? number : fallback;
}

function readCredentials(
	ctx: IExecuteFunctions,
	data: ICredentialDataDecryptedObject,
): Omit<TrackerCredentials, 'redis'> {
	const text = (name: string) => String(data[name] ?? '').trim();
	const endpointUrl = (text('endpointUrl') || 'https://api.airtable.com').replace(/\/+$/, '');
	if (!URL.canParse(endpointUrl)) {
		throw new NodeOperationError(ctx.getNode(), 'Endpoint URL in the Airtable Tracker credential is not a URL');
	}
	return {
		token: text('accessToken'),
		baseId: text('baseId'),
		endpointUrl,
		settings: {
			...DEFAULT_SETTINGS,
			tickS: atLeast(1, data.tickSeconds, DEFAULT_SETTINGS.tickS),
			safetyScanS: atLeast(60, data.safetyScanSeconds, DEFAULT_SETTINGS.safetyScanS),
			speechUsdPerThousandCharacters: atLeast(0, data.speechPrice, DEFAULT_SETTINGS.speechUsdPerThousandCharacters),
			clipUsd: atLeast(0, data.clipPrice, DEFAULT_SETTINGS.clipUsd),
			musicUsd: atLeast(0, data.musicPrice, DEFAULT_SETTINGS.musicUsd),
			ncaUsdPerSecond: atLeast(0, data.ncaPrice, DEFAULT_SETTINGS.ncaUsdPerSecond),
			dailyBudgetUsd: atLeast(0, data.dailyBudget, DEFAULT_SETTINGS.dailyBudgetUsd),
			reuseAcrossVideos: data.reuseAcrossVideos === true,
			alertStuckJobs: atLeast(0, data.alertStuckJobs, DEFAULT_SETTINGS.alertStuckJobs),
			alertFailurePercent: atLeast(0, data.alertFailurePercent, DEFAULT_SETTINGS.alertFailurePercent),
			alertP95S: atLeast(0, data.alertP95Seconds, DEFAULT_SETTINGS.alertP95S),
			alertCostUsd: atLeast(0, data.alertCost, DEFAULT_SETTINGS.alertCostUsd),
			alertRejectedPerMinute: atLeast(0, data.alertRejected, DEFAULT_SETTINGS.alertRejectedPerMinute),
			lock: data.lock === 'redis' ? 'redis' : 'process',
		},
	};
}

/** Where Redis is; without the credential nobody could keep the processes of this installation apart. */
async function redisSettings(ctx: IExecuteFunctions, itemIndex: number): Promise<RedisSettings> {
	if (!ctx.getNode().credentials?.[REDIS_CREDENTIAL]) {
		const message =
			'The Airtable Tracker credential says that the lock is Redis, but this node has no Redis credential';
		const description =
			'Choose a credential "Video Engine Redis API" in every Job Tracker node, or set Lock to "This Process" where n8n runs in regular mode.';
		throw new NodeOperationError(ctx.getNode(), message, { itemIndex, description });
	}
	const settings = readRedisSettings(await ctx.getCredentials(REDIS_CREDENTIAL, itemIndex));
	if (!settings.ok) throw new NodeOperationError(ctx.getNode(), settings.message, { itemIndex });
	return settings.value;
}

/** The tracker's credentials, checked and with their defaults filled in. */
export async function trackerCredentials(ctx: IExecuteFunctions, itemIndex: number): Promise<TrackerCredentials> {
	const credentials = readCredentials(ctx, await ctx.getCredentials(TRACKER_CREDENTIAL, itemIndex));
	if (credentials.settings.lock !== 'redis') return credentials;
	return { ...credentials, redis: await redisSettings(ctx, itemIndex) };
}

/** The tracker of the base that the node's credential names; all nodes of this process share it. */
export async function getTracker(ctx: IExecuteFunctions, itemIndex: number): Promise<Tracker> {
	const { settings, redis, ...connection } = await trackerCredentials(ctx, itemIndex);
	return trackerOf(connection, settings, CLOCK, Math.random, redis);
}

/** The gate through which every request to this base goes, records and schema alike. */
export function getGate({ redis, ...connection }: TrackerCredentials): RateGate {
	return gateOf(connection, CLOCK, redis);
}
