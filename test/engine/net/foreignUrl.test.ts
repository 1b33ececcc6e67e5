import { checkAddress } from '../../../engine/net/address';
import { checkForeignUrl, parseAllowedInternalHosts } from '../../../engine/net/foreignUrl';

describe('checkForeignUrl', () => {
	it.each([
		'https://cdn.example.com/a.mp4?x=1',
		'http://example.com/',
		'https://example.com:8443/',
		'http://93.184.216.34/',
		'https://[2606:4700::1111]/',
		'HTTPS://EXAMPLE.COM/',
	])('takes %s', (url) => expect(checkForeignUrl(url, [])).toMatchObject({ ok: true, value: { scope: 'public' } }));

	it('resolves redirect targets against the hop before', () => {
		const base = new URL('https://example.com/a/b');
		const checked = checkForeignUrl('../c?x', [], base);
		expect(checked.ok && checked.value.url.href).toBe('https://example.com/c?x');
	});

	it.each([
		['http://nca-toolkit:8080/x', 'nca-toolkit:8080'],
		['http://NCA-Toolkit.:8080/x', 'nca-toolkit:8080'],
		['http://minio/x', 'minio:80'],
		['https://minio/x', 'minio:443'],
		['http://[::1]:9000/x', '[::1]:9000'],
		['http://0x7f.1:9000/x', '127.0.0.1:9000'],
		['http://10.0.0.5:22/x', '10.0.0.5:22'],
	])('lets %s through when %s is allowed', (url, host) => {
		expect(checkForeignUrl(url, [host])).toMatchObject({ ok: true, value: { scope: 'internal' } });
	});

	it('keeps metadata addresses closed whatever the list says', () => {
		expect(checkForeignUrl('http://169.254.169.254/', ['169.254.169.254:80'])).toMatchObject({
			code: 'address_forbidden',
		});
		expect(checkAddress('168.63.129.16', 'internal').ok).toBe(false);
	});

	it.each([
		['http://./', 'url_malformed'],
		['nowhere', 'url_malformed'],
		['file:///etc/passwd', 'url_scheme'],
		['http://user@example.com/', 'url_credentials'],
		['http://:pass@example.com/', 'url_credentials'],
		['http://example.com:22/', 'url_port'],
		['http://example.com:6667/', 'url_port'],
		['http://2130706433/', 'address_forbidden'],
	])('refuses %s', (url, code) => expect(checkForeignUrl(url, [])).toMatchObject({ ok: false, code }));
});

describe('checkAddress', () => {
	it.each(['10.0.0.1', '127.0.0.1', '100.64.0.1', 'fd00::1', '::1', '8.8.8.8', '2606:4700::1111'])(
		'opens %s to allow-listed hosts',
		(address) => expect(checkAddress(address, 'internal').ok).toBe(true),
	);

	it.each(['0.0.0.0', '224.0.0.1', '255.255.255.255', 'fe80::1', 'ff02::1', '::ffff:127.0.0.1', '2002:7f00:1::'])(
		'keeps %s closed to all',
		(address) => expect(checkAddress(address, 'internal').ok).toBe(false),
	);

	it('refuses what is no address', () => {
		expect(checkAddress('example.com', 'public')).toMatchObject({ code: 'address_malformed' });
	});

	it('keeps IPv6 outside the global block closed, reserved today or not', () => {
		expect(checkAddress('4000::1', 'public').ok).toBe(false);
		expect(checkAddress('2606:4700::1111', 'public').ok).toBe(true);
	});
});

describe('parseAllowedInternalHosts', () => {
	it('reads lists with commas and line breaks', () => {
		expect(parseAllowedInternalHosts(' nca-toolkit:8080,\nMinio:9000\r\n[::1]:9000 127.1:80 ')).toEqual({
			ok: true,
			value: ['nca-toolkit:8080', 'minio:9000', '[::1]:9000', '127.0.0.1:80'],
		});
		expect(parseAllowedInternalHosts('')).toEqual({ ok: true, value: [] });
	});

	it.each(['nca-toolkit', 'http://nca:8080', '*:8080', 'nca:', 'nca:99999', 'user@nca:80', '10.0.0.0/8:80'])(
		'refuses %s',
		(entry) => {
			const parsed = parseAllowedInternalHosts(entry);
			expect(parsed).toMatchObject({ ok: false, code: 'allowed_host_malformed', field: 'allowedInternalHosts' });
		},
	);
});
