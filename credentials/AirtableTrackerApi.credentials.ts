import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** The Airtable base in which videos are tracked, and the settings of this installation. */
export class AirtableTrackerApi implements ICredentialType {
	name = 'airtableTrackerApi';

	displayName = 'Airtable Tracker API';

	icon: Icon = { light: 'file:../icons/tracker.svg', dark: 'file:../icons/tracker.dark.svg' };

	documentationUrl = 'https://airtable.com/developers/web/api/authentication';

	properties: INodeProperties[] = [
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'A personal access token with data.records:read, data.records:write, schema.bases:read and schema.bases:write; AIRTABLE_API_KEY in an existing .env file',
		},
		{
			displayName: 'Base ID',
			name: 'baseId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. appXXXXXXXXXXXXXX',
			hint: 'The part of the base’s address that starts with "app"; AIRTABLE_BASE_ID in an existing .env file',
		},
		{
			displayName: 'Endpoint URL',
			name: 'endpointUrl',
			type: 'string',
			default: 'https://api.airtable.com',
			description: 'Address of the API without /v0. Change it only for a stand-in or a proxy.',
		},
		{
			displayName: 'Seconds Between Looks',
			name: 'tickSeconds',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 30,
			description: 'How often work under way is looked at. Set the schedule of the recovery workflow to the same.',
		},
		{
			displayName: 'Seconds Between Safety Scans',
			name: 'safetyScanSeconds',
			type: 'number',
			typeOptions: { minValue: 60 },
			default: 900,
			description: 'How often the tables are searched for work that the memory does not know',
		},
		{
			displayName: 'Speech Price per 1,000 Characters',
			name: 'speechPrice',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0.3,
			description: 'In US dollars, for the cost columns',
		},
		{
			displayName: 'Price per Generated Clip',
			name: 'clipPrice',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0.26,
			description: 'In US dollars, for estimates; what GoAPI reports counts afterwards',
		},
		{
			displayName: 'Price per Piece of Music',
			name: 'musicPrice',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0.05,
			description: 'In US dollars, for estimates; what GoAPI reports counts afterwards',
		},
		{
			displayName: 'NCA Toolkit Price per Second',
			name: 'ncaPrice',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'In US dollars; 0 where the toolkit runs on a machine of your own',
		},
		{
			displayName: 'Daily Budget',
			name: 'dailyBudget',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description:
				'In US dollars a day (UTC). Once it is spent, no new paid step starts until the next day. 0 for no limit.',
		},
		{
			displayName: 'Reuse Results of Other Videos',
			name: 'reuseAcrossVideos',
			type: 'boolean',
			default: false,
			description:
				'Whether the same text, voice and settings (or the same music prompt) take the existing file of another video instead of a new paid call',
		},
		{
			displayName: 'Lock',
			name: 'lock',
			type: 'options',
			options: [
				{ name: 'This Process', value: 'process', description: 'For n8n in regular mode: one process' },
				{ name: 'Redis', value: 'redis', description: 'For queue mode: add the Video Engine Redis credential' },
			],
			default: 'process',
			description: 'What keeps two processes from doing the same work',
		},
		{
			displayName: 'Alert Above Stuck Jobs',
			name: 'alertStuckJobs',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 10,
			description: 'People are told when more jobs than these have not moved for 10 minutes. 0 for never.',
		},
		{
			displayName: 'Alert Above Failure Rate (%)',
			name: 'alertFailurePercent',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 5,
			description:
				'People are told when more jobs than these, in percent of those that ended within the last hour, failed for good. 0 for never.',
		},
		{
			displayName: 'Alert Above 95th Percentile (Seconds)',
			name: 'alertP95Seconds',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 600,
			description: 'People are told when more than 5 of 100 jobs of the last hour took longer. 0 for never.',
		},
		{
			displayName: 'Alert Above Cost per Day',
			name: 'alertCost',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 100,
			description: 'In US dollars a day (UTC). People are told, nothing is stopped. 0 for never.',
		},
		{
			displayName: 'Alert Above Rejected Callbacks per Minute',
			name: 'alertRejected',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 10,
			description: 'People are told when more callbacks than these are turned away within a minute. 0 for never.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.accessToken.trim()}}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{($credentials.endpointUrl || "https://api.airtable.com").trim().replace(/\\/+$/, "")}}',
			url: '=/v0/meta/bases/{{$credentials.baseId.trim()}}/tables',
			timeout: 15_000,
		},
		rules: [
			{ type: 'responseCode', properties: { value: 401, message: 'Airtable does not accept this access token.' } },
			...[403, 404].map((value) => ({
				type: 'responseCode' as const,
				properties: {
					value,
					message:
						'This token may not see the base. Check the base ID, the token’s list of bases and its scope schema.bases:read.',
				},
			})),
		],
	};
}
