import type { N8nContent, WorkflowJson } from '../../../sandbox/demo/n8n';

type Json = Record<string, unknown>;

export const SMALL = { width: 320, height: 180 };

/** Templates whose *Configure Me* asks for small pictures: for films of which nobody looks at the picture. */
export function withSmallPictures({ workflows, ...content }: N8nContent): N8nContent {
	const sizes: Record<string, number> = SMALL;
	const shrink = (_key: string, value: unknown): unknown => {
		const { name, value: standard } = (value ?? {}) as { name?: string; value?: unknown };
		const isSize = name !== undefined && name in sizes && typeof standard === 'number';
		return isSize ? { ...(value as Json), value: sizes[name] } : value;
	};
	return { ...content, workflows: workflows.map((workflow) => rewritten(workflow, shrink)) };
}

/** A recovery flow that looks every so many seconds, as a person would set it: in its schedule and in the tracker. */
export function withTick(seconds: number): (content: N8nContent) => N8nContent {
	const hurry = (key: string, value: unknown): unknown => (key === 'secondsInterval' ? seconds : value);
	return ({ credentials, workflows }) => ({
		credentials: credentials.map((credential) =>
			credential.type === 'airtableTrackerApi'
				? { ...credential, data: { ...credential.data, tickSeconds: seconds } }
				: credential,
		),
		workflows: workflows.map((workflow) => rewritten(workflow, hurry)),
	});
}

function rewritten(workflow: WorkflowJson, change: (key: string, value: unknown) => unknown): WorkflowJson {
	return JSON.parse(JSON.stringify(workflow, change)) as WorkflowJson;
}
