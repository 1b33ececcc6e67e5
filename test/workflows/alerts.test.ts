/** @reads workflows/ */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Template {
	nodes: Array<{ name: string; type: string; onError?: string; parameters: Record<string, unknown> }>;
	connections: Record<string, { main: Array<Array<{ node: string }>> }>;
}

function readTemplate(file: string): Template {
	return JSON.parse(readFileSync(join(__dirname, '../../workflows', file), 'utf8')) as Template;
}

describe('the alert flow', () => {
	const { nodes, connections } = readTemplate('06-error-alerts.json');
	const node = (name: string) => nodes.find((candidate) => candidate.name === name);
	const after = (name: string) => connections[name].main.flat().map((link) => link.node);

	it('claims an alert before anyone is told, wherever it comes from', () => {
		expect(after('When Called')).toEqual(['Claim Alert']);
		expect(after('On Workflow Error').flatMap(after)).toEqual(['Claim Alert']);
	});

	it('lets no channel wait for another, nor end it', () => {
		expect(after('Claim Alert')).toEqual(['Post to Slack', 'Build Email', 'Report to Sentry']);
		expect(after('Build Email')).toEqual(['Send Email']);
		for (const name of ['Post to Slack', 'Build Email', 'Send Email', 'Report to Sentry']) {
			expect(node(name)?.onError).toBe('continueRegularOutput');
		}
	});

	it('shows an end as an end in every channel', () => {
		for (const name of ['Post to Slack', 'Build Email', 'Report to Sentry']) {
			expect(node(name)?.parameters.severity).toContain('"recovered"');
		}
	});

	it('is given what the tick finds: failed videos of which nobody was told, and notices', () => {
		const recovery = readTemplate('05-recover-stuck-jobs.json');
		const ways = recovery.nodes.find(({ name }) => name === 'Ask Whom?')?.parameters.rules as {
			values: Array<{ conditions: { combinator: string; conditions: Array<{ rightValue: string }> } }>;
		};
		const index = recovery.connections['Ask Whom?'].main.findIndex((links) =>
			links.some((link) => link.node === 'Tell People'),
		);
		const { combinator, conditions } = ways.values[index].conditions;
		expect([combinator, conditions.map(({ rightValue }) => rightValue)]).toEqual(['or', ['tell', 'alert']]);
	});
});
