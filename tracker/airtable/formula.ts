const STRING_ESCAPES: Record<string, string> = {
	'\\': '\\\\',
	"'": "\\'",
	'\n': '\\n',
	'\r': '\\r',
	'\t': '\\t',
};

/**
 * A string literal of Airtable's formula language that can't be left by what it holds.
 *
 * @param value anything a person or a provider may have sent
 * @returns the literal with its quotes, e.g. `'it\'s'`
 */
export function formulaString(value: string): string {
	return `'${value.replace(/[\\'\n\r\t]/g, (character) => STRING_ESCAPES[character])}'`;
}

/**
 * A reference to a field by name.
 *
 * @returns the name in braces, e.g. `{Video Link}`
 */
export function formulaField(name: string): string {
	return `{${name.replace(/[\\}]/g, (character) => `\\${character}`)}}`;
}
