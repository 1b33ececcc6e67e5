/** @reads test/fixtures/nca/ test/fixtures/nca-webhooks/ */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RecordedResponse {
	status: number;
	content_type?: string;
	body: unknown;
}

/** One recorded exchange; see test/fixtures/nca/README.md. */
export interface Recording {
	name: string;
	request: { method: string; path: string; headers: Record<string, string>; body: unknown };
	response: RecordedResponse | { transport_error: string };
	webhooks?: Array<{ method: string; path: string; body: unknown }>;
	status_final?: RecordedResponse;
	[other: string]: unknown;
}

export const RECORDINGS_FOLDER = join(__dirname, '..', '..', '..', 'fixtures', 'nca');
export const WEBHOOKS_FOLDER = join(__dirname, '..', '..', '..', 'fixtures', 'nca-webhooks');

/** All JSON files of a folder of fixtures by name, without the extension. */
export function readFixtures<T>(folder: string): Array<[name: string, content: T]> {
	return readdirSync(folder)
		.filter((name) => name.endsWith('.json'))
		.sort()
		.map((name) => [name.replace(/\.json$/, ''), JSON.parse(readFileSync(join(folder, name), 'utf8')) as T]);
}

/** One recorded exchange by name. */
export function recording(name: string): Recording {
	return JSON.parse(readFileSync(join(RECORDINGS_FOLDER, `${name}.json`), 'utf8')) as Recording;
}

const EXACT_WORDS = new Set(['success', 'processing', 'Unauthorized']);
const EXACT_MEMBERS = new Set(['code', 'endpoint', 'id', 'job_status', 'max_queue_length', 'public', 'filename']);

/**
 * How an answer differs from the recorded one: members, types, fixed words. Free texts, ids, times and sizes may
 * differ; of an error the words up to the first ": " must agree.
 */
export function differences(expected: unknown, actual: unknown, at = 'body'): string[] {
	const member = at.split('.').pop() ?? '';
	if (EXACT_MEMBERS.has(member) && expected !== actual) return [`${at}: ${show(expected)} became ${show(actual)}`];
	if (kindOf(expected) !== kindOf(actual)) return [`${at}: ${kindOf(expected)} became ${kindOf(actual)}`];
	if (typeof expected === 'string')
		return wordsDiffer(member, expected, actual as string) ? [`${at}: ${show(actual)}`] : [];
	if (Array.isArray(expected)) {
		if (expected.length === 0) return [];
		return (actual as unknown[]).flatMap((item, index) => differences(expected[0], item, `${at}.${index}`));
	}
	if (typeof expected !== 'object' || expected === null) return [];
	return memberDifferences(expected as Record<string, unknown>, actual as Record<string, unknown>, at);
}

function memberDifferences(expected: Record<string, unknown>, actual: Record<string, unknown>, at: string): string[] {
	if (isJobMap(expected)) {
		return Object.entries(actual).flatMap(([id, state]) => (isState(state) ? [] : [`${at}.${id}: ${show(state)}`]));
	}
	const missing = Object.keys(expected).filter((name) => !(name in actual));
	const extra = Object.keys(actual).filter((name) => !(name in expected));
	return [
		...missing.map((name) => `${at}.${name} is missing`),
		...extra.map((name) => `${at}.${name} is too much`),
		...Object.keys(expected)
			.filter((name) => name in actual)
			.flatMap((name) => differences(expected[name], actual[name], `${at}.${name}`)),
	];
}

function wordsDiffer(member: string, expected: string, actual: string): boolean {
	if (member !== 'message' && member !== 'error') return false;
	if (EXACT_WORDS.has(expected)) return expected !== actual;
	return expected.split(': ')[0] !== actual.split(': ')[0];
}

function isJobMap(value: Record<string, unknown>): boolean {
	const entries = Object.entries(value);
	return entries.length > 1 && entries.every(([key, state]) => /^[0-9a-f-]{36}$/.test(key) && isState(state));
}

function isState(value: unknown): boolean {
	return value === 'queued' || value === 'running' || value === 'done';
}

function kindOf(value: unknown): string {
	if (value === null) return 'null';
	return Array.isArray(value) ? 'array' : typeof value;
}

function show(value: unknown): string {
	return JSON.stringify(value) ?? 'nothing';
}
