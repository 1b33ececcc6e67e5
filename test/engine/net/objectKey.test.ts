import fc from 'fast-check';
import { checkObjectKey, encodeObjectKey } from '../../../engine/net/objectKey';
import { anyText } from '../../support/anyText';

function codeOf(key: string): string {
	const checked = checkObjectKey(key);
	return checked.ok ? 'ok' : checked.code;
}

describe('checkObjectKey', () => {
	it.each([
		'videos/rec1/0123456789abcdef/segment_2_combined.mp4',
		'a',
		'ä/日本/🎬.mp4',
		'a b+c&d=e.mp4',
		'...',
		'a..b/c',
	])('takes %s', (key) => expect(codeOf(key)).toBe('ok'));

	it.each([
		['', 'key_empty'],
		['/etc/passwd', 'key_absolute'],
		['videos/../secret', 'key_traversal'],
		['..', 'key_traversal'],
		['a/./b', 'key_traversal'],
		['a//b', 'key_traversal'],
		['a/', 'key_traversal'],
		['a\\..\\b', 'key_characters'],
		['a\nb', 'key_characters'],
		['a\r\nx-amz-acl: private', 'key_characters'],
		['a\u0000', 'key_characters'],
		['a\u007f', 'key_characters'],
		['a\u0085b', 'key_characters'],
		['a\ud800b', 'key_characters'],
		['ä'.repeat(513), 'key_too_long'],
	])('refuses %j', (key, code) => expect(codeOf(key)).toBe(code));

	it('never lets a key leave its folder', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom('.', '/', '\\', 'a', '%', '2', 'e') }), (key) => {
				if (codeOf(key) !== 'ok') return;
				const base = new URL('https://host/bucket/');
				expect(new URL(base.href + encodeObjectKey(key)).href).toBe(base.href + encodeObjectKey(key));
			}),
		);
	});
});

describe('encodeObjectKey', () => {
	it('encodes each part, the plus sign too', () => {
		expect(encodeObjectKey("a b/c+d/e?f#g/(h)!*'/ä~_-.")).toBe('a%20b/c%2Bd/e%3Ff%23g/%28h%29%21%2A%27/%C3%A4~_-.');
	});

	it('can be undone', () => {
		fc.assert(
			fc.property(anyText(), (key) => {
				expect(encodeObjectKey(key).split('/').map(decodeURIComponent).join('/')).toBe(key);
			}),
		);
	});

	it('does not fail on half a surrogate pair', () => expect(encodeObjectKey('a\ud800')).toBe('a%EF%BF%BD'));
});
