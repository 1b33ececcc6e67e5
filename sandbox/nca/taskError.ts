/** A task failed: what stands in the envelope's `message`, and its `code`. */
export class TaskError extends Error {
	constructor(
		readonly content: string | Record<string, unknown>,
		readonly code = 500,
	) {
		super(typeof content === 'string' ? content : JSON.stringify(content));
		this.name = 'TaskError';
	}
}
