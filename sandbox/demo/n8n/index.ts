export { startN8n } from './startN8n';
export { freePort, isPortFree } from './ports';
export type { CredentialSpec, ExecutionSummary, Owner, RunningN8n, StartN8nOptions, WorkflowJson } from './types';
