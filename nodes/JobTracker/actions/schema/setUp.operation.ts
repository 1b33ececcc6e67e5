import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { unwrap } from '../../../shared/errors';
import type { Operation } from '../../../shared/router';
import { trackerCredentials } from '../../connection';
import { setUpSchema } from '../../metaTransport';
import { toJson } from '../read';

const properties: INodeProperties[] = [];

export const description = updateDisplayOptions({ show: { resource: ['schema'], operation: ['setUp'] } }, properties);

/** Creates the tables and fields that are missing; says what only a person can do. */
export const execute: Operation = async function (itemIndex) {
	const credentials = await trackerCredentials(this, itemIndex);
	return toJson(unwrap(this, await setUpSchema(this, credentials), itemIndex));
};
