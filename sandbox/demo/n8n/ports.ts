import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { LOOPBACK } from './constants';

/** Systems give ports above these to whoever asks for any, so none of those can take one between choice and use. */
const CHOSEN_FROM = { least: 20_000, most: 29_999 };
const TRIES = 50;

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
	for (let attempt = 0; attempt < TRIES; attempt++) {
		const port = randomInt(CHOSEN_FROM.least, CHOSEN_FROM.most + 1);
		if (await isPortFree(port)) return port;
	}
	throw new Error(`No free port was found between ${CHOSEN_FROM.least} and ${CHOSEN_FROM.most}`);
}

/** Whether nothing listens on this port. */
export function isPortFree(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, LOOPBACK, () => server.close(() => resolve(true)));
	});
}
