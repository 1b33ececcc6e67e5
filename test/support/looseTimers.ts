/**
 * Writes that nobody waits for are tried again for a minute, also after a test has ended and its server with it. Their
 * pauses must not keep the test run alive; what a test waits for does that by itself.
 */
const { setTimeout: start } = globalThis;

globalThis.setTimeout = Object.assign((...args: Parameters<typeof start>) => {
	const timer = start(...args);
	timer.unref();
	return timer;
}, start) as typeof start;
