const { readFileSync } = require('node:fs');
const { extract, parse } = require('jest-docblock');

/**
 * What a test file needs besides Node.js and this repository, as the comment at its top says: `@needs n8n chromium`.
 *
 * - `n8n`: the installed n8n
 * - `chromium`: a browser
 * - `queue-mode`: Redis and PostgreSQL, and several processes of n8n
 * - `system-ffmpeg`: an ffmpeg besides the packaged one
 * - `patience`: minutes of a whole core
 */
function needsOf(path) {
	const { needs = '' } = parse(extract(readFileSync(path, 'utf8')));
	return [needs].flat().join(' ').split(/\s+/).filter(Boolean);
}

module.exports = { needsOf };
