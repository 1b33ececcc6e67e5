import type { JournalLine } from '../world/journal';
import type { Judged } from './verdict';

const SECONDS_WIDTH = 9;
/** Lines that only repeat what others say better. */
const QUIET = new Set(['status', 'object', 'note', 'callback']);

/** A run as a person reads it: what happened when, from the start of the world. */
export function storyOf({ played, violations }: Judged): string[] {
	const { world, scenario } = played;
	const videos = scenario.videos
		.map(({ segments, body }) => `${segments} segments, ${String(body.background)}`)
		.join('; ');
	return [
		`Seed ${played.seed}: ${scenario.videos.length} videos (${videos})`,
		...world.journal.lines.filter((line) => !QUIET.has(line.kind)).map((line) => tell(line, world.startedAtMs)),
		...violations.map(({ rule, words }) => `BROKEN  ${rule}: ${words}`),
	];
}

function tell(line: JournalLine, startMs: number): string {
	const seconds = ((Date.parse(line.at) - startMs) / 1_000).toFixed(2).padStart(SECONDS_WIDTH);
	return `${seconds} s  ${describe(line)}`;
}

function describe({ kind, at, ...rest }: JournalLine): string {
	void at;
	const text = (name: string) => String(rest[name] ?? '');
	switch (kind) {
		case 'call': {
			const outcome =
				rest.fault === undefined ? text('status') : `${text('status') || 'no answer'} (fault: ${text('fault')})`;
			return `   ${text('service')} ${text('route')} → ${outcome}`;
		}
		case 'fault':
			return `!! fault ${text('fault')} at ${text('id') || text('service')}`;
		case 'life':
			return `## n8n life ${text('life')} ${text('is')}${rest.at_place === undefined ? '' : ` at "${text('at_place')}"`}`;
		case 'decision':
			return `   ${text('node')}: ${members(rest, ['jobKey', 'attempt', 'look', 'verdict', 'outcome', 'reason', 'evidence', 'videoStatus', 'failure'])}`;
		case 'act':
			return `** a person: ${text('id')} ${members(rest, ['target', 'segment', 'clip', 'isOk', 'reason'])}`;
		case 'paid':
			return `$$ paid: ${text('service')} ${text('work').slice(0, 60)}`;
		default:
			return `   ${kind} ${members(rest, Object.keys(rest))}`;
	}
}

function members(values: Record<string, unknown>, names: string[]): string {
	const present = names.filter((name) => values[name] !== undefined && values[name] !== null);
	return present.map((name) => `${name}=${short(values[name])}`).join(' ');
}

function short(value: unknown): string {
	return (typeof value === 'object' ? JSON.stringify(value) : String(value)).slice(0, 160);
}
