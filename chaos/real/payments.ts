import type { Sandbox } from '../../sandbox';
import { ON_ITS_WAY_MS } from './constants';
import type { Death } from './machine';
import { numberOf, textOf, timeOf, type Fields } from './tables';

/** One payment that was made once more than needed. */
export interface Repayment {
	jobKey: string;
	/** Why it may have been: the process died in between, or the first result could not be had any more. */
	excuse?: 'death' | 'expired';
}

const HISTORY_PAGE = 1_000;
const S_TO_MS = 1_000;

/** Times of all paid calls by job, as the providers tell: ms since the epoch, in order. */
export async function paymentsOf(sandbox: Sandbox, segments: Fields[]): Promise<Map<string, number[]>> {
	const payments = new Map<string, number[]>();
	const add = (jobKey: string, atMs: number) => payments.set(jobKey, [...(payments.get(jobKey) ?? []), atMs]);
	const paid = sandbox.report().paidCalls;
	for (const { service, jobKey, at } of paid) if (service === 'goApi') add(jobKey ?? 'unknown', Date.parse(at));
	const jobOfText = new Map(segments.map((segment) => [textOf(segment.text).trim(), voiceJobOf(segment)]));
	const spoken = await speechOf(sandbox);
	for (const { text, date_unix } of spoken) add(jobOfText.get(text.trim()) ?? 'unknown', date_unix * S_TO_MS);
	const speeches = paid.filter(({ service }) => service === 'elevenLabs').length;
	if (speeches !== spoken.length)
		throw new Error(`${speeches} speeches were paid, ${spoken.length} are in the history`);
	for (const times of payments.values()) times.sort((first, second) => first - second);
	return payments;
}

function voiceJobOf({ video_id, order }: Fields): string {
	return `${textOf(video_id)}.voiceover.${String(numberOf(order)).padStart(3, '0')}`;
}

async function speechOf(sandbox: Sandbox): Promise<Array<{ text: string; date_unix: number }>> {
	const { baseUrl, apiKey } = sandbox.credentials('elevenLabs');
	const response = await fetch(`${baseUrl}/v1/history?page_size=${HISTORY_PAGE}`, {
		headers: { 'xi-api-key': apiKey },
	});
	return ((await response.json()) as { history: Array<{ text: string; date_unix: number }> }).history;
}

/**
 * Every payment beyond the first of each job, and what excuses it.
 *
 * @param expiredAtMs when providers said of an output that its address has ended
 */
export function repaymentsOf(
	payments: Map<string, number[]>,
	deaths: Death[],
	jobs: Fields[],
	expiredAtMs: number[],
): Repayment[] {
	const historyOf = new Map(jobs.map(({ job_key, history }) => [textOf(job_key), textOf(history)]));
	return [...payments].flatMap(([jobKey, times]) =>
		times.slice(1).map((atMs, index): Repayment => {
			const firstMs = times[index];
			const isDeath = deaths.some(
				(death) => death.inFlight.has(jobKey) && firstMs - ON_ITS_WAY_MS <= death.atMs && death.atMs <= atMs,
			);
			if (isDeath) return { jobKey, excuse: 'death' };
			const hasFailed = (historyOf.get(jobKey) ?? '')
				.split('\n')
				.some((line) => /attempt \d+ failed/.test(line) && timeOf(line.split(' ')[0]) <= atMs);
			const isExpired = hasFailed && expiredAtMs.some((expired) => firstMs <= expired && expired <= atMs);
			return isExpired ? { jobKey, excuse: 'expired' } : { jobKey };
		}),
	);
}
