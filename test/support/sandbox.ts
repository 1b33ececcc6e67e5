import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox';

/** Starts a sandbox before the tests of the surrounding `describe`, resets it before each, stops it after the last. */
export function withSandbox(services: SandboxOptions['services'], options: SandboxOptions = {}): () => Sandbox {
	let sandbox: Sandbox | undefined;
	beforeAll(async () => {
		sandbox = await startSandbox({ ...options, services });
	});
	beforeEach(async () => await sandbox?.reset());
	afterAll(async () => await sandbox?.stop());
	return () => {
		if (!sandbox) throw new Error('The sandbox is not running');
		return sandbox;
	};
}
