/** A parsed formula. */
export type Node =
	| { kind: 'literal'; value: string | number }
	| { kind: 'field'; name: string }
	| { kind: 'call'; name: string; args: Node[] }
	| { kind: 'binary'; operator: string; left: Node; right: Node }
	| { kind: 'negate'; operand: Node };

/** The formula can't be read; the message says where. */
export class FormulaSyntaxError extends Error {}

interface Token {
	kind: 'number' | 'string' | 'field' | 'name' | 'operator' | 'end';
	text: string;
	at: number;
}

const WHITE_SPACE = /\s/;
const NUMBER = /^\d+(\.\d+)?|^\.\d+/;
const NAME = /^[\p{L}_][\p{L}\p{N}_]*/u;
const OPERATOR = /^(!=|<=|>=|[=<>+\-*/&(),])/;
const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t' };
/** Loosest first. */
const PRECEDENCE = [['=', '!=', '<', '>', '<=', '>='], ['&'], ['+', '-'], ['*', '/']];

/** Parses an Airtable formula; throws {@link FormulaSyntaxError}. */
export function parseFormula(source: string): Node {
	const parser = new Parser(tokenise(source));
	const node = parser.expression();
	parser.expectEnd();
	return node;
}

function tokenise(source: string): Token[] {
	const tokens: Token[] = [];
	let at = 0;
	while (at < source.length) {
		const character = source[at];
		if (WHITE_SPACE.test(character)) {
			at++;
			continue;
		}
		const token = readToken(source, at);
		tokens.push(token.token);
		at = token.next;
	}
	tokens.push({ kind: 'end', text: '', at });
	return tokens;
}

function readToken(source: string, at: number): { token: Token; next: number } {
	const character = source[at];
	if (character === "'" || character === '"') return readDelimited(source, at, character, 'string');
	if (character === '{') return readDelimited(source, at, '}', 'field');
	const rest = source.slice(at);
	for (const [kind, pattern] of [
		['number', NUMBER],
		['name', NAME],
		['operator', OPERATOR],
	] as const) {
		const text = pattern.exec(rest)?.[0];
		if (text !== undefined) return { token: { kind, text, at }, next: at + text.length };
	}
	throw new FormulaSyntaxError(`unexpected ${character} at ${at}`);
}

function readDelimited(
	source: string,
	start: number,
	close: string,
	kind: 'string' | 'field',
): { token: Token; next: number } {
	let text = '';
	for (let at = start + 1; at < source.length; at++) {
		const character = source[at];
		if (character === close) return { token: { kind, text, at: start }, next: at + 1 };
		if (character === '\\' && at + 1 < source.length) {
			at++;
			text += kind === 'string' ? (ESCAPES[source[at]] ?? source[at]) : source[at];
		} else {
			text += character;
		}
	}
	throw new FormulaSyntaxError(`no closing ${close} for the one opened at ${start}`);
}

class Parser {
	private position = 0;

	constructor(private readonly tokens: Token[]) {}

	expression(level = 0): Node {
		if (level === PRECEDENCE.length) return this.unary();
		let left = this.expression(level + 1);
		for (;;) {
			const token = this.tokens[this.position];
			if (token.kind !== 'operator' || !PRECEDENCE[level].includes(token.text)) return left;
			this.position++;
			left = { kind: 'binary', operator: token.text, left, right: this.expression(level + 1) };
		}
	}

	expectEnd(): void {
		const token = this.tokens[this.position];
		if (token.kind !== 'end') throw new FormulaSyntaxError(`unexpected ${token.text} at ${token.at}`);
	}

	private unary(): Node {
		if (this.takes('-')) return { kind: 'negate', operand: this.unary() };
		return this.primary();
	}

	private primary(): Node {
		const token = this.tokens[this.position++];
		if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
		if (token.kind === 'string') return { kind: 'literal', value: token.text };
		if (token.kind === 'field') return { kind: 'field', name: token.text };
		if (token.kind === 'name') {
			return this.takes('(')
				? { kind: 'call', name: token.text.toUpperCase(), args: this.args() }
				: { kind: 'field', name: token.text };
		}
		if (token.text === '(') {
			const inner = this.expression();
			if (!this.takes(')')) throw new FormulaSyntaxError(`no closing ) for the one opened at ${token.at}`);
			return inner;
		}
		throw new FormulaSyntaxError(token.kind === 'end' ? 'unexpected end' : `unexpected ${token.text} at ${token.at}`);
	}

	private args(): Node[] {
		if (this.takes(')')) return [];
		const args = [this.expression()];
		while (this.takes(',')) args.push(this.expression());
		if (!this.takes(')')) throw new FormulaSyntaxError('no closing ) after the arguments of a function');
		return args;
	}

	private takes(operator: string): boolean {
		const token = this.tokens[this.position];
		if (token.kind !== 'operator' || token.text !== operator) return false;
		this.position++;
		return true;
	}
}
