import type { N8nContent } from './types';

const REDIS_ACCOUNT = { id: null, name: 'Video Engine Redis account' };
const JOB_TRACKER = 'n8n-nodes-video-engine.jobTracker';

/** Credentials and workflows as somebody has them who went to queue mode: see docs/queue-mode.md. */
export function withRedis({ credentials, workflows }: N8nContent, redis: Record<string, unknown>): N8nContent {
	const locked = credentials.map((credential) =>
		credential.type === 'airtableTrackerApi'
			? { ...credential, data: { ...credential.data, lock: 'redis' } }
			: credential,
	);
	return {
		credentials: [...locked, { name: REDIS_ACCOUNT.name, type: 'videoEngineRedisApi', data: redis }],
		workflows: workflows.map((workflow) => ({
			...workflow,
			nodes: workflow.nodes.map((node) =>
				node.type === JOB_TRACKER
					? { ...node, credentials: { ...node.credentials, videoEngineRedisApi: REDIS_ACCOUNT } }
					: node,
			),
		})),
	};
}
