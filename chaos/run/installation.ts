import { SANDBOX_BASE_ID, SANDBOX_TOKEN } from '../../sandbox/airtable/constants';
import { API_KEY as ELEVEN_KEY } from '../../sandbox/elevenLabs/constants';
import { API_KEY as GOAPI_KEY, WEBHOOK_SECRET } from '../../sandbox/goApi/constants';
import { DEFAULT_API_KEY as NCA_KEY } from '../../sandbox/nca/constants';
import type { Credentials } from '../n8n/contexts';
import type { Template } from '../n8n/templates';
import { BUCKET } from '../world/spaces';
import { HOSTS, N8N_HOST } from '../world/world';
import type { Scenario } from './scenario';

/** The templates with the installation's own values in "Configure Me". */
export function configured(
	templates: Map<string, Template>,
	values: Record<string, string | number>,
): Map<string, Template> {
	const copy = new Map(templates);
	for (const [id, template] of templates) {
		const node = template.nodes.find(({ name }) => name === 'Configure Me');
		if (!node) continue;
		const changed = structuredClone(template);
		const { assignments } = changed.nodes.find(({ name }) => name === 'Configure Me')?.parameters.assignments as {
			assignments: Array<{ name: string; value: unknown }>;
		};
		for (const assignment of assignments) assignment.value = values[assignment.name] ?? assignment.value;
		copy.set(id, changed);
	}
	return copy;
}

/** Every credential that the templates use. */
export function credentialsOf({ credentials }: Scenario): Credentials {
	const endpointUrl = `https://${HOSTS.airtable}`;
	return {
		airtableTrackerApi: {
			accessToken: SANDBOX_TOKEN,
			baseId: SANDBOX_BASE_ID,
			endpointUrl,
			lock: 'process',
			...credentials,
		},
		digitalOceanSpacesApi: {
			region: 'nyc3',
			endpoint: '',
			bucket: BUCKET,
			accessKey: 'key',
			secretKey: 'secret',
			publicBaseUrl: '',
		},
		elevenLabsApi: { apiKey: ELEVEN_KEY, baseUrl: `https://${HOSTS.elevenLabs}`, maxConcurrent: 0 },
		goApiApi: {
			apiKey: GOAPI_KEY,
			baseUrl: `https://${HOSTS.goApi}`,
			webhookSecret: WEBHOOK_SECRET,
			verifyWebhooks: true,
		},
		ncaToolkitApi: { apiKey: NCA_KEY, baseUrl: `https://${HOSTS.nca}` },
		videoEngineCallbackApi: { publicBaseUrl: `https://${N8N_HOST}`, currentSecret: 'callback-secret-of-this-world' },
		videoEngineAlertsApi: {
			slackWebhookUrl: `https://${HOSTS.slack}/services/T00SANDBOX/B00SANDBOX/sandboxIncomingWebhook01`,
		},
	};
}
