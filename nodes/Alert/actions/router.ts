import type { Operations } from '../../shared/router';
import * as slack from './slack';

/** Resource → operation → what it does. */
export const operations: Operations = {
	slack: { send: slack.send.execute },
};
