import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root and the folders that the tools read and write. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const NODE_TOOL = join(ROOT, 'tools', 'node');
export const N8N_TOOL = join(ROOT, 'tools', 'n8n');
export const LINT_TOOL = join(ROOT, 'tools', 'lint');
export const BUILD_DIR = join(ROOT, '.build');
export const DIST = join(ROOT, 'dist');
