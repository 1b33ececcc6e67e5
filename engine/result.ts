/** The outcome of a pure function: a value, or a reason that a node can turn into a clear error. */
export type Result<T> = { ok: true; value: T } | Refusal;

/** Why something was refused; `field` names the input at fault, `message` says what to do. */
export interface Refusal {
	ok: false;
	code: string;
	message: string;
	field?: string;
}

/** Wraps a value as a successful {@link Result}. */
export function ok<T>(value: T): Result<T> {
	return { ok: true, value };
}

/** Builds a {@link Refusal}. */
export function refuse(code: string, message: string, field?: string): Refusal {
	return field === undefined ? { ok: false, code, message } : { ok: false, code, message, field };
}
