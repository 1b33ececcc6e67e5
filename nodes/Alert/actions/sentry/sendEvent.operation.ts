import { randomUUID } from 'node:crypto';

import { unwrap } from '../../../shared/errors';
import type { Operation } from '../../../shared/router';
import { sendEnvelope } from '../../sentryTransport';
import { alertsCredential, passedOver } from '../../transport';
import { alertFields, readAlert } from '../fields';
import { readDsn } from './dsn';
import { buildEvent, toEnvelope } from './event';

export const description = alertFields('sentry', 'sendEvent');

export const execute: Operation = async function (itemIndex) {
	const { alert, details } = readAlert(this, itemIndex);
	const { sentryDsn, sentryEnvironment } = await alertsCredential(this, itemIndex);
	if (sentryDsn === '') return passedOver('sentry', 'Sentry DSN', alert);
	const dsn = unwrap(this, readDsn(sentryDsn), itemIndex);
	const eventId = randomUUID().replaceAll('-', '');
	const event = buildEvent(alert, details, { eventId, nowMs: Date.now(), environment: sentryEnvironment });
	await sendEnvelope(this, dsn, toEnvelope(event));
	return { sent: true, service: 'sentry', eventId, severity: alert.severity, title: alert.title };
};
