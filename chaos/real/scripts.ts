import { createRandom } from '../../sandbox/core/random';
import { PERSONS_CLIPS_CHANCE } from './constants';

const WHO = ['A lantern', 'The tide', 'An old bridge', 'A letter', 'The night train', 'A small garden', 'The radio'];
const DOES = ['remembers', 'forgets', 'carries home', 'waits for', 'counts', 'never asks for', 'keeps'];
const WHAT = ['every storm', 'the names of the rivers', 'a promise', 'the last guest', 'two quiet hours', 'its key'];
const TWO_SEGMENTS_SHARE = 0.4;

/** What is sent in for a video. */
export interface IntakeRequest {
	title: string;
	script_text: string;
	target_segment_duration: number;
	background: 'user' | 'generated';
	music_prompt: string;
}

/**
 * A short script that nobody else has, so that each paid call belongs to one video: the splitter may cut a sentence at
 * its comma, so both of its halves name the film. One or two sentences.
 */
export function requestOf(seed: number, index: number): IntakeRequest {
	const random = createRandom(seed, `script ${index}`);
	const pick = (words: string[]) => words[Math.floor(random() * words.length)];
	const sentence = (part: string) =>
		`${pick(WHO)} in ${part} of film ${index} ${pick(DOES)} ${pick(WHAT)}, and that is ${part} of film ${index} of seed ${seed}.`;
	const isTwo = random() < TWO_SEGMENTS_SHARE;
	const text = isTwo ? `${sentence('the opening')} ${sentence('the end')}` : sentence('the whole');
	return {
		title: `chaos ${seed}.${index}`,
		script_text: text,
		target_segment_duration: isTwo ? 5 : 30,
		background: random() < PERSONS_CLIPS_CHANCE ? 'user' : 'generated',
		music_prompt: `Calm piano, piece ${index} of seed ${seed}`,
	};
}
