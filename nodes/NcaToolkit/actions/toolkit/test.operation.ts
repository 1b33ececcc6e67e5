import type { Operation } from '../../../shared/router';
import { askToolkit } from '../../ask';
import { PATHS } from '../../constants';

export const execute: Operation = async function (itemIndex) {
	return await askToolkit(this, itemIndex, { method: 'GET', path: PATHS.test });
};
