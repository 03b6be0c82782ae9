import { describe, expect, it } from 'vitest';
import { type Entry, packEntries } from '../../../common/entries/packed.ts';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import { FleetAddresses } from '../../fleet/reach/fleet-addresses.ts';
import { Guard } from './guard.ts';

const guard = new Guard({
  addresses: () => [{ prefix: parsePrefix('203.0.113.9'), what: "the controller's own address 203.0.113.9" }],
});
const single = (text: string, action: 'block' | 'allow' = 'block') => guard.look().refusal(parsePrefix(text), action);
const bulk = (text: string, action: 'block' | 'allow' = 'block') =>
  guard.look().refusals(
    packEntries([
      { prefix: parsePrefix('198.51.100.1'), action: 'block', ttlMs: 0 },
      { prefix: parsePrefix(text), action: 'block', ttlMs: 0 },
    ]),
    action,
  )[0];

describe.each(['0.0.0.0/0', '::/0', '10.0.0.0/7', '2000::/18'])('faults row 18: %s', (text) => {
  it('is refused as too wide, blocked or allowed, alone or in a list', () => {
    expect(single(text)).toMatch(/is wider than \/(8|19)/);
    expect(single(text, 'allow')).toMatch(/is wider than/);
    expect(bulk(text)?.refusal).toMatch(/is wider than/);
  });
});

it('says how much of the addresses a prefix has', () => {
  expect(single('0.0.0.0/0')).toBe('0.0.0.0/0 is wider than /8: that is all IPv4 addresses');
  expect(single('2000::/3')).toBe('2000::/3 is wider than /19: that is 1/8 of all IPv6 addresses');
});

describe.each([
  ['127.0.0.1', 'loopback'],
  ['127.0.0.0/8', 'loopback'],
  ['::1', 'loopback'],
  ['169.254.1.0/24', 'link-local'],
  ['fe80::1', 'link-local'],
  ['224.0.0.1', 'multicast'],
  ['ff02::/32', 'multicast'],
  ['0.0.0.0', 'unspecified'],
  ['255.255.255.255', 'broadcast'],
  ['203.0.113.0/24', "controller's own address"],
  ['203.0.113.9', "controller's own address"],
])('faults row 20: %s', (text, what) => {
  it(`is refused, naming ${what}; an allow entry of it is not`, () => {
    expect(single(text)).toContain(what);
    expect(single(text, 'allow')).toBeUndefined();
    expect(bulk(text)?.refusal).toContain(what);
    expect(bulk(text, 'allow')).toBeUndefined();
  });
});

it.each(['198.51.100.0/24', '10.0.0.0/8', '203.0.113.8', '2001:db8::/32', '2000::/19'])('%s may be blocked', (text) => {
  expect(single(text)).toBeUndefined();
  expect(bulk(text)).toBeUndefined();
});

it('says which row of a list it refuses', () => {
  expect(bulk('127.0.0.1')?.row).toBe(1);
});

const row = (text: string): Entry => ({ prefix: parsePrefix(text), action: 'block', ttlMs: 0 });

it('names every row that it refuses, so that a list can go in without them', () => {
  const rows = packEntries(['fe80::/64', '127.0.0.1', '198.51.100.1', '203.0.113.9', '2001:db8::1'].map(row));
  const refused = guard.look().refusals(rows, 'block');
  expect(refused.map(({ row, prefix, refusal }) => [row, formatPrefix(prefix), refusal])).toEqual([
    [0, '127.0.0.1/32', '127.0.0.1/32 covers loopback'],
    [2, '203.0.113.9/32', "203.0.113.9/32 covers the controller's own address 203.0.113.9"],
    [3, 'fe80::/64', 'fe80::/64 covers link-local addresses'],
  ]);
});

describe('faults row 86: addresses over which the fleet is reached', () => {
  const own = (text: string) => ({ prefix: parsePrefix(text), why: 'own address' });
  const fleet = new FleetAddresses({
    connected: () => [
      { who: 'operator/carl', from: '198.51.100.20:4711', byKey: false },
      { who: 'host2', from: '::ffff:11.77.0.2:50000', byKey: false },
      { who: 'host3', from: '2001:db8::3:50000', byKey: false },
      { who: 'apikey/feeds', from: '10.3.0.7:50000', byKey: true },
      // Whoever found the key.
      { who: 'apikey/leaked', from: '198.51.100.66:50000', byKey: true },
    ],
    hosts: () => [
      { name: 'host2', protects: [own('10.1.0.2'), { ...own('10.9.0.1'), why: 'gateway' }, own('10.8.0.0/16')] },
      // Says what is none of its business, so that nobody is to block it.
      {
        name: 'liar',
        protects: [own('203.0.113.66'), ...Array.from({ length: 300 }, (_, i) => own(`10.2.${i >> 8}.${i & 255}`))],
      },
    ],
  });
  const look = new Guard({ addresses: () => [] }, fleet).look('192.0.2.4:1024');
  const refusal = (text: string) => look.refusal(parsePrefix(text), 'block');

  it.each([
    ['192.0.2.0/24', 'your own address 192.0.2.4'],
    ['192.0.2.4', 'your own address 192.0.2.4'],
    ['11.0.0.0/8', '11.77.0.2, from where host2 is connected'],
    ['198.51.100.0/24', '198.51.100.20, from where operator/carl is connected'],
    ['2001:db8::/32', '2001:db8::3, from where host3 is connected'],
    ['10.3.0.0/24', '10.3.0.7, from where apikey/feeds is connected'],
    ['10.1.0.0/16', '10.1.0.2, an own address of host2'],
    ['10.2.0.63', '10.2.0.63, an own address of liar'],
  ])('%s is refused, naming %s; alone and in a list', (text, what) => {
    expect(refusal(text)).toBe(`${formatPrefix(parsePrefix(text))} covers ${what}`);
    expect(look.refusals(packEntries([row('203.0.113.1'), row(text)]), 'block')[0]?.refusal).toBe(refusal(text));
    expect(look.refusal(parsePrefix(text), 'allow')).toBeUndefined();
  });

  it.each([
    '203.0.113.66',
    '10.9.0.0/24',
    '10.8.1.0/24',
    '10.2.0.64',
    '198.51.100.21',
    '198.51.100.66',
    '2001:db8:1::/48',
  ])('%s may be blocked: a host or a key says too much, or nobody says it', (text) => {
    expect(refusal(text)).toBeUndefined();
    expect(look.refusals(packEntries([row(text)]), 'block')).toEqual([]);
  });
});

it('refuses a request by its first such prefix, and names the others in the details', () => {
  const prefixes = ['198.51.100.1', '127.0.0.1', '198.51.100.2', '10.0.0.0/7'].map((text) => parsePrefix(text));
  const wide = '10.0.0.0/7 is wider than /8: that is 1/128 of all IPv4 addresses';
  expect(() => guard.look().assertAllowed(prefixes, 'block')).toThrow(
    expect.objectContaining({
      code: 'FAILED_PRECONDITION',
      message: 'refused: 127.0.0.1/32 covers loopback; an admin may override with --force',
      details: {
        refused: [
          { row: 2, prefix: '127.0.0.1/32', text: '127.0.0.1/32 covers loopback' },
          { row: 4, prefix: '10.0.0.0/7', text: wide },
        ],
        refusedCount: 2,
        advice: 'an admin may override with --force',
      },
    }),
  );
  expect(() => guard.look().assertAllowed(prefixes.slice(0, 1), 'block')).not.toThrow();
});
