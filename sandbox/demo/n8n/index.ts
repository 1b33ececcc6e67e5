export { startN8n } from './startN8n';
export { startQueue, type RunningQueue, type StartQueueOptions } from './startQueue';
export { withRedis } from './redisContent';
export type { ServerProcess } from './serverProcess';
export { freePort, isPortFree } from './ports';
export type {
	CredentialSpec,
	ExecutionSummary,
	N8nContent,
	Owner,
	RunningN8n,
	StartN8nOptions,
	WorkflowJson,
} from './types';
