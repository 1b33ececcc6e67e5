/** Something that happens at a moment of virtual time. */
interface Moment {
	at: number;
	order: number;
	act: (() => void) | undefined;
}

/** The machine's own turn of the event loop, taken before anything is replaced. */
const realTurn = setImmediate;

/** Virtual time: moments in order, and nothing in between. Equal moments keep the order in which they were asked for. */
export class VirtualTime {
	private heap: Moment[] = [];

	private asked = 0;

	constructor(public now: number) {}

	/** Lets something happen later; gives a function that calls it off. */
	after(ms: number, act: () => void): () => void {
		const moment: Moment = { at: this.now + Math.max(0, ms), order: this.asked++, act };
		this.push(moment);
		return () => (moment.act = undefined);
	}

	/** Rejects with the signal's reason when that is aborted before. */
	async sleep(ms: number, signal?: AbortSignal): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			if (signal?.aborted) return reject(signal.reason);
			const callOff = this.after(ms, () => {
				signal?.removeEventListener('abort', onAbort);
				resolve();
			});
			const onAbort = () => {
				callOff();
				reject(signal?.reason);
			};
			signal?.addEventListener('abort', onAbort, { once: true });
		});
	}

	/** Plays one moment after the other until `isOver` says so, time has come to `endMs`, or nothing is left. */
	async play(endMs: number, isOver: () => boolean): Promise<void> {
		await this.drain();
		for (let next = this.pop(); next; next = this.pop()) {
			if (next.act === undefined) continue;
			if (next.at > endMs) {
				this.push(next);
				this.now = endMs;
				return;
			}
			this.now = Math.max(this.now, next.at);
			next.act();
			await this.drain();
			if (isOver()) return;
		}
	}

	/** Everything that can go on without time passing has gone on. */
	private async drain(): Promise<void> {
		await new Promise<void>((resolve) => realTurn(resolve));
	}

	private push(moment: Moment): void {
		const { heap } = this;
		let index = heap.push(moment) - 1;
		while (index > 0) {
			const parent = (index - 1) >> 1;
			if (!isBefore(moment, heap[parent])) break;
			heap[index] = heap[parent];
			index = parent;
		}
		heap[index] = moment;
	}

	private pop(): Moment | undefined {
		const { heap } = this;
		const first = heap[0];
		const last = heap.pop();
		if (first === undefined || last === undefined || heap.length === 0) return first;
		let index = 0;
		for (;;) {
			let child = 2 * index + 1;
			if (child >= heap.length) break;
			if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
			if (!isBefore(heap[child], last)) break;
			heap[index] = heap[child];
			index = child;
		}
		heap[index] = last;
		return first;
	}
}

function isBefore(left: Moment, right: Moment): boolean {
	return left.at < right.at || (left.at === right.at && left.order < right.order);
}
