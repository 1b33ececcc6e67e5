import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { SMTPServer, type SMTPServerSession } from 'smtp-server';

import type { SandboxContext, StandIn } from '../core/types';

const LOOPBACK = '127.0.0.1';
const USER = 'sandbox';
const PASSWORD = 'sandbox-mail';

/** A mail that came in. */
interface Mail {
	/** ISO 8601, UTC. */
	at: string;
	from: string;
	to: string[];
	subject: string;
	/** The whole message as sent. */
	raw: string;
}

/**
 * Starts a mail sink on loopback: no TLS, log-in optional, nothing is passed on.
 * `GET /_mails` at its HTTP address shows what came in.
 */
export async function createSmtpStandIn(context: SandboxContext): Promise<StandIn> {
	let mails: Mail[] = [];
	const server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS'],
		allowInsecureAuth: true,
		disableReverseLookup: true,
		logger: false,
		onAuth: ({ username, password }, _session, done) =>
			username === USER && password === PASSWORD ? done(null, { user: USER }) : done(new Error('Invalid log-in')),
		onData: (stream, session, done) => {
			void text(stream).then(
				(raw) => {
					mails.push(readMail(raw, session, context.clock.now()));
					done();
				},
				(error: Error) => done(error),
			);
		},
	});
	// A client that breaks off must not end the sandbox.
	server.on('error', (error) => context.log({ event: 'smtp connection failed', reason: error.message }));
	const port = await listen(server, Number(context.settings.port ?? 0));
	return {
		service: 'smtp',
		credentials: { host: LOOPBACK, port: String(port), user: USER, password: PASSWORD },
		routeOf: ({ method, path }) => `${method} ${path}`,
		handle: async ({ method, path }) =>
			method === 'GET' && path === '/_mails' ? { status: 200, body: { mails } } : { status: 404, body: 'Not found' },
		reset: async () => {
			mails = [];
		},
		stop: async () => await new Promise((resolve) => server.close(() => resolve())),
		report: () => ({ mails: mails.map(({ at, from, to, subject }) => ({ at, from, to, subject })) }),
	};
}

async function listen(server: SMTPServer, port: number): Promise<number> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, LOOPBACK, () => {
			server.off('error', reject);
			resolve();
		});
	});
	return (server.server.address() as AddressInfo).port;
}

function readMail(raw: string, { envelope }: SMTPServerSession, nowMs: number): Mail {
	return {
		at: new Date(nowMs).toISOString(),
		from: envelope.mailFrom ? envelope.mailFrom.address : '',
		to: envelope.rcptTo.map(({ address }) => address),
		subject: readSubject(raw),
		raw,
	};
}

/** The subject, with folded lines joined and encoded words (RFC 2047) decoded. */
function readSubject(raw: string): string {
	const header = raw.split(/\r?\n\r?\n/, 1)[0].replace(/\r?\n[ \t]+/g, ' ');
	const subject = /^subject:[ \t]*(.*)$/im.exec(header)?.[1] ?? '';
	return subject
		.replace(/\?=\s+=\?/g, '?==?')
		.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_word, encoding: string, encoded: string) =>
			encoding.toLowerCase() === 'b' ? Buffer.from(encoded, 'base64').toString('utf8') : decodeQuoted(encoded),
		);
}

function decodeQuoted(encoded: string): string {
	const bytes = encoded.replaceAll('%', '%25').replaceAll('_', ' ');
	return decodeURIComponent(bytes.replace(/=([0-9a-f]{2})/gi, '%$1'));
}
