import type { SandboxReply } from '../core/types';

const TEXTS: Record<number, [title: string, text: string]> = {
	400: ['Bad Request', 'The browser (or proxy) sent a request that this server could not understand.'],
	404: [
		'Not Found',
		'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.',
	],
	405: ['Method Not Allowed', 'The method is not allowed for the requested URL.'],
};

/** The page with which the toolkit's web server turns a request away before the toolkit sees it. */
export function errorPage(status: 400 | 404 | 405): SandboxReply {
	const [title, text] = TEXTS[status];
	return {
		status,
		headers: { 'content-type': 'text/html; charset=utf-8' },
		body: `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${text}</p>\n`,
	};
}
