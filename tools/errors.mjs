/** An error whose message is meant for the person at the keyboard: printed without a stack. */
export class ToolError extends Error {
	constructor(message, exitCode = 1) {
		super(message);
		this.exitCode = exitCode;
	}
}

/** Prints a line about what a tool does. Always on stderr: stdout belongs to the command that is run. */
export function note(message) {
	process.stderr.write(`${message}\n`);
}
