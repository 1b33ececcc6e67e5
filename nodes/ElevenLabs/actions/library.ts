import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { optionalString, requirePositiveInteger, requireString, withoutEmpty } from '../../shared/params';
import type { Operation } from '../../shared/router';
import { parseOutputFormat } from '../audio';
import { downloadHistoryAudio, listHistory } from '../history';
import { listModels } from '../models';
import { openElevenLabs } from '../transport';
import { listVoices } from '../voices';

function readLimit(ctx: IExecuteFunctions, itemIndex: number): number {
	const isAll = ctx.getNodeParameter('returnAll', itemIndex, false) === true;
	return isAll ? Number.MAX_SAFE_INTEGER : requirePositiveInteger(ctx, 'limit', 'Limit', itemIndex);
}

/** Voices of the account. */
export const getAllVoices: Operation = async function (itemIndex) {
	const limit = readLimit(this, itemIndex);
	const search = optionalString(this, 'search', itemIndex);
	return await listVoices(await openElevenLabs(this, itemIndex), search, limit);
};

/** One voice with its settings. */
export const getVoice: Operation = async function (itemIndex) {
	const voiceId = requireString(this, 'voiceId', 'Voice', itemIndex);
	const client = await openElevenLabs(this, itemIndex);
	const { body } = await client.call({ path: `/v1/voices/${encodeURIComponent(voiceId)}` });
	return body as IDataObject;
};

/** Models with their limits and languages. */
export const getAllModels: Operation = async function (itemIndex) {
	const limit = readLimit(this, itemIndex);
	const models = await listModels(await openElevenLabs(this, itemIndex));
	return models.slice(0, limit).map((model) => ({ ...model }));
};

/** The plan, what was used of it and when it starts anew. */
export const getSubscription: Operation = async function (itemIndex) {
	const client = await openElevenLabs(this, itemIndex);
	const { body } = await client.call({ path: '/v1/user/subscription' });
	return body as IDataObject;
};

/** What was made before, newest first. */
export const getAllHistory: Operation = async function (itemIndex) {
	const limit = readLimit(this, itemIndex);
	const search = optionalString(this, 'search', itemIndex);
	const items = await listHistory(await openElevenLabs(this, itemIndex), withoutEmpty({ search }), limit);
	return items.map((item) => ({ ...item }));
};

/** The sound of something that was made before; it costs nothing. */
export const getHistoryAudio: Operation = async function (itemIndex) {
	const historyItemId = requireString(this, 'historyItemId', 'History Item ID', itemIndex);
	const property = requireString(this, 'binaryPropertyName', 'Put Output File in Field', itemIndex);
	const client = await openElevenLabs(this, itemIndex);
	const bytes = await downloadHistoryAudio(client, historyItemId);
	const { mimeType, extension } = parseOutputFormat('mp3');
	const file = await this.helpers.prepareBinaryData(Buffer.from(bytes), `${historyItemId}.${extension}`, mimeType);
	return [{ json: { historyItemId, bytes: bytes.byteLength }, binary: { [property]: file } }];
};
