/** ESM-only libraries that are bundled at build and must be transformed for jest. */
const ESM_PACKAGES = [
	'@echogarden',
	'music-metadata',
	'strtok3',
	'token-types',
	'file-type',
	'uint8array-extras',
	'@tokenizer',
	'@borewit',
	'win-guid',
	'media-typer',
	'content-type',
	'mediabunny',
];

module.exports = {
	rootDir: __dirname,
	testEnvironment: 'node',
	// For hooks and tests that say nothing: the machine is busy with other tests.
	testTimeout: 120_000,
	roots: ['<rootDir>/test'],
	// tools/test has these four: files run beside each other by what they wait for, the longest first, all measured.
	maxWorkers: '100%',
	// Processes of jest end by themselves; on a busy machine not within its half second.
	workerGracefulExitTimeout: 10_000,
	runner: '<rootDir>/tools/test/runner.cjs',
	testRunner: '<rootDir>/tools/test/measured.cjs',
	testSequencer: '<rootDir>/tools/test/sequencer.cjs',
	reporters: ['default', '<rootDir>/tools/test/reporter.cjs'],
	testMatch: ['**/*.test.ts'],
	cacheDirectory: '<rootDir>/.build/jest',
	transform: {
		'^.+\\.(t|j|mj)s$': [
			'@swc/jest',
			{
				jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
				module: { type: 'commonjs' },
				sourceMaps: 'inline',
			},
		],
	},
	transformIgnorePatterns: [`/node_modules/(?!(${ESM_PACKAGES.join('|')})/)`],
	setupFilesAfterEnv: ['<rootDir>/test/support/looseTimers.ts'],
	moduleNameMapper: { '^n8n-workflow$': '<rootDir>/tools/n8nWorkflow.cjs' },
	resolver: '<rootDir>/test/support/resolver.js',
	coverageProvider: 'v8',
	collectCoverageFrom: ['engine/**/*.ts', 'tracker/**/*.ts'],
	coverageReporters: ['text-summary'],
	// Holds for each file by itself.
	coverageThreshold: { './engine/**/*.ts': { branches: 95 }, './tracker/**/*.ts': { branches: 95 } },
};
