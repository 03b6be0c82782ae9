import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { covers, formatPrefix, maskAddress, parsePrefix } from './prefix.ts';

const canonical = (text: string) => formatPrefix(parsePrefix(text));

describe('parsePrefix', () => {
  it.each([
    ['192.168.1.100', '192.168.1.100/32'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8::1', '2001:db8::1/128'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1/128'],
    ['::/0', '::/0'],
    ['::', '::/128'],
    ['1::', '1::/128'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221/128'],
  ])('%s is %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it('faults row 17: host bits are refused, naming the canonical form', () => {
    expect(() => parsePrefix('10.0.0.5/8')).toThrow(
      /host bits set: write 10\.0\.0\.0\/8 for the range, or 10\.0\.0\.5/,
    );
    expect(() => parsePrefix('2001:db8::1/32')).toThrow(/write 2001:db8::\/32/);
  });

  it('faults row 19: an IPv4-mapped address becomes IPv4, a mapped prefix shorter than /96 is refused', () => {
    expect(canonical('::ffff:1.2.3.4')).toBe('1.2.3.4/32');
    expect(canonical('::FFFF:c000:0200/120')).toBe('192.0.2.0/24');
    expect(canonical('::ffff:0:0/96')).toBe('0.0.0.0/0');
    expect(() => parsePrefix('::ffff:0:0/95')).toThrow(/IPv4-mapped/);
  });

  it.each([
    ['010.0.0.1', /leading zeros/],
    ['1.2.3.04/24', /leading zeros/],
    ['fe80::1%eth0', /zone id/],
    ['192.0.2.1:443', /"192\.0\.2\.1:443" has a port/],
    ['[2001:db8::1]:443', /has a port/],
    ['10.0.0.0/33', /0 to 32/],
    ['10.0.0.0/08', /0 to 32/],
    ['10.0.0.0/', /0 to 32/],
    ['::/129', /0 to 128/],
    ['10.0.0.0/8/8', /prefix length/],
    ['', /not an IPv4 or IPv6/],
    [' 10.0.0.1', /not an IPv4 or IPv6/],
    ['example.org', /not an IPv4 or IPv6/],
    ['1.2.3', /not an IPv4 or IPv6/],
    [':::', /not an IPv4 or IPv6/],
  ])('faults row 16: %j is refused with the reason', (text, reason) => {
    expect(() => parsePrefix(text)).toThrow(reason);
  });

  it('agrees with ipaddr.js on every address and length', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc
        .uint8Array({ minLength: 16, maxLength: 16 })
        .filter((a) => !(a.subarray(0, 10).every((b) => b === 0) && a[10] === 0xff)),
    );
    fc.assert(
      fc.property(bytes, fc.nat(128), (raw, n) => {
        const length = n % (raw.length * 8 + 1);
        const masked = maskAddress(raw, length);
        const oracle = ipaddr.fromByteArray([...masked]);
        const parsed = parsePrefix(`${oracle.toNormalizedString()}/${length}`);
        expect([...parsed.address]).toEqual([...masked]);
        const text = formatPrefix(parsed);
        expect(ipaddr.parseCIDR(text)[0].toByteArray()).toEqual([...masked]);
        if (oracle instanceof ipaddr.IPv6) expect(text).toBe(`${oracle.toRFC5952String()}/${length}`);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws anything but INVALID_ARGUMENT', () => {
    const tokens = fc.array(fc.constantFrom('1', '0', '255', '.', ':', '::', '/', 'f', 'ffff', '%', ' ', '32', '-'), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          tokens.map((t) => t.join('')),
        ),
        (text) => {
          try {
            canonical(text);
          } catch (error) {
            expect(error).toMatchObject({ name: 'FleetblockError', code: 'INVALID_ARGUMENT' });
          }
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('covers', () => {
  it('is true for itself and longer prefixes inside, false otherwise', () => {
    const outer = parsePrefix('10.0.0.0/8');
    expect(covers(outer, outer)).toBe(true);
    expect(covers(outer, parsePrefix('10.255.0.1'))).toBe(true);
    expect(covers(parsePrefix('10.0.0.0/9'), outer)).toBe(false);
    expect(covers(outer, parsePrefix('11.0.0.0/8'))).toBe(false);
    expect(covers(parsePrefix('::/0'), outer)).toBe(false);
  });
});
