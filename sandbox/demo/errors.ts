import { EXIT_FAILED, EXIT_USAGE } from './constants';

/** Something that the person at the keyboard can put right, or must know: shown without a stack. */
export class DemoError extends Error {
	readonly exitCode: number = EXIT_FAILED;
}

/** The command line or a file named there is at fault. */
export class UsageError extends DemoError {
	override readonly exitCode = EXIT_USAGE;
}
