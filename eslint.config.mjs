// Ordinary rules for everything that is not published. What is published is under n8n's own strict rules: see tools/lint.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const PUBLISHED = ['nodes/**', 'credentials/**', 'engine/**', 'tracker/**'];
const GENERATED = [
	'**/node_modules/**',
	'dist/**',
	'.build/**',
	'.sandbox/**',
	'.n8n-demo/**',
	'out/**',
	'coverage/**',
];

const NODE_GLOBALS = [
	'AbortController',
	'AbortSignal',
	'Buffer',
	'URL',
	'URLSearchParams',
	'console',
	'fetch',
	'process',
];
const COMMONJS_GLOBALS = ['__dirname', 'exports', 'module', 'require'];

/** A leading underscore says that a name is there on purpose and not used. */
const UNUSED = { argsIgnorePattern: '^_', varsIgnorePattern: '^_' };

export default tseslint.config(
	{ ignores: [...PUBLISHED, ...GENERATED, 'test/fixtures/**'] },
	{ linterOptions: { reportUnusedDisableDirectives: 'error' } },
	js.configs.recommended,
	{ files: ['**/*.ts'], extends: [tseslint.configs.recommended] },
	{ files: ['**/*.mjs'], languageOptions: { globals: readonly(NODE_GLOBALS) } },
	{
		files: ['**/*.{js,cjs}'],
		languageOptions: { sourceType: 'commonjs', globals: readonly([...NODE_GLOBALS, ...COMMONJS_GLOBALS]) },
	},
	{
		rules: {
			eqeqeq: ['error', 'always'],
			'no-unused-vars': 'off',
			'no-var': 'error',
			'prefer-const': 'error',
		},
	},
	{ files: ['**/*.{js,cjs,mjs}'], rules: { 'no-unused-vars': ['error', UNUSED] } },
	{ files: ['**/*.ts'], rules: { '@typescript-eslint/no-unused-vars': ['error', UNUSED] } },
);

function readonly(names) {
	return Object.fromEntries(names.map((name) => [name, 'readonly']));
}
