/** A credential to be put into n8n: `type` is n8n's internal name, `data` its fields in plain text. */
export interface CredentialSpec {
	name: string;
	type: string;
	data: Record<string, unknown>;
}

/** A workflow in n8n's export format, with its stable id. */
export interface WorkflowJson {
	id: string;
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	[key: string]: unknown;
}

export interface WorkflowNode {
	name: string;
	type: string;
	credentials?: Record<string, { id: string | null; name: string }>;
	[key: string]: unknown;
}

/** What an installation of n8n is given. */
export interface N8nContent {
	credentials: CredentialSpec[];
	workflows: WorkflowJson[];
}

/** Who owns the n8n instance: the login of its editor. */
export interface Owner {
	email: string;
	password: string;
}

/** One row of n8n's list of executions. */
export interface ExecutionSummary {
	id: string;
	workflowId: string;
	workflowName?: string;
	status: string;
	mode: string;
	startedAt: string;
	stoppedAt?: string | null;
}

export interface StartN8nOptions extends N8nContent {
	/** n8n's user folder. Made when missing; one of an earlier start is used again. */
	dir: string;
	/** Packed community packages to install as a user would, by `npm install`. */
	tarballs: string[];
	port?: number;
	/** Laid over the settings of {@link n8nEnvironment}. */
	env?: Record<string, string>;
	/** Told in a few words what is going on. */
	onProgress?: (what: string) => void;
}

export interface RunningN8n {
	/** Without a trailing slash. */
	baseUrl: string;
	owner: Owner;
	logFile: string;
	/** Calls n8n's internal REST API as the owner and returns `data` of the answer. `path` begins after `/rest`. */
	rest<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
	/** Latest executions first, at most `limit` (default 100). */
	executions(limit?: number): Promise<ExecutionSummary[]>;
	/** Ends n8n and everything it started. May be called more than once. */
	stop(): Promise<void>;
	/** Ends n8n at once, as a crash would. */
	kill(): Promise<void>;
}
