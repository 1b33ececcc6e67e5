import { ROLE_LOOK_MS, ROLE_WAIT_MS } from './constants';
import type { TrackerClock } from './airtable/types';

/** What a workflow does for the others of the engine. */
export const ROLES = ['advance', 'recover', 'runStep', 'settle', 'tellPeople'] as const;

export type Role = (typeof ROLES)[number];

/** The workflow that has a role now. */
export interface RoleHolder {
	workflowId: string;
	workflowName: string;
}

export type RoleHolders = ReadonlyMap<Role, RoleHolder>;

/**
 * Which published workflow has which role. n8n lets one workflow have an address, and each role has one: so whoever is
 * noted here has won it, and what is noted for that role before is out of date.
 */
export interface RoleBook {
	note(role: Role, holder: RoleHolder): Promise<void>;
	/** Does nothing where another workflow has taken the role meanwhile. */
	forget(role: Role, workflowId: string): Promise<void>;
	holders(): Promise<RoleHolders>;
}

/** The book of a single process. */
export function createRoleBook(): RoleBook {
	const holders = new Map<Role, RoleHolder>();
	return {
		async note(role, holder) {
			holders.set(role, holder);
		},
		async forget(role, workflowId) {
			if (holders.get(role)?.workflowId === workflowId) holders.delete(role);
		},
		async holders() {
			return holders;
		},
	};
}

/**
 * Who has a role. n8n takes calls before it has activated its triggers, and a workflow that is published anew is without
 * its role for a moment: so a role that nobody has is waited for, but not for long.
 */
export async function waitForHolder(book: RoleBook, role: Role, clock: TrackerClock): Promise<RoleHolder | undefined> {
	const giveUpMs = clock.now() + ROLE_WAIT_MS;
	for (;;) {
		const holder = (await book.holders()).get(role);
		if (holder || clock.now() >= giveUpMs) return holder;
		await clock.sleep(ROLE_LOOK_MS);
	}
}

/** Roles that nobody has, in an installation that has some; empty where none is known. */
export function missingRoles(holders: RoleHolders): Role[] {
	return holders.size === 0 ? [] : ROLES.filter((role) => !holders.has(role));
}
