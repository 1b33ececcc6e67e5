import { ROLES, type Role, type RoleBook, type RoleHolder } from '../roles';
import type { RedisLink } from './link';

/** Takes the role from the workflow, and from no other. */
const FORGET = `
local noted = redis.call('HGET', KEYS[1], ARGV[1])
if noted and cjson.decode(noted).workflowId == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1`;

function readHolder(text: string | undefined): RoleHolder | undefined {
	try {
		const { workflowId, workflowName } = JSON.parse(text ?? '') as Partial<RoleHolder>;
		return typeof workflowId === 'string' ? { workflowId, workflowName: String(workflowName ?? '') } : undefined;
	} catch {
		return undefined;
	}
}

/**
 * The book of all processes, in Redis: in queue mode only n8n's main process activates workflows, and its workers call
 * them. While Redis does not answer, `own` says what this process knows.
 *
 * @param prefix of the credential
 */
export function createRedisRoleBook(link: RedisLink, prefix: string, own: RoleBook): RoleBook {
	const key = `${prefix}:{roles}`;
	return {
		async note(role, holder) {
			await own.note(role, holder);
			await link.ask(async (client) => await client.hset(key, role, JSON.stringify(holder)));
		},
		async forget(role, workflowId) {
			await own.forget(role, workflowId);
			await link.run(FORGET, [key], [role, workflowId]);
		},
		async holders() {
			const noted = await link.ask(async (client) => await client.hgetall(key));
			if (!noted.ok) return await own.holders();
			const holders = ROLES.map((role) => [role, readHolder(noted.value[role])] as const);
			return new Map(holders.filter((entry): entry is readonly [Role, RoleHolder] => entry[1] !== undefined));
		},
	};
}
