import type { IExecuteFunctions, IHookFunctions, INodePropertyOptions, ILoadOptionsFunctions } from 'n8n-workflow';
import { NodeOperationError, sleep } from 'n8n-workflow';

import { processState } from '../../tracker/processState';
import { RedisLink } from '../../tracker/redis/link';
import { createRedisRoleBook } from '../../tracker/redis/roles';
import { readRedisSettings } from '../../tracker/redis/settings';
import { createRoleBook, type Role, type RoleBook } from '../../tracker/roles';

type Context = IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions;

const REDIS_CREDENTIAL = 'videoEngineRedisApi';

/** What each role does, as people read it. Sorted by name, as n8n wants it. */
export const ROLE_OPTIONS: Array<INodePropertyOptions & { value: Role }> = [
	{ name: 'Advance a Video', value: 'advance', description: 'Starts what may happen next to a video' },
	{ name: 'Recover', value: 'recover', description: 'Looks at what is late, of one video or of all' },
	{ name: 'Run a Step', value: 'runStep', description: 'Does one claimed step of a video' },
	{ name: 'Settle a Result', value: 'settle', description: 'Decides what news about a job is worth' },
	{ name: 'Tell People', value: 'tellPeople', description: 'Tells people of what is wrong' },
];

export function roleName(role: Role): string {
	return ROLE_OPTIONS.find(({ value }) => value === role)?.name ?? role;
}

/** The role that a node names; what it is told by an expression may be anything. */
export function readRole(ctx: { getNode: Context['getNode'] }, value: unknown): Role {
	const known = ROLE_OPTIONS.find((option) => option.value === value);
	if (known) return known.value;
	const roles = ROLE_OPTIONS.map(({ name, value: role }) => `${role} (${name})`).join(', ');
	throw new NodeOperationError(ctx.getNode(), `Role must be one of: ${roles}`);
}

/**
 * The book in which this process finds who has which role. In queue mode workers know none by themselves, so a node that
 * has a credential of Redis asks there.
 */
export async function roleBookOf(ctx: Context): Promise<RoleBook> {
	const own = processState.singleton('roles', createRoleBook);
	if (!ctx.getNode().credentials?.[REDIS_CREDENTIAL]) return own;
	const settings = readRedisSettings(await ctx.getCredentials(REDIS_CREDENTIAL));
	if (!settings.ok) throw new NodeOperationError(ctx.getNode(), settings.message);
	const { value } = settings;
	return processState.singleton(`roles:${JSON.stringify(value)}`, () =>
		createRedisRoleBook(new RedisLink(value, { sleep }), value.keyPrefix, own),
	);
}
