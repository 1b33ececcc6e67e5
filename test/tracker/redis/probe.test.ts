import { RedisLink } from '../../../tracker/redis/link';
import { probeRedis } from '../../../tracker/redis/probe';
import { RedisClock } from '../../support/redisProcesses';

const FIELDS = { host: 'redis.example', port: 6379 };

describe('a look whether Redis can be used', () => {
	afterEach(() => jest.restoreAllMocks());

	const refused = (message: string) => ({ ok: false, code: 'no_lock', message }) as const;

	it.each([
		['getaddrinfo ENOTFOUND redis.example', 'Check the host.'],
		['WRONGPASS invalid username-password pair', 'Check user and password.'],
		['NOAUTH Authentication required.', 'This Redis wants a password.'],
		['NOPERM this user has no permissions', 'The user may not write keys that begin with the prefix.'],
		['connect ECONNREFUSED', 'connect ECONNREFUSED'],
	])('says what to do about "%s"', async (message, advice) => {
		jest.spyOn(RedisLink.prototype, 'ask').mockResolvedValue(refused(message));
		expect(await probeRedis(FIELDS, new RedisClock())).toMatchObject({
			ok: false,
			message: expect.stringContaining(advice),
		});
	});

	it('wants to read what it wrote', async () => {
		jest.spyOn(RedisLink.prototype, 'ask').mockResolvedValue({ ok: true, value: 'another' });
		expect(await probeRedis(FIELDS, new RedisClock())).toMatchObject({ ok: false, code: 'no_lock' });
	});

	it('asks nobody where the settings can not be used', async () => {
		const ask = jest.spyOn(RedisLink.prototype, 'ask');
		expect(await probeRedis({}, new RedisClock())).toMatchObject({ ok: false, field: 'host' });
		expect(ask).not.toHaveBeenCalled();
	});
});
