import { ok, type Result } from '../../engine/result';

/** Names of this world need no resolver; every host is a public one. */
export async function resolveTarget(): Promise<Result<Array<{ address: string; family: 4 }>>> {
	return ok([{ address: '203.0.113.1', family: 4 }]);
}

export function defaultResolver(): () => Promise<never[]> {
	return async () => [];
}
