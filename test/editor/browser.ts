import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import type { RunningN8n } from '../../sandbox/demo/n8n';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const VIEWPORT = { width: 1600, height: 1400 };

/** Chromium looks for updates and for hosts of its maker by default. */
const QUIET = [
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** The path of a Chromium on this machine: `CHROMIUM_PATH`, or the first on `PATH`; undefined when there is none. */
export function findChromium(): string | undefined {
	const folders = (process.env.PATH ?? '').split(delimiter);
	const places = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
	return [process.env.CHROMIUM_PATH ?? '', ...places].find((path) => path !== '' && canRun(path));
}

function canRun(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

export async function launchChromium(executablePath: string): Promise<Browser> {
	// Chromium refuses to run as root, which a CI container mostly is, with its sandbox on.
	const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
	return await chromium.launch({ executablePath, args: [...QUIET, ...asRoot] });
}

/** A window in which the owner of this n8n is logged in. */
export async function logIn(browser: Browser, { baseUrl, owner }: RunningN8n): Promise<BrowserContext> {
	const context = await browser.newContext({ viewport: VIEWPORT, baseURL: baseUrl });
	const data = { emailOrLdapLoginId: owner.email, password: owner.password };
	const answer = await context.request.post('/rest/login', { data });
	if (!answer.ok()) throw new Error(`n8n answered ${answer.status()} to the login`);
	return context;
}
