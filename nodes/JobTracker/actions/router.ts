import type { Operations } from '../../shared/router';
import * as alert from './alert';
import * as health from './health';
import * as job from './job';
import * as schema from './schema';
import * as video from './video';

/** Resource → operation → what it does. */
export const operations: Operations = {
	alert: { claim: alert.claim.execute },
	health: { get: health.get.execute },
	job: {
		complete: job.complete.execute,
		failOrRetry: job.failOrRetry.execute,
		get: job.get.execute,
		findDue: job.findDue.execute,
		markSubmitted: job.markSubmitted.execute,
		matchResult: job.matchResult.execute,
		recordEvent: job.recordEvent.execute,
	},
	schema: { setUp: schema.setUp.execute },
	video: {
		cancel: video.cancel.execute,
		checkNow: video.checkNow.execute,
		claimReadySteps: video.claimReadySteps.execute,
		create: video.create.execute,
		getActive: video.getActive.execute,
		getStatus: video.getStatus.execute,
		retry: video.retry.execute,
		skip: video.skip.execute,
	},
};
