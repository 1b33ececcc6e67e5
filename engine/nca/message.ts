import type { Failure, FailureClass } from '../events';
import { MESSAGE_MAX_CHARACTERS } from './constants';

/** Lines with which ffmpeg ends after it has named the reason, and lines of progress; without their `[part]` prefix. */
const EMPTY_WORDS = new RegExp(
	[
		'conversion failed',
		'error splitting the argument list',
		'error opening (?:input|output) files?\\b',
		'error (?:re)?initializing (?:complex )?filters',
		'error parsing (?:global )?options',
		'error binding filtergraph',
		'error while (?:filtering|processing|opening encoder)',
		'failed to (?:inject frame|set value)',
		'nothing was written into output',
		'task finished with error code',
		'terminating thread with return code',
		'exiting normally',
		'at least one output file must',
		'frame=|size=|video:|\\[q\\] command|press \\[q\\]',
	].join('|'),
	'i',
);

const PREFIX = /^(?:\[[^\]]*\]\s*)+/;

const BANNER = /^(?:ffmpeg version|built with|configuration:|lib(?:av|sw|post)\w+\s)/i;

/**
 * What a toolkit's `message` says, as one line without what nobody should see: of ffmpeg's whole log the line that
 * names the reason; of an object its `error`; query strings of URLs, user names, folders and addresses removed.
 * Shapes: https://github.com/stephengpope/no-code-architects-toolkit, fixtures `fail_*`.
 */
export function usefulLine(message: unknown): string {
	const text = textOf(message);
	const lines = text
		.split(/\r?\n/)
		.map((line) => line.trim())
		.filter((line) => line !== '' && !BANNER.test(line));
	const useful = lines.filter((line) => !startsEmpty(line)).at(-1) ?? lines.at(-1) ?? '';
	return withoutMiddle(withoutSecrets(useful));
}

function startsEmpty(line: string): boolean {
	return line.replace(PREFIX, '').search(EMPTY_WORDS) === 0;
}

/** Of a long line both ends count: ffmpeg names the place first and the reason last. */
function withoutMiddle(line: string): string {
	if (line.length <= MESSAGE_MAX_CHARACTERS) return line;
	const half = Math.floor((MESSAGE_MAX_CHARACTERS - 3) / 2);
	return `${line.slice(0, half)} … ${line.slice(-half)}`;
}

function textOf(message: unknown): string {
	if (typeof message === 'string') return message;
	if (typeof message !== 'object' || message === null) return '';
	const { error, message: inner } = message as { error?: unknown; message?: unknown };
	return typeof error === 'string' ? error : typeof inner === 'string' ? inner : JSON.stringify(message);
}

function withoutSecrets(line: string): string {
	return (
		line
			.replace(/<[^>]*>/g, ' ')
			.replace(/\b(https?:\/\/)[^\s/@'"]*@/gi, '$1')
			.replace(/\?[^\s'")]*=[^\s'")]*/g, '')
			// Folders of the toolkit's machine; the file's name stays.
			.replace(/(^|[\s'"(=:])\/(?:[^\s'"/:]+\/)+([^\s'"/:]+)/g, '$1$2')
			.replace(/ @ 0x[0-9a-f]+/gi, '')
			.replace(/\s+/g, ' ')
			.trim()
	);
}

/** What a text proves about the cause; the first that matches decides. */
const CAUSES: Array<{ words: RegExp; class: FailureClass; retryable: boolean }> = [
	// What the source of an input answered.
	{ words: /\b(?:408|425|429) Client Error|\b5\d\d Server Error/, class: 'unavailable', retryable: true },
	{ words: /\b4\d\d Client Error/, class: 'invalid_input', retryable: false },
	{
		words:
			/max retries exceeded|connection refused|connection aborted|connection reset|read timed out|remote end closed/i,
		class: 'unavailable',
		retryable: true,
	},
	// The toolkit itself, its storage and its machine.
	{ words: /^unauthorized/i, class: 'auth', retryable: false },
	{ words: /MAX_QUEUE_LENGTH/, class: 'rate_limited', retryable: true },
	{ words: /job not found/i, class: 'lost', retryable: true },
	{ words: /could not connect to the endpoint url|no cloud storage settings/i, class: 'unavailable', retryable: true },
	{
		words: /no space left|cannot allocate memory|\bkilled\b|too many open files/i,
		class: 'unavailable',
		retryable: true,
	},
	// A file that ffmpeg can't read may have been cut on its way: the toolkit doesn't check lengths.
	{ words: /invalid data found|moov atom not found/i, class: 'provider_failed', retryable: true },
	{
		words: /invalid payload|missing json|could not determine file extension|invalid trim|invalid url/i,
		class: 'invalid_input',
		retryable: false,
	},
	{
		words:
			/unrecognized option|option not found|no such filter|unknown (?:encoder|decoder)|invalid argument|matches no streams/i,
		class: 'invalid_input',
		retryable: false,
	},
];

/**
 * The failure behind a toolkit's `message`.
 *
 * @param code the envelope's `code`, or the HTTP status
 * @param began whether the toolkit took the work up
 */
export function failureOf(message: unknown, code: number, began: Failure['began']): Failure {
	const line = usefulLine(message);
	const cause = CAUSES.find(({ words }) => words.test(line)) ?? causeOfCode(code);
	return {
		class: cause.class,
		message: line === '' ? `The toolkit gave no reason (code ${code}).` : line,
		began,
		retryable: cause.retryable,
		httpStatus: code,
	};
}

function causeOfCode(code: number): { class: FailureClass; retryable: boolean } {
	if (code === 401 || code === 403) return { class: 'auth', retryable: false };
	if (code === 429) return { class: 'rate_limited', retryable: true };
	if (code === 404 || code === 405) return { class: 'refused', retryable: false };
	if (code >= 502) return { class: 'unavailable', retryable: true };
	if (code >= 500) return { class: 'provider_failed', retryable: true };
	return { class: 'invalid_input', retryable: false };
}
