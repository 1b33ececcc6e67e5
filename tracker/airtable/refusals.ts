import { refuse, type Refusal } from '../../engine/result';
import type { ApiFailure } from './transport';

/** What a caller is told of a failed request, with what to do about it. */
export function refusalOf(failure: ApiFailure, table: string): Refusal {
	const { status, type, message } = failure;
	if (status === 401) {
		return refuse('auth', 'Airtable does not accept the token. Check it in the Airtable Tracker API credential.');
	}
	if (status === 403) {
		return refuse(
			'forbidden',
			`The token may not use the table "${table}", or there is no such table or base. Check the base ID, the token's scopes and its list of bases, and run the schema set-up.`,
		);
	}
	if (status === 404 || type === 'ROW_DOES_NOT_EXIST') {
		return refuse('not_found', `Airtable has no such record in "${table}": ${message}`);
	}
	if (status === 413) return refuse('too_large', `A record of "${table}" is too large for Airtable.`);
	if (type === 'INVALID_FILTER_BY_FORMULA')
		return refuse('invalid_formula', `Airtable can't read a filter: ${message}`);
	if (status === 422) {
		return refuse('invalid_value', `Airtable refused a write to "${table}": ${message}`, fieldNamedIn(message));
	}
	if (failure.kind === 'rate_limited') return refuse('unavailable', 'Airtable goes on refusing requests as too many.');
	if (failure.kind === 'transient') return refuse('unavailable', `Airtable can't be reached or fails: ${message}`);
	return refuse('unexpected', `Airtable answered with status ${status}: ${message}`);
}

export function quotaRefusal(): Refusal {
	return refuse(
		'quota_exceeded',
		"The Airtable workspace has used up its API calls of this month. Upgrade its plan or wait for the next month; Airtable's usage page shows when.",
	);
}

function fieldNamedIn(message: string): string | undefined {
	return /^(?:Field|Unknown field name:) "(.+?)"/.exec(message)?.[1];
}
