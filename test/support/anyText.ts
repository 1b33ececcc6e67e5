import fc from 'fast-check';

const isHalf = (codePoint: number) => codePoint >= 0xd800 && codePoint <= 0xdfff;

/** Every code point, those of English more often. fast-check's own `binary` lists all million of them first, in each file. */
const character = fc
	.oneof({ arbitrary: fc.nat(0x7f), weight: 2 }, fc.nat(0xffff), fc.nat(0x10ffff))
	.filter((codePoint) => !isHalf(codePoint))
	.map((codePoint) => String.fromCodePoint(codePoint));

/** Text of any characters, control characters included. */
export function anyText(limits: { maxLength?: number } = {}): fc.Arbitrary<string> {
	return fc.string({ unit: character, ...limits });
}
