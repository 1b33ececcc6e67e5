import { ok, refuse } from '../result';
import type { Result } from '../result';
import { MIN_SEGMENT_S } from './constants';
import { groupUnits } from './group';
import type { GroupLimits } from './group';
import { blocksByLines, blocksByMarks } from './marks';
import type { Block } from './marks';
import { isSpeakable } from './measure';
import { breakDown, toUnit } from './pieces';
import { createSegmenters } from './segmenters';
import { findSentences } from './sentences';
import { BREAK } from './types';
import type { ScriptSegment, SplitOptions, SplitResult, Unit } from './types';
import { checkOptions, checkScript } from './validate';
import type { FullSplitOptions } from './validate';

/** A block above the provider's limit is divided into parts of about this much of the limit. */
const FILL_OF_CHARACTER_LIMIT = 0.8;

/**
 * Divides a script into the segments of a video.
 *
 * Joining the texts of the segments gives the narration back character for character but for white space. In mode
 * `markup` the marks (see marks.ts) are not narration. No text exceeds `maxCharacters`.
 * In mode `duration` segments end at ends of sentences between `minRatio` and `maxRatio` of the target when that is
 * possible; sentences longer than that are divided at clauses, then words, then graphemes.
 *
 * @param script plain text in any language, smaller than 1,000,000 bytes
 * @returns segments with estimated times in seconds, or a refusal: `script_empty`, `script_too_large`,
 * `script_not_text` (field `script_text`), `option_invalid`
 */
export function splitScript(script: unknown, options: SplitOptions): Result<SplitResult> {
	const checked = checkScript(script);
	if (!checked.ok) return checked;
	const full = checkOptions(options);
	if (!full.ok) return full;
	const units =
		full.value.mode === 'duration' ? byDuration(checked.value, full.value) : byBlocks(checked.value, full.value);
	if (units.length === 0) {
		return refuse('script_empty', 'The script has marks but no text to be spoken', 'script_text');
	}
	return ok(toSegments(checked.value, units));
}

function byDuration(script: string, options: FullSplitOptions): Unit[] {
	const { targetSegmentS: targetS, minRatio, maxRatio, maxCharacters } = options;
	return splitRange(script, { start: 0, end: script.length }, options, {
		targetS,
		minS: targetS * minRatio,
		maxS: targetS * maxRatio,
		maxCharacters,
	});
}

/** One segment a block; only a block above the provider's limit is divided. */
function byBlocks(script: string, options: FullSplitOptions): Unit[] {
	const blocks = options.mode === 'line' ? blocksByLines(script) : blocksByMarks(script);
	return joinUnspeakable(script, blocks, options).flatMap((unit) => {
		const characters = unit.to - unit.from;
		if (characters <= options.maxCharacters) return [unit];
		const parts = Math.ceil(characters / (options.maxCharacters * FILL_OF_CHARACTER_LIMIT));
		const targetS = Math.max(unit.seconds, MIN_SEGMENT_S) / parts;
		const limits = { targetS, minS: 0, maxS: 2 * targetS, maxCharacters: options.maxCharacters };
		return splitRange(script, { start: unit.from, end: unit.to }, options, limits);
	});
}

/** In mode `line` a line without anything to say (`***`, a lone dash) goes with the line before it, or the next one. */
function joinUnspeakable(script: string, blocks: Block[], options: FullSplitOptions): Unit[] {
	const units: Unit[] = [];
	let isPreviousSpeakable = false;
	for (const { start, end } of blocks) {
		const unit = toUnit(script, start, end, BREAK.paragraph, options);
		if (!unit) continue;
		const previous = units.at(-1);
		const isUnitSpeakable = isSpeakable(script.slice(unit.from, unit.to));
		const belongsTogether: boolean = options.mode === 'line' && !(isPreviousSpeakable && isUnitSpeakable);
		if (previous && belongsTogether) {
			units[units.length - 1] = {
				...unit,
				from: previous.from,
				seconds: previous.seconds + unit.seconds,
				words: previous.words + unit.words,
			};
		} else units.push(unit);
		isPreviousSpeakable = isUnitSpeakable || (belongsTogether && isPreviousSpeakable);
	}
	return units;
}

function splitRange(script: string, range: Block, options: FullSplitOptions, limits: GroupLimits): Unit[] {
	const segmenters = createSegmenters(options.language);
	const unitLimits = { seconds: limits.maxS, characters: limits.maxCharacters };
	const units = findSentences(script, range.start, range.end, segmenters).flatMap((sentence) => {
		const unit = toUnit(script, sentence.start, sentence.end, sentence.breakAfter, options);
		return unit ? breakDown(script, unit, unitLimits, options, segmenters) : [];
	});
	return groupUnits(units, limits);
}

function toSegments(script: string, units: Unit[]): SplitResult {
	let atS = 0;
	const segments = units.map((unit, index): ScriptSegment => {
		const startS = roundMs(atS);
		atS += Math.max(unit.seconds, MIN_SEGMENT_S);
		const endS = roundMs(atS);
		return {
			order: index + 1,
			text: script.slice(unit.from, unit.to).replace(/\r\n?/g, '\n'),
			startS,
			endS,
			durationS: roundMs(endS - startS),
			words: unit.words,
		};
	});
	return { segments, totalS: roundMs(atS) };
}

function roundMs(seconds: number): number {
	return Math.round(seconds * 1000) / 1000;
}
