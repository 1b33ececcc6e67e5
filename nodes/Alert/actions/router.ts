import type { Operations } from '../../shared/router';
import * as email from './email';
import * as sentry from './sentry';
import * as slack from './slack';

/** Resource → operation → what it does. */
export const operations: Operations = {
	email: { build: email.build.execute },
	sentry: { sendEvent: sentry.sendEvent.execute },
	slack: { send: slack.send.execute },
};
