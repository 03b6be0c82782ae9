// A range as the fewest prefixes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPrefix } from '../text/prefix.ts';
import { prefixesOfRange } from './range.ts';

describe('prefixesOfRange', () => {
  const address = fc.nat(0xffff).map((n) => `10.0.${n >> 8}.${n & 255}`);

  it('has each address of the range once and no other, in the fewest prefixes', () => {
    fc.assert(
      fc.property(address, address, (a, b) => {
        const number = (text: string) => text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
        const [first, last] = number(a) <= number(b) ? [a, b] : [b, a];
        const prefixes = prefixesOfRange(first, last);
        let at = number(first);
        for (const prefix of prefixes) {
          expect(number(prefix.address.join('.'))).toBe(at);
          at += 2 ** (32 - prefix.length);
        }
        expect(at).toBe(number(last) + 1);
        // No two neighbours are the halves of a wider one.
        prefixes.forEach((prefix, i) => {
          const next = prefixes[i + 1];
          const size = 2 ** (32 - prefix.length);
          if (next?.length === prefix.length) expect((number(prefix.address.join('.')) / size) % 2).toBe(1);
        });
      }),
    );
  });

  it('takes IPv6 to both ends, and nothing that is no range', () => {
    expect(prefixesOfRange('::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff').map(formatPrefix)).toEqual(['::/0']);
    expect(prefixesOfRange('0.0.0.0', '255.255.255.255').map(formatPrefix)).toEqual(['0.0.0.0/0']);
    expect(prefixesOfRange('2001:db8::1', '2001:db8::1').map(formatPrefix)).toEqual(['2001:db8::1/128']);
    expect(() => prefixesOfRange('10.0.0.0/8', '10.0.0.1')).toThrow(/no end of a range/);
    expect(() => prefixesOfRange('10.0.0.0', '::1')).toThrow(/begins in IPv4 and ends in IPv6/);
  });
});
