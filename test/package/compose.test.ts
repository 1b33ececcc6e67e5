/** @reads docker-compose.yml */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Service {
	image: string;
	ports?: string[];
	environment?: Record<string, string>;
	volumes?: string[];
	depends_on?: Record<string, { condition: string }>;
	healthcheck?: { test: string[] };
	restart?: string;
	profiles?: string[];
	command?: string | string[];
}

interface Compose {
	services: Record<string, Service>;
	volumes: Record<string, unknown>;
}

const text = readFileSync(join(__dirname, '..', '..', 'docker-compose.yml'), 'utf8');
const compose = parse(text) as Compose;
const services = Object.entries(compose.services);
const RUNS_ONCE = 'buckets';

describe('docker-compose.yml', () => {
	it('runs n8n, its database, Redis, the NCA Toolkit and an object store', () => {
		expect(services.map(([, { image }]) => image)).toEqual(
			expect.arrayContaining([
				'docker.n8n.io/n8nio/n8n:2.41.1',
				expect.stringMatching(/^postgres:/),
				expect.stringMatching(/^redis:/),
				'stephengpope/no-code-architects-toolkit:latest',
				expect.stringMatching(/^minio\/minio:/),
			]),
		);
	});

	it('lets n8n load our package and reach the services beside it', () => {
		const { environment } = compose.services.n8n;
		expect(environment).toMatchObject({
			N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
			N8N_SSRF_ALLOWED_HOSTNAMES: 'nca-toolkit,minio',
			DB_TYPE: 'postgresdb',
		});
	});

	it('adds a webhook process and workers in queue mode, which see the same as the main process', () => {
		const { n8n } = compose.services;
		const added = services.filter(([, { profiles }]) => profiles !== undefined);
		expect(added.map(([, { command }]) => command).sort()).toEqual(['webhook', 'worker']);
		for (const [, { image, environment, volumes, profiles }] of added) {
			expect(profiles).toEqual(['queue']);
			expect({ image, environment, volumes }).toEqual({
				image: n8n.image,
				environment: n8n.environment,
				volumes: n8n.volumes,
			});
		}
		expect(n8n.environment).toMatchObject({ QUEUE_BULL_REDIS_HOST: 'redis', QUEUE_HEALTH_CHECK_ACTIVE: 'true' });
		expect(n8n.environment?.EXECUTIONS_MODE).toContain('regular');
		// The lines that the file asks for are settings that it reads.
		const settings = [...text.matchAll(/^#\s.*?((?:[A-Z][A-Z0-9_]+=\S+\s*)+)$/gm)].flatMap(([, line]) =>
			[...line.matchAll(/([A-Z][A-Z0-9_]+)=/g)].map(([, name]) => name),
		);
		expect(settings).toContain('COMPOSE_PROFILES');
		for (const name of settings.filter((setting) => setting !== 'COMPOSE_PROFILES'))
			expect(text).toContain(`\${${name}`);
	});

	it.each(services.filter(([name]) => name !== RUNS_ONCE))(
		'checks the health of %s and starts it again',
		(_name, service) => {
			expect(service.healthcheck?.test.length).toBeGreaterThan(1);
			expect(service.restart).toBe('unless-stopped');
		},
	);

	it.each(services)('opens ports of %s on this machine only', (_name, { ports = [] }) => {
		for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
	});

	it.each(services)(
		'waits only for services that exist and can be healthy or done (%s)',
		(_name, { depends_on = {} }) => {
			for (const [name, { condition }] of Object.entries(depends_on)) {
				const isDone = condition === 'service_completed_successfully';
				expect(isDone ? name : compose.services[name]?.healthcheck).toBeTruthy();
			}
		},
	);

	it.each(services)('keeps data of %s in volumes that are declared', (_name, { volumes = [] }) => {
		for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
	});

	it('holds no secret: each is asked for by name and must be set', () => {
		const secrets = services.flatMap(([, { environment = {} }]) =>
			Object.entries(environment).filter(([name]) =>
				/(PASSWORD|SECRET_KEY|ACCESS_KEY|API_KEY|ENCRYPTION_KEY)$/.test(name),
			),
		);
		expect(secrets.length).toBeGreaterThan(5);
		for (const [, value] of secrets) expect(value).toMatch(/^\$\{[A-Z0-9_]+:\?[^}]+\}$/);
	});
});
