import { AirtableTrackerApi } from '../../credentials/AirtableTrackerApi.credentials';
import { withSandbox } from '../support/sandbox';
import { testCredential } from './testCredential';

describe('Airtable Tracker, in the sandbox', () => {
	const sandbox = withSandbox(['airtable']);
	const test = async (changes: Record<string, string> = {}) => {
		const { baseUrl, token, baseId } = sandbox().credentials('airtable');
		return await testCredential(new AirtableTrackerApi(), {
			accessToken: token,
			baseId,
			endpointUrl: baseUrl,
			...changes,
		});
	};

	it('is green with token and base, blanks and slashes at their ends or not', async () => {
		const { baseUrl, token, baseId } = sandbox().credentials('airtable');

		const verdicts = [
			await test(),
			await test({ accessToken: ` ${token}\n`, baseId: `${baseId} `, endpointUrl: ` ${baseUrl}/ ` }),
		];

		expect(verdicts.map(({ status }) => status)).toEqual(['OK', 'OK']);
	});

	it.each([
		['accessToken', 'patWrong', 'access token'],
		['baseId', 'appOfSomebodyElse', 'may not see the base'],
		['endpointUrl', 'http://127.0.0.1:1', ''],
	])('is red with another %s, and says so', async (field, value, words) => {
		const verdict = await test({ [field]: value });

		expect(verdict.status).toBe('Error');
		expect(verdict.message).toContain(words);
	});

	it('masks its token and nothing else', () => {
		const masked = new AirtableTrackerApi().properties.filter(({ typeOptions }) => typeOptions?.password);

		expect(masked.map(({ name }) => name)).toEqual(['accessToken']);
	});
});
