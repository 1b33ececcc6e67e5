import { Buffer } from 'node:buffer';

import type { IDataObject } from 'n8n-workflow';

import { isGhost, runningFor, silence, type Life } from '../world/life';
import { NoAnswer, type Host, type Incoming, type Outgoing } from '../world/network';
import { theWorld, type World } from '../world/world';
import { BUILT_IN } from './builtIn';
import { executeContext, webhookContext, type Credentials } from './contexts';
import { evaluate, type Scope } from './expressions';
import { parse, pathOf, scopeOf, splitErrors, type Answer, type Items, type Run } from './items';
import { ownNodeType } from './nodeTypes';
import { completeNode } from './parameters';
import type { Template, TemplateNode } from './templates';

const START_MS = { least: 4_000, most: 12_000 };
const UNIT_S: Record<string, number> = { seconds: 1, minutes: 60, hours: 3_600 };

/** n8n, as far as the templates need it, for one life of its process: what runs in it ends with it. */
export class N8nInstance implements Host {
	readonly name = 'n8n';

	private readonly world: World;

	private executionCount = 0;

	private isUp = false;

	constructor(
		readonly life: Life,
		private readonly templates: Map<string, Template>,
		private readonly credentials: Credentials,
	) {
		this.world = theWorld();
	}

	/** Starts up, and then the schedules of all templates. */
	start(): void {
		const { time, chance } = this.world;
		time.after(chance.between('n8n starts', START_MS.least, START_MS.most), () => {
			if (isGhost(this.life)) return;
			this.isUp = true;
			this.world.journal.note({ kind: 'life', life: this.life.number, is: 'up' });
			for (const template of this.templates.values()) {
				for (const node of template.nodes.filter(({ type }) => type === 'n8n-nodes-base.scheduleTrigger')) {
					this.schedule(template, node);
				}
			}
		});
	}

	/** A webhook call; refused while n8n is down, and cut off where it ends meanwhile. */
	async answer(request: Outgoing): Promise<Incoming> {
		if (!this.isUp || isGhost(this.life)) throw new NoAnswer('ECONNREFUSED', 'connect ECONNREFUSED');
		const answered = await Promise.race([
			runningFor.run(this.life, async () => await this.receive(request)),
			this.goesAway(),
		]);
		if (answered === undefined) throw new NoAnswer('ECONNRESET', 'socket hang up');
		const body = Buffer.from(JSON.stringify(answered.body ?? {}));
		return { status: answered.status, headers: { 'content-type': 'application/json' }, body, isCut: false };
	}

	/** Told when the life ends, so that whoever waits for this n8n hears of the closed connection. */
	onEnd: () => void = () => undefined;

	private goneWaiters: Array<() => void> = [];

	private async goesAway(): Promise<undefined> {
		return await new Promise((resolve) => {
			this.goneWaiters.push(() => resolve(undefined));
			this.onEnd = () => this.goneWaiters.forEach((tell) => tell());
		});
	}

	private schedule(template: Template, node: TemplateNode): void {
		const { time } = this.world;
		const { interval } = node.parameters.rule as { interval: Array<Record<string, unknown>> };
		const [{ field = 'seconds', ...rest }] = interval;
		const everyMs = Number(rest[`${String(field)}Interval`] ?? 1) * (UNIT_S[String(field)] ?? 86_400) * 1_000;
		const next = () => {
			time.after(everyMs - (time.now % everyMs), () => {
				if (isGhost(this.life)) return;
				next();
				void this.startRun(template, node, [{ json: {} }]);
			});
		};
		next();
	}

