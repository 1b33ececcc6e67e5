import type { Operation } from '../../../shared/router';
import { alertFields, readAlert } from '../fields';
import { buildMail } from './message';

export const description = alertFields('email', 'build');

/** Sends nothing: n8n's own node does, with the SMTP credential. */
export const execute: Operation = async function (itemIndex) {
	return { ...buildMail(readAlert(this, itemIndex).alert) };
};
