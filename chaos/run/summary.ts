import { paidRepeatedly } from './payments';
import type { Judged } from './verdict';

/** What many runs came to. */
export class Summary {
	firstFailure: { seed: number; rule: string } | undefined;

	private runs = 0;

	private segments = 0;

	private readonly statuses = new Map<string, number>();

	private readonly faults = new Map<string, number>();

	private readonly rules = new Map<string, number[]>();

	private deaths = 0;

	private acts = 0;

	private paid = 0;

	private repeated = 0;

	/** What the rows count, where a call that was lost may have been paid. */
	private paidAgain = 0;

	private airtable = 0;

	private lost = 0;

	add({ played, tables, violations }: Judged): void {
		const { seed, world, deaths, acts } = played;
		this.runs++;
		this.deaths += deaths.length;
		this.acts += acts.length;
		for (const video of tables.videos) {
			count(this.statuses, String(video.fields.status));
			this.segments += Number(video.fields.segment_count ?? 0);
		}
		for (const { name, service } of world.faults.drawn) count(this.faults, `${service} ${name}`);
		const paid = world.journal.paid.filter((call) => !call.isRefunded);
		this.paid += paid.length;
		this.repeated += paidRepeatedly(played, tables);
		this.paidAgain += tables.jobs.reduce((sum, job) => sum + Number(job.fields.paid_again ?? 0), 0);
		this.airtable += Number(world.standIn('airtable').report?.().requests ?? 0);
		for (const rule of new Set(violations.map((violation) => violation.rule))) {
			this.rules.set(rule, [...(this.rules.get(rule) ?? []), seed]);
			this.firstFailure ??= { seed, rule };
		}
		if (violations.some(({ rule }) => rule === 'ended' || rule === 'complete')) this.lost++;
	}

	lines(ms: number, cpuMs: number): string[] {
		const list = (counts: Map<string, number>) =>
			[...counts].sort(([left], [right]) => (left < right ? -1 : 1)).map(([name, times]) => `${name} ${times}`);
		const broken = [...this.rules].map(
			([rule, seeds]) => `${rule} ${seeds.length} (seeds ${seeds.slice(0, 8).join(', ')})`,
		);
		return [
			`${this.runs} runs in ${(ms / 1_000).toFixed(0)} s, ${(cpuMs / Math.max(1, this.runs)).toFixed(0)} ms of a processor each`,
			`videos: ${list(this.statuses).join(', ')}; ${this.segments} segments`,
			`deaths of the process: ${this.deaths}; acts of people: ${this.acts}`,
			`faults: ${list(this.faults).join(', ') || 'none'}`,
			`paid calls: ${this.paid}; paid again: ${this.repeated} (the rows, for which a lost call may have been paid: ${this.paidAgain})`,
			`requests to Airtable: ${this.airtable}`,
			`lost: ${this.lost}; wrongly paid: ${this.rules.get('paid once')?.length ?? 0}`,
			`broken rules: ${broken.join('; ') || 'none'}`,
		];
	}
}

function count(counts: Map<string, number>, name: string): void {
	counts.set(name, (counts.get(name) ?? 0) + 1);
}
