import { join, relative } from 'node:path';
import { ROOT } from './paths.mjs';

/** Which of the repository's files are played by another in the world of `chaos/`: what touches machine, wire or media. */
const FILES = {
	'nodes/SpacesPersist/constants.ts': 'spacesConstants.ts',
	'nodes/SpacesPersist/inspect.ts': 'inspect.ts',
	'nodes/shared/foreignFetch/connect.ts': 'foreignConnect.ts',
	'nodes/shared/foreignFetch/resolve.ts': 'foreignResolve.ts',
	'nodes/shared/mediaDuration.ts': 'mediaLength.ts',
	'sandbox/airtable/attachments.ts': 'attachments.ts',
	'sandbox/elevenLabs/speech.ts': 'speech.ts',
	'sandbox/goApi/rendering.ts': 'rendering.ts',
	'sandbox/media/ffmpeg.ts': 'ffmpeg.ts',
	'sandbox/media/probe.ts': 'probe.ts',
	'sandbox/nca/inputs.ts': 'ncaInputs.ts',
};
/** Packages and parts of Node.js, by the folders that ask for them. */
const MODULES = [
	{ name: '@aws-sdk/client-s3', from: /^nodes\//, file: 'awsSdk.ts' },
	{ name: 'node:crypto', from: /^(engine|tracker|nodes|sandbox)\//, file: 'crypto.ts' },
	{ name: 'node:sqlite', from: /^sandbox\//, file: 'sqlite.ts' },
	{ name: 'node:fs/promises', from: /^sandbox\/(airtable|elevenLabs|goApi|nca)\//, file: 'files.ts' },
	{ name: './fetch', from: /^node_modules\/airtable\//, file: 'airtableFetch.ts' },
];
const STREAMS = { name: 'node:fs', from: /^sandbox\/goApi\//, file: 'fileStreams.ts' };

/** Lets a program be bundled with the world of `chaos/` in the place of the machine. */
export const chaosPlugin = {
	name: 'chaos',
	setup(build) {
		const replacement = (file) => ({ path: join(ROOT, 'chaos', 'replace', file) });
		build.onResolve({ filter: /.*/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
			if (pluginData === 'chaos') return undefined;
			const from = relative(ROOT, importer);
			const found = [...MODULES, STREAMS].find((each) => each.name === path && each.from.test(from));
			if (found) return replacement(found.file);
			if (path === 'airtable') return { path: join(ROOT, 'node_modules', 'airtable', 'lib', 'airtable.js') };
			if (!path.startsWith('.')) return undefined;
			const resolved = await build.resolve(path, { importer, kind, resolveDir, pluginData: 'chaos' });
			const file = FILES[relative(ROOT, resolved.path)];
			return file === undefined || from.startsWith('chaos/') ? resolved : replacement(file);
		});
	},
};
