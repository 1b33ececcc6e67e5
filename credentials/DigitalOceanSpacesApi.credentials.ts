import type {
	IAuthenticate,
	Icon,
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';
import { signHeaders } from '../engine/net/sigV4';
import {
	completeSpacesCredentials,
	locateSpaces,
	objectRequestUrl,
	type SpacesCredentials,
} from '../engine/net/spaces';

/** A bucket of DigitalOcean Spaces, or of another store that speaks S3 (MinIO), for all permanent results. */
export class DigitalOceanSpacesApi implements ICredentialType {
	name = 'digitalOceanSpacesApi';

	displayName = 'DigitalOcean Spaces API';

	icon: Icon = { light: 'file:../icons/spaces.svg', dark: 'file:../icons/spaces.dark.svg' };

	documentationUrl = 'https://docs.digitalocean.com/products/spaces/how-to/manage-access/';

	properties: INodeProperties[] = [
		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			default: 'nyc3',
			description: 'Where the bucket lies',
			hint: 'SPACES_REGION in an existing .env file',
			options: [
				{ name: 'Amsterdam (AMS3)', value: 'ams3' },
				{ name: 'Atlanta (ATL1)', value: 'atl1' },
				{ name: 'Bangalore (BLR1)', value: 'blr1' },
				{ name: 'Frankfurt (FRA1)', value: 'fra1' },
				{ name: 'London (LON1)', value: 'lon1' },
				{ name: 'New York (NYC3)', value: 'nyc3' },
				{ name: 'Richmond (RIC1)', value: 'ric1' },
				{ name: 'San Francisco (SFO2)', value: 'sfo2' },
				{ name: 'San Francisco (SFO3)', value: 'sfo3' },
				{ name: 'Singapore (SGP1)', value: 'sgp1' },
				{ name: 'Sydney (SYD1)', value: 'syd1' },
				{ name: 'Toronto (TOR1)', value: 'tor1' },
			],
		},
		{
			displayName: 'Endpoint',
			name: 'endpoint',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://nyc3.digitaloceanspaces.com',
			description: 'Only needed for another store than DigitalOcean, such as MinIO. Empty follows from the region.',
			hint: 'SPACES_ENDPOINT in an existing .env file',
		},
		{
			displayName: 'Bucket',
			name: 'bucket',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. my-videos',
			description: 'The name of the bucket that keeps the results',
			hint: 'SPACES_BUCKET_NAME in an existing .env file',
		},
		{
			displayName: 'Access Key',
			name: 'accessKey',
			type: 'string',
			default: '',
			required: true,
			hint: 'SPACES_ACCESS_KEY in an existing .env file',
		},
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'SPACES_SECRET_KEY in an existing .env file',
		},
		{
			displayName: 'Public Base URL',
			name: 'publicBaseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://media.example.com',
			description: "Address under which everybody reads the bucket, such as its CDN. Empty takes the bucket's own.",
		},
		{
			displayName: 'Path Style',
			name: 'forcePathStyle',
			type: 'boolean',
			default: false,
			description:
				'Whether the bucket stands in the path of requests and not in front of the host. Always so for addresses and for names without a dot.',
		},
		{
			displayName: 'Allowed Internal Hosts',
			name: 'allowedInternalHosts',
			type: 'string',
			typeOptions: { rows: 2 },
			default: '',
			placeholder: 'e.g. nca-toolkit:8080, minio:9000',
			description:
				'Hosts of your own network that files may be fetched from, each as host:port, separated by commas or line breaks. All other private addresses are refused.',
		},
	];

	authenticate: IAuthenticate = async (
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => await signForBucket(completeSpacesCredentials(credentials), requestOptions);

	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ $credentials.endpoint ? $credentials.endpoint : "https://" + $credentials.region + ".digitaloceanspaces.com" }}',
			url: '/?list-type=2&max-keys=1',
			timeout: 15_000,
		},
		rules: [
			{
				type: 'responseCode',
				properties: { value: 403, message: 'Spaces does not accept this key pair for the bucket.' },
			},
			{ type: 'responseCode', properties: { value: 404, message: 'There is no such bucket in this region.' } },
		],
	};
}

/** Signs a request whose `url` is relative to the bucket. */
async function signForBucket(
	credentials: SpacesCredentials,
	requestOptions: IHttpRequestOptions,
): Promise<IHttpRequestOptions> {
	const location = locateSpaces(credentials);
	if (!location.ok) throw new Error(location.message);
	const { method = 'GET' } = requestOptions;
	const url = objectRequestUrl(location.value) + requestOptions.url.replace(/^\/+/, '');
	const headers = await signHeaders({ method, url }, credentials, new Date());
	return { ...requestOptions, baseURL: undefined, url, headers: { ...requestOptions.headers, ...headers } };
}
