import { ok, refuse, type Result } from '../result';
import { AUDIO_RATE_HZ, LENGTH_ROUNDING_S, VIDEO_TICKS_PER_S } from './constants';

/** A frame rate as a fraction of whole numbers, exact at NTSC rates too. */
export interface FrameRate {
	numerator: number;
	denominator: number;
}

const NTSC_RATES: Record<string, FrameRate> = {
	'23.98': { numerator: 24_000, denominator: 1001 },
	'29.97': { numerator: 30_000, denominator: 1001 },
	'59.94': { numerator: 60_000, denominator: 1001 },
};

const FPS_MIN = 5;
const FPS_MAX = 60;

/**
 * The exact rate behind a number such as 30 or 29.97. Refused where no whole number of ticks fits a frame.
 * Code: `invalid_number`.
 */
export function frameRateOf(fps: number): Result<FrameRate> {
	const rate = Number.isInteger(fps) ? wholeRate(fps) : NTSC_RATES[Number(fps).toFixed(2)];
	if (rate) return ok(rate);
	const choices = '10, 15, 23.976, 24, 25, 29.97, 30, 50, 59.94 or 60';
	return refuse('invalid_number', `"fps" must be a usual frame rate: ${choices}.`, 'fps');
}

function wholeRate(fps: number): FrameRate | undefined {
	const isKept = fps >= FPS_MIN && fps <= FPS_MAX && VIDEO_TICKS_PER_S % fps === 0;
	return isKept ? { numerator: fps, denominator: 1 } : undefined;
}

/**
 * How many frames cover a length. Never fewer than the length needs, because the narration is never cut, and never
 * more: each segment errs by less than one frame, half a frame on average.
 */
export function framesFor(lengthS: number, rate: FrameRate): number {
	return Math.max(1, Math.ceil(((lengthS - LENGTH_ROUNDING_S) * rate.numerator) / rate.denominator));
}

/** Samples of sound that last as long as a number of frames. */
export function samplesFor(frames: number, rate: FrameRate): number {
	return Math.round((frames * rate.denominator * AUDIO_RATE_HZ) / rate.numerator);
}

/** The rate as ffmpeg writes it. */
export function formatRate({ numerator, denominator }: FrameRate): string {
	return denominator === 1 ? String(numerator) : `${numerator}/${denominator}`;
}

/** How often a file of a given length has to be repeated, after its first run, to fill a length. Always finite. */
export function repeatsToFill(lengthS: number, fileS: number): number {
	return Math.max(0, Math.ceil(lengthS / fileS) - 1);
}
