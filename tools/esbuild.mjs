import { relative } from 'node:path';
import { ToolError } from './errors.mjs';
import { ROOT } from './paths.mjs';

/** Bundles with esbuild, which prints what is wrong where: a stack would only push that out of sight. */
export async function bundle(options) {
	const { build } = await import('esbuild');
	try {
		return await build({ bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning', ...options });
	} catch (error) {
		if (!Array.isArray(error.errors)) throw error;
		const count = error.errors.length;
		throw new ToolError(
			`${relative(ROOT, options.outfile)} could not be built: ${count} error${count === 1 ? '' : 's'}, see above.`,
		);
	}
}
