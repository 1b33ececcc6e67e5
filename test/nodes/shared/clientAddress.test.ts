import { isAllowedAddress, parseAllowList } from '../../../nodes/shared/clientAddress';

describe('isAllowedAddress', () => {
	it.each([
		['10.0.0.5', '', true],
		['10.0.0.5', '10.0.0.5', true],
		['10.0.0.6', '10.0.0.5', false],
		['::ffff:10.0.0.5', '10.0.0.5', true],
		['10.0.0.5', '10.0.0.0/24, 192.168.1.1', true],
		['10.0.1.5', '10.0.0.0/24\n192.168.1.1', false],
		['2001:db8::1', '2001:db8::/32', true],
		['2001:db8::1', '10.0.0.0/8', false],
		['10.0.0.5', 'not-an-address', false],
		['garbage', '10.0.0.0/8', false],
		[undefined, '10.0.0.0/8', false],
	])('%s against "%s" is %s', (address, list, expected) => {
		expect(isAllowedAddress(address, parseAllowList(list))).toBe(expected);
	});

	it('reads a field that is not text as an empty list', () => {
		expect(parseAllowList(undefined)).toEqual([]);
	});
});
