/** Ports of plain web servers; everything else a foreign URL may name lies above the privileged ports. */
export const WEB_PORTS: readonly number[] = [80, 443];
/** Below this number live mail, shells and databases of the system; no provider serves files there. */
export const FIRST_UNPRIVILEGED_PORT = 1024;
/** Unprivileged ports that the Fetch standard refuses ("bad port", fetch.spec.whatwg.org/#port-blocking). */
export const BAD_PORTS: readonly number[] = [
	1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];
/** Longer URLs are no download links but an attack on whoever parses or logs them. */
export const MAX_URL_CHARACTERS = 8_192;
/** Azure's host agent answers here: a public address by number, a metadata service by nature. */
export const PUBLIC_METADATA_ADDRESSES: readonly string[] = ['168.63.129.16'];
/** The only IPv6 block from which public addresses are given out (RFC 4291, IANA registry). */
export const IPV6_GLOBAL_UNICAST = '2000::/3';

/** S3 keys hold at most 1,024 bytes of UTF-8. */
export const MAX_OBJECT_KEY_BYTES = 1_024;
/** Regions of DigitalOcean Spaces (docs.digitalocean.com/products/spaces/details/availability). */
export const SPACES_REGIONS: readonly string[] = [
	'ams3',
	'atl1',
	'blr1',
	'fra1',
	'lon1',
	'nyc3',
	'ric1',
	'sfo2',
	'sfo3',
	'sgp1',
	'syd1',
	'tor1',
];
export const SPACES_DOMAIN = 'digitaloceanspaces.com';
/** Spaces asks only for a well-formed region; DigitalOcean's own SDK examples sign with this one, MinIO expects it. */
export const SPACES_SIGNING_REGION = 'us-east-1';
/** SigV4 presigned URLs live at most a week (docs.digitalocean.com/reference/api/spaces). */
export const PRESIGN_MAX_S = 604_800;
