/** What an expression of a template may name. */
export interface Scope {
	$json: Record<string, unknown>;
	$: (node: string) => { item: { json: Record<string, unknown> } };
	$execution: { id: string };
	$workflow: { id: string; name: string };
	/** The node that the items come from. */
	$prevNode: { name: string };
}

type Compiled = (scope: Scope) => unknown;

const compiled = new Map<string, Compiled>();

/** The value of a parameter as a template holds it: texts that begin with `=` are expressions, all else is itself. */
export function evaluate(value: unknown, scope: Scope): unknown {
	if (typeof value === 'string') return value.startsWith('=') ? compile(value)(scope) : value;
	if (Array.isArray(value)) return value.map((member) => evaluate(member, scope));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, evaluate(member, scope)]));
}

/** As n8n reads it: one pair of braces gives its value, anything around it makes a text of it. */
function compile(text: string): Compiled {
	const known = compiled.get(text);
	if (known) return known;
	const parts = text.slice(1).split(/\{\{(.*?)\}\}(?!\})/s);
	const pieces = parts.map((part, index): Compiled => (index % 2 === 0 ? () => part : compileCode(part)));
	const isBare = parts.length === 3 && parts[0].trim() === '' && parts[2].trim() === '';
	const made: Compiled = isBare ? pieces[1] : (scope) => pieces.map((piece) => String(piece(scope) ?? '')).join('');
	compiled.set(text, made);
	return made;
}

function compileCode(code: string): Compiled {
	const names = ['$json', '$', '$execution', '$workflow', '$prevNode'];
	// The code comes from the repository's own templates.
	const run = new Function(...names, `return (${code});`) as (...values: unknown[]) => unknown;
	return (scope) => {
		try {
			return run(scope.$json, scope.$, scope.$execution, scope.$workflow, scope.$prevNode);
		} catch (error) {
			// n8n gives nothing where an expression stumbles over what is not there.
			if (error instanceof TypeError) return undefined;
			throw error;
		}
	};
}
