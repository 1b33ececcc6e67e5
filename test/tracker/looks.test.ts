import { DEFAULT_SETTINGS } from '../../tracker/settings';
import { TrackerBench, good } from '../support/trackerBench';

describe('work that was submitted just after a tick', () => {
	it('is looked at by the next one', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['One sentence.']);
		const [music] = (await bench.claim(videoId)).filter(({ step }) => step === 'music');
		good(await bench.tracker.findDue());
		bench.pass(1);
		good(await bench.tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 'task-1' }));

		bench.pass(DEFAULT_SETTINGS.tickS - 1);
		const items = good(await bench.tracker.findDue());

		expect(items).toContainEqual(expect.objectContaining({ look: 'goApi', jobKey: music.jobKey }));
	});
});
