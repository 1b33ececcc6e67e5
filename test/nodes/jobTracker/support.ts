import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { JobTracker } from '../../../nodes/JobTracker/JobTracker.node';
import { type Sandbox, startSandbox } from '../../../sandbox';
import { runNode, type MockExecuteOptions } from '../../support/mockExecuteCtx';

type Params = Record<string, unknown>;

/** An Airtable base of its own, and the Job Tracker node with its credential. */
export interface NodeBench {
	sandbox: Sandbox;
	credential: IDataObject;
	/** All items that the node gives. */
	run(
		operation: string,
		params?: Params | ((itemIndex: number) => Params),
		options?: MockExecuteOptions,
	): Promise<INodeExecutionData[]>;
	/** The JSON of the items. */
	json(operation: string, params?: Params): Promise<IDataObject[]>;
	/** Cells of a table as a person sees them; costs no request. */
	rows(table: string): Promise<IDataObject[]>;
	/** Does something, then resolves when Airtable has answered a write to this table. */
	written(table: string, act: () => Promise<unknown>): Promise<void>;
	close(): Promise<void>;
}

/** Starts a base; `run('video.create', …)` names resource and operation. */
export async function openNodeBench(settings: Record<string, unknown> = {}): Promise<NodeBench> {
	const sandbox = await startSandbox({ services: ['airtable'], settings: { airtable: settings } });
	const { baseUrl, token, baseId } = sandbox.credentials('airtable');
	const credential = { accessToken: token, baseId, endpointUrl: `${baseUrl}/` };
	const run: NodeBench['run'] = async (name, params = {}, options = {}) => {
		const [resource, operation] = name.split('.');
		const of = typeof params === 'function' ? params : () => params;
		const [items] = await runNode(new JobTracker(), {
			params: (itemIndex) => ({ resource, operation, ...of(itemIndex) }),
			credentials: { airtableTrackerApi: credential },
			...options,
		});
		return items;
	};
	return {
		sandbox,
		credential,
		run,
		json: async (operation, params) => (await run(operation, params)).map(({ json }) => json),
		rows: async (table) => {
			const response = await fetch(`${baseUrl}/_people/records?table=${encodeURIComponent(table)}`);
			const { records } = (await response.json()) as { records: Array<{ fields: IDataObject }> };
			return records.map(({ fields }) => fields);
		},
		written: async (table, act) => {
			const path = `/v0/${baseId}/${encodeURIComponent(table)}`;
			let stop = () => {};
			const seen = new Promise<void>((resolve) => {
				stop = sandbox.onLog((line) => {
					if (line.kind === 'call' && line.method === 'PATCH' && line.path === path) resolve();
				});
			});
			await act();
			await seen;
			stop();
		},
		close: async () => await sandbox.stop(),
	};
}
