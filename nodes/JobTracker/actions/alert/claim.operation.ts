import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import type { AlertItem } from '../../../../tracker/notices';
import { redact, unwrap } from '../../../shared/errors';
import { optionalString, parseJsonParameter, requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';

const properties: INodeProperties[] = [
	{
		displayName: 'Cause',
		name: 'cause',
		type: 'string',
		default: '={{ $json.cause }}',
		required: true,
		description: 'What happened, in words that stay the same when it happens again',
	},
	{
		displayName: 'Video ID',
		name: 'videoId',
		type: 'string',
		default: '={{ $json.videoId }}',
		description: 'The video that failed. Empty for errors that belong to none.',
	},
	{
		displayName: 'Notice',
		name: 'notice',
		type: 'json',
		default: '',
		description:
			'An item of Find Due with the look "alert"; then cause and video are not looked at. Others are passed over.',
	},
];

export const description = updateDisplayOptions({ show: { resource: ['alert'], operation: ['claim'] } }, properties);

/** The notice that an item of Find Due carries, if it is one. */
function readNotice(value: unknown): AlertItem | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const { look, alertKey, version } = value as Partial<AlertItem>;
	const isNotice = look === 'alert' && typeof alertKey === 'string' && typeof version === 'string';
	return isNotice ? (value as AlertItem) : undefined;
}

/** Hands an alert on once per cause and video, with everything that people are told; a repeated one ends here. */
export const execute: Operation = async function (itemIndex) {
	const input = this.getInputData()[itemIndex].json;
	const notice = readNotice(parseJsonParameter(this, 'notice', 'Notice', itemIndex));
	const cause = redact(notice?.title ?? requireString(this, 'cause', 'Cause', itemIndex));
	const videoId = optionalString(this, 'videoId', itemIndex);
	const tracker = await getTracker(this, itemIndex);
	const claim = unwrap(this, await tracker.claimAlert({ cause, videoId, notice }), itemIndex);
	if (!claim.tell) return [];
	// Of an error that belongs to no video the caller knows more than its cause.
	return claim.alert.kind === 'workflow_error' ? { ...claim.alert, ...input } : { ...claim.alert };
};
