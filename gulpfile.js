const { dest, parallel, src } = require('gulp');

// Without `encoding: false` gulp 5 reads files as UTF-8 text and damages pictures.
const BYTES = { encoding: false };

/** Nodes and credentials refer to `icons/` beside their folders, so the folder keeps its place in dist/. */
function copyIcons() {
	return src('icons/**/*.{svg,png}', BYTES).pipe(dest('dist/icons'));
}

/** Codex files: what n8n's node panel knows of a node besides its class. */
function copyCodex() {
	return src('nodes/**/*.node.json', BYTES).pipe(dest('dist/nodes'));
}

exports['build:icons'] = parallel(copyIcons, copyCodex);
