import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import type { SpokenRun } from './language';

/** Where a word begins: `position` counts code points from the start of the run, from 0. */
export interface WordMark {
	position: number;
	atS: number;
}

/** What espeak made of one run. */
export interface SynthesizedRun {
	/** 16-bit mono at 22.05 kHz. */
	samples: Int16Array;
	words: WordMark[];
}

export interface SpeechJob {
	runs: SpokenRun[];
	rate: number;
	pitch: number;
}

interface WorkerAnswer {
	id: number;
	runs?: SynthesizedRun[];
	error?: string;
}

/**
 * Speech is made in a thread of its own, because espeak-ng computes without a pause. The thread's code is a string, so
 * that it does not matter whether the sandbox runs from sources, in jest or as a bundle.
 */
const WORKER_CODE = `
const { parentPort, workerData } = require('node:worker_threads');
const ready = import(workerData.moduleUrl).then(async (module) => {
	const espeak = await module.default();
	return new espeak.eSpeakNGWorker();
});
function synthesize(espeak, { text, espeakVoice }, { rate, pitch }) {
	if (espeak.set_voice(espeakVoice) !== 0) espeak.set_voice('en-us');
	espeak.set_rate(rate);
	espeak.set_pitch(pitch);
	const chunks = [];
	const words = [];
	espeak.synthesize(text, (audio, events) => {
		// A copy: the view belongs to the engine's memory.
		if (audio && audio.length > 0) chunks.push(Int16Array.from(audio));
		for (const event of events || []) {
			if (event.type === 'word') words.push({ position: event.text_position - 1, atS: event.audio_position / 1000 });
		}
		return false;
	});
	const samples = new Int16Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
	let at = 0;
	for (const chunk of chunks) { samples.set(chunk, at); at += chunk.length; }
	return { samples, words };
}
parentPort.on('message', async ({ id, job }) => {
	try {
		const espeak = await ready;
		const runs = job.runs.map((run) => synthesize(espeak, run, job));
		parentPort.postMessage({ id, runs }, runs.map((run) => run.samples.buffer));
	} catch (error) {
		parentPort.postMessage({ id, error: String(error && error.message ? error.message : error) });
	}
});
`;

/** espeak-ng in a thread, started when it is first needed. */
export class SpeechWorker {
	private worker: Worker | undefined;

	private nextId = 1;

	private readonly waiting = new Map<
		number,
		{ resolve: (runs: SynthesizedRun[]) => void; reject: (error: Error) => void }
	>();

	/** @throws Error when espeak breaks; the next job starts a new thread */
	async synthesize(job: SpeechJob): Promise<SynthesizedRun[]> {
		const worker = (this.worker ??= this.start());
		const id = this.nextId++;
		return await new Promise<SynthesizedRun[]>((resolve, reject) => {
			this.waiting.set(id, { resolve, reject });
			worker.ref();
			worker.postMessage({ id, job });
		});
	}

	async stop(): Promise<void> {
		const { worker } = this;
		this.worker = undefined;
		await worker?.terminate();
		this.fail(new Error('the stand-in ends'));
	}

	private start(): Worker {
		const worker = new Worker(WORKER_CODE, { eval: true, workerData: { moduleUrl: espeakUrl() } });
		worker.on('message', ({ id, runs, error }: WorkerAnswer) => {
			const waiter = this.waiting.get(id);
			this.waiting.delete(id);
			if (this.waiting.size === 0) worker.unref();
			if (runs) waiter?.resolve(runs);
			else waiter?.reject(new Error(error));
		});
		worker.on('error', (error) => {
			if (this.worker === worker) this.worker = undefined;
			this.fail(error);
		});
		return worker;
	}

	private fail(error: Error): void {
		for (const { reject } of this.waiting.values()) reject(error);
		this.waiting.clear();
	}
}

/** @throws Error when the package is missing */
function espeakUrl(): string {
	const root = join(__dirname, '..', '..');
	const path = join(root, 'node_modules', '@echogarden', 'espeak-ng-emscripten', 'espeak-ng.js');
	if (!existsSync(path)) throw new Error('The package @echogarden/espeak-ng-emscripten is missing: run npm install');
	return pathToFileURL(path).href;
}
