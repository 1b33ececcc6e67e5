import fc from 'fast-check';

import { parseFormula } from '../../../sandbox/airtable/formula/parse';
import { formulaField, formulaString } from '../../../tracker/airtable/formula';
import { anyText } from '../../support/anyText';

const HOSTILE = fc.string({
	unit: fc.constantFrom("'", '"', '\\', '{', '}', ')', '(', ',', '\n', '\t', 'a', '=', '💥'),
});
const ANY_TEXT = fc.oneof(HOSTILE, anyText());

describe('formulaString', () => {
	it('reads back as one literal with the same text, whatever it holds', () => {
		fc.assert(
			fc.property(ANY_TEXT, (text) => {
				expect(parseFormula(formulaString(text))).toEqual({ kind: 'literal', value: text });
			}),
		);
	});

	it('never ends early inside a larger formula', () => {
		fc.assert(
			fc.property(ANY_TEXT, (text) => {
				expect(parseFormula(`AND({a}=${formulaString(text)},{b}=1)`)).toMatchObject({
					kind: 'call',
					args: [{ kind: 'binary', right: { kind: 'literal', value: text } }, { kind: 'binary' }],
				});
			}),
		);
	});

	it('escapes the usual attack', () => {
		expect(formulaString("x',TRUE())")).toBe("'x\\',TRUE())'");
	});
});

describe('formulaField', () => {
	it('reads back as one field with the same name, whatever it holds', () => {
		fc.assert(
			fc.property(ANY_TEXT, (name) => {
				expect(parseFormula(`${formulaField(name)}='x'`)).toMatchObject({ left: { kind: 'field', name } });
			}),
		);
	});
});
