import { REST_TIMEOUT_MS } from './constants';
import type { Owner } from './types';

const OWNER_NAME = { firstName: 'Video', lastName: 'Engine' };

/** n8n's internal REST API, the one that its editor uses, with the owner's session. */
export class RestClient {
	private cookie = '';

	constructor(private readonly baseUrl: string) {}

	/** Makes this person the owner of a fresh instance, or logs in where that was done before. */
	async signIn(owner: Owner): Promise<void> {
		const settings = await this.call<{ userManagement: { showSetupOnFirstLoad: boolean } }>('GET', '/settings');
		const path = settings.userManagement.showSetupOnFirstLoad ? '/owner/setup' : '/login';
		const body =
			path === '/login' ? { emailOrLdapLoginId: owner.email, password: owner.password } : { ...owner, ...OWNER_NAME };
		await this.call('POST', path, body);
	}

	/** Returns `data` of the answer; throws with n8n's own words when it is not a success. */
	async call<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await fetch(`${this.baseUrl}/rest${path}`, {
			method,
			headers: { accept: 'application/json', 'content-type': 'application/json', cookie: this.cookie },
			body: body === undefined ? undefined : JSON.stringify(body),
			signal: AbortSignal.timeout(REST_TIMEOUT_MS),
		});
		const cookies = response.headers.getSetCookie();
		if (cookies.length > 0) this.cookie = cookies.map((cookie) => cookie.split(';')[0]).join('; ');
		const text = await response.text();
		if (!response.ok) throw new Error(`n8n answered ${response.status} to ${method} ${path}: ${messageOf(text)}`);
		return parse(text).data as T;
	}
}

function messageOf(text: string): string {
	const { message } = parse(text);
	return typeof message === 'string' ? message : text.slice(0, 300);
}

function parse(text: string): Record<string, unknown> {
	try {
		return JSON.parse(text) as Record<string, unknown>;
	} catch {
		return {};
	}
}
