import type { IDataObject, Logger } from 'n8n-workflow';

import { oneLine, redact, redactDeep } from './redact';

/** Fields that every log line carries where they are known. */
export interface LogFields {
	request_id?: string;
	video_id?: string;
	job_key?: string;
	service?: string;
	[field: string]: unknown;
}

export type LogWriter = (message: string, more?: LogFields) => void;

/** A logger bound to its fields. */
export interface BoundLogger {
	debug: LogWriter;
	info: LogWriter;
	warn: LogWriter;
	error: LogWriter;
}

type LogLevel = keyof BoundLogger;

/** n8n's logger with one structured object per line, from which secrets and signed query strings are removed. */
export function logger(ctx: { logger: Logger }, fields: LogFields = {}): BoundLogger {
	const writer =
		(level: LogLevel): LogWriter =>
		(message, more = {}) =>
			ctx.logger[level](oneLine(redact(message)), redactDeep({ ...fields, ...more }) as IDataObject);
	return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') };
}