	private async receive({ method, url, headers, body = Buffer.alloc(0) }: Outgoing): Promise<Answer> {
		const path = url.pathname.replace(/^\/webhook\//, '');
		for (const template of this.templates.values()) {
			const node = template.nodes.find((candidate) => pathOf(candidate) === path);
			if (!node) continue;
			await this.world.network.cross('n8n webhook', async () => undefined);
			if (node.type === 'n8n-nodes-base.webhook') {
				const json = {
					headers,
					params: {},
					query: Object.fromEntries(url.searchParams),
					body: parse(body),
				} as IDataObject;
				return await this.answerOf(template, node, [{ json }]);
			}
			return await this.trigger(template, node, { headers, query: Object.fromEntries(url.searchParams), body });
		}
		return { status: 404, body: { message: `${method} ${path} is not registered` } };
	}

	/** Runs a workflow whose own node answers the caller. */
	private async answerOf(template: Template, node: TemplateNode, items: Items): Promise<Answer> {
		return await new Promise((answer) => {
			void this.startRun(template, node, items, answer);
		});
	}

	/** Runs one of our triggers; n8n answers once the execution is written down. */
	private async trigger(
		template: Template,
		node: TemplateNode,
		request: { headers: Record<string, string>; query: Record<string, unknown>; body: Buffer },
	): Promise<Answer> {
		const type = ownNodeType(node.type);
		if (!type?.webhook) throw new Error(`${node.type} has no webhook`);
		let answer: Answer = { status: 200, body: { message: 'Workflow was started' } };
		const onAnswer = (status: number, body: unknown) => (answer = { status, body });
		const complete = completeNode(type, node);
		const { id, name } = template;
		const scope = scopeOf({ id: '0', template, given: new Map(), state: new Map(), lastNode: '' }, {});
		const setting = {
			type,
			node: complete,
			credentials: this.credentials,
			scope,
			workflow: { id, name },
			request,
			onAnswer,
		};
		const { workflowData, webhookResponse } = await type.webhook.call(webhookContext(setting));
		if (webhookResponse !== undefined) answer = { status: 200, body: webhookResponse };
		this.world.journal.note({ kind: 'webhook', node: node.name, status: answer.status, job: request.query.job });
		if (answer.status === 200 && workflowData) {
			const { job = '', attempt = '' } = request.query as Record<string, string>;
			this.world.journal.webhooks.push({
				atMs: this.world.time.now,
				life: this.life.number,
				job,
				attempt,
				node: node.name,
			});
		}
		if (workflowData) {
			await this.world.network.cross('n8n writes execution', async () => undefined);
			void this.startRun(template, node, workflowData[0]);
		}
		return answer;
	}

	private async startRun(
		template: Template,
		node: TemplateNode,
		items: Items,
		answer?: (answer: Answer) => void,
	): Promise<void> {
		if (isGhost(this.life)) return await silence();
		const id = `${this.life.number}.${++this.executionCount}`;
		const run: Run = { id, template, given: new Map(), state: new Map(), lastNode: node.name, answer };
		await runningFor.run(this.life, async () => {
			try {
				await this.play(run, node, items);
			} catch (error) {
				this.failed(run, error);
			}
		});
	}

	/** The first error that no error output takes ends an execution; the error workflow is told. */
	private failed(run: Run, error: unknown): void {
		const { message = String(error), description = '' } = error as { message?: string; description?: string };
		const { template, id, lastNode } = run;
		this.world.journal.note({ kind: 'execution failed', workflow: template.name, node: lastNode, message });
		this.world.journal.broken.push({ atMs: this.world.time.now, workflow: template.name, node: lastNode, message });
		run.answer?.({ status: 500, body: { message: 'Error in workflow' } });
		const target = this.templates.get(template.settings.errorWorkflow ?? '');
		const trigger = target?.nodes.find(({ type }) => type === 'n8n-nodes-base.errorTrigger');
		if (!target || !trigger) return;
		const execution = { id, lastNodeExecuted: lastNode, mode: 'trigger', error: { message, description } };
		void this.startRun(target, trigger, [{ json: { execution, workflow: { id: template.id, name: template.name } } }]);
	}

	private async play(run: Run, start: TemplateNode, input: Items): Promise<void> {
		const stack: Array<{ node: TemplateNode; items: Items; isStart: boolean; from?: string }> = [
			{ node: start, items: input, isStart: true },
		];
		for (let next = stack.shift(); next; next = stack.shift()) {
			const { node, items, isStart, from } = next;
			run.lastNode = node.name;
			run.previousNode = from;
			const outputs = node.disabled === true || isStart ? [items] : await this.runNode(run, node, items);
			run.given.set(node.name, outputs.flat());
			stack.unshift(...this.following(run.template, node, outputs));
		}
	}

	/** What is connected behind a node, in the order in which n8n takes it: from the top of the canvas. */
	private following({ nodes, connections }: Template, node: TemplateNode, outputs: Items[]) {
		const targets = (connections[node.name]?.main ?? []).flatMap((targetsOfOutput, output) =>
			(targetsOfOutput ?? []).flatMap(({ node: name }) => {
				const target = nodes.find((candidate) => candidate.name === name);
				const items = outputs[output] ?? [];
				return target && items.length > 0 ? [{ node: target, items, isStart: false, from: node.name }] : [];
			}),
		);
		const place = ({ position: [x, y] }: TemplateNode) => y * 100_000 + x;
		return targets.sort((left, right) => place(left.node) - place(right.node));
	}

	private async runNode(run: Run, node: TemplateNode, items: Items): Promise<Items[]> {
		const scopes = (itemIndex: number) => scopeOf(run, items[itemIndex]?.json ?? {}, itemIndex);
		const builtIn = BUILT_IN[node.type];
		if (builtIn) return builtIn(node, items, scopes, run.state);
		switch (node.type) {
			case 'n8n-nodes-base.executeWorkflow':
				return await this.callWorkflow(node, items, scopes(0));
			case 'n8n-nodes-base.respondToWebhook':
				return this.respond(run, node, items, scopes(0));
			case 'n8n-nodes-base.emailSend':
				return await this.sendEmail(node, items, scopes);
			default:
				return await this.runOwn(run, node, items, scopes);
		}
	}

	/** Calls of the templates never wait: the called workflow begins, and the caller goes on. */
	private async callWorkflow(node: TemplateNode, items: Items, scope: Scope): Promise<Items[]> {
		const { value } = evaluate(node.parameters.workflowId, scope) as { value: string };
		const { waitForSubWorkflow } = (node.parameters.options ?? {}) as { waitForSubWorkflow?: boolean };
		const target = this.templates.get(value);
		const trigger = target?.nodes.find(({ type }) => type === 'n8n-nodes-base.executeWorkflowTrigger');
		if (!target || !trigger || waitForSubWorkflow !== false) throw new Error(`${node.name}: this call can't be played`);
		await this.world.network.cross('n8n calls workflow', async () => undefined);
		void this.startRun(
			target,
			trigger,
			items.map(({ json }) => ({ json })),
		);
		return [items];
	}

	private respond(run: Run, node: TemplateNode, items: Items, scope: Scope): Items[] {
		const { responseCode = 200 } = (evaluate(node.parameters.options, scope) ?? {}) as { responseCode?: number };
		const body = evaluate(node.parameters.responseBody, scope);
		run.answer?.({ status: Number(responseCode), body: typeof body === 'string' ? parse(Buffer.from(body)) : body });
		return [items];
	}

	private async sendEmail(node: TemplateNode, items: Items, scopes: (itemIndex: number) => Scope): Promise<Items[]> {
		for (const index of items.keys()) {
			const text = String(evaluate(node.parameters.text, scopes(index)));
			const subject = String(evaluate(node.parameters.subject, scopes(index)));
			await this.world.network.cross('SMTP', async () => this.world.journal.note({ kind: 'email', subject, text }));
		}
		return [items];
	}

	private async runOwn(
		run: Run,
		node: TemplateNode,
		items: Items,
		scopes: (itemIndex: number) => Scope,
	): Promise<Items[]> {
		const type = ownNodeType(node.type);
		if (!type?.execute) throw new Error(`The node type ${node.type} can't be played yet`);
		const { id, name } = run.template;
		const continueOnFail = node.onError !== undefined && node.onError !== 'stopWorkflow';
		const context = executeContext({
			type,
			node: completeNode(type, node),
			items,
			credentials: this.credentials,
			scopeOf: scopes,
			continueOnFail,
			executionId: run.id,
			workflow: { id, name },
		});
		const [output] = (await type.execute.call(context)) as Items[];
		this.noteDecisions(node, output);
		return node.onError === 'continueErrorOutput' ? splitErrors(items, output) : [output];
	}

	private noteDecisions(node: TemplateNode, output: Items): void {
		for (const { json } of output) {
			const { jobKey, attempt, verdict, outcome, reason, evidence, look, step, details, videoStatus } = json;
			const failure = (details as IDataObject | undefined)?.failure;
			const decision = { jobKey, attempt, verdict, outcome, reason, evidence, look, step, failure, videoStatus };
			this.world.journal.note({ kind: 'decision', life: this.life.number, node: node.name, ...decision });
		}
	}
}
