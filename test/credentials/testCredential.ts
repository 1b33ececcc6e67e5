import type {
	IAuthenticateGeneric,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	IHttpRequestOptions,
	INode,
	INodeType,
	INodeTypes,
} from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';

import { httpOverFetch } from '../support/httpOverFetch';

/** What n8n shows under the credential. */
export interface CredentialVerdict {
	status: 'OK' | 'Error';
	message: string;
}

const NO_OP = { description: { properties: [] } } as unknown as INodeType;
const NODE_TYPES = { getByName: () => NO_OP, getByNameAndVersion: () => NO_OP } as unknown as INodeTypes;

/** Resolves `={{ $credentials… }}` with n8n's own evaluator, at any depth. */
function resolve<T>(value: T, credentials: ICredentialDataDecryptedObject): T {
	const node: INode = { id: '1', name: 'Test', type: 'test', typeVersion: 1, position: [0, 0], parameters: {} };
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes: NODE_TYPES });
	const one = (text: string) =>
		workflow.expression.getParameterValue(text, null, 0, 0, 'Test', [], 'internal', { $credentials: credentials });
	const deep = (part: unknown): unknown => {
		if (typeof part === 'string') return part.startsWith('=') ? one(part) : part;
		if (Array.isArray(part)) return part.map(deep);
		if (typeof part !== 'object' || part === null) return part;
		return Object.fromEntries(Object.entries(part).map(([key, member]) => [key, deep(member)]));
	};
	return deep(value) as T;
}

async function authenticate(
	{ authenticate: method }: ICredentialType,
	credentials: ICredentialDataDecryptedObject,
	options: IHttpRequestOptions,
): Promise<IHttpRequestOptions> {
	if (method === undefined) return options;
	if (typeof method === 'function') return await method(credentials, options);
	const { properties } = resolve(method as IAuthenticateGeneric, credentials);
	const headers = { ...options.headers, ...properties.headers } as IDataObject;
	return { ...options, headers, qs: { ...options.qs, ...properties.qs } };
}

/** The base URL keeps its own path, as with n8n's HTTP client. */
function joined({ baseURL, url }: IHttpRequestOptions): { url: string; baseURL?: string } {
	if (baseURL === undefined) return { url };
	return { url: `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`, baseURL: undefined };
}

function isRefused(status: number, { ignoreHttpStatusErrors }: IHttpRequestOptions): boolean {
	if (ignoreHttpStatusErrors === true) return false;
	if (ignoreHttpStatusErrors) return ignoreHttpStatusErrors.except.includes(status);
	return status < 200 || status > 299;
}

/**
 * Tests a credential as n8n 2.41 does it with a declarative `test`: resolve, authenticate, ask, apply the rules.
 * Requests stay on loopback.
 */
export async function testCredential(
	type: ICredentialType,
	credentials: ICredentialDataDecryptedObject,
): Promise<CredentialVerdict> {
	if (!type.test) throw new Error(`${type.name} has no test`);
	const wanted = resolve(type.test.request, credentials) as IHttpRequestOptions;
	const options = await authenticate(type, credentials, wanted);
	const asked = httpOverFetch({
		...options,
		...joined(options),
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
	});
	const answer = await asked.catch((error: Error) => error);
	if (answer instanceof Error)
		return { status: 'Error', message: 'code' in answer ? String(answer.code) : answer.message };

	const { statusCode, body } = answer as { statusCode: number; body: unknown };
	const rules = type.test.rules ?? [];
	if (isRefused(statusCode, options)) {
		const rule = rules.find(
			(candidate) => candidate.type === 'responseCode' && candidate.properties.value === statusCode,
		);
		return { status: 'Error', message: rule?.properties.message ?? `Received HTTP status code: ${statusCode}` };
	}
	for (const rule of rules) {
		if (rule.type !== 'responseSuccessBody') continue;
		const found = rule.properties.key
			.split('.')
			.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], body);
		if (found === rule.properties.value) return { status: 'Error', message: rule.properties.message };
	}
	return { status: 'OK', message: 'Connection successful!' };
}
