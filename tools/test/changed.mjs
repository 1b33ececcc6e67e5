import { ToolError } from '../errors.mjs';
import { ROOT } from '../paths.mjs';
import { runQuiet } from '../spawn.mjs';

/**
 * Files that differ from where this branch left `since`, what is not committed and new files included. Without `since`:
 * from the branch that this one follows, or from the last commit where it follows none.
 */
export async function changedFiles(since) {
	const upstream = since ?? (await tryGit('rev-parse', '--abbrev-ref', '@{upstream}')) ?? 'HEAD';
	const base = await git('merge-base', upstream, 'HEAD');
	const [differ, unknown] = await Promise.all([
		git('diff', '--name-only', base),
		git('ls-files', '--others', '--exclude-standard'),
	]);
	return { since: upstream, files: [...new Set(`${differ}\n${unknown}`.split('\n').filter(Boolean))].sort() };
}

async function git(...args) {
	const { code, output } = await runQuiet('git', args, { cwd: ROOT });
	if (code !== 0) throw new ToolError(`git ${args.join(' ')} failed:\n${output}`);
	return output.trim();
}

async function tryGit(...args) {
	const { code, output } = await runQuiet('git', args, { cwd: ROOT });
	return code === 0 ? output.trim() : undefined;
}
