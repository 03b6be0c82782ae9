import { describe, expect, it } from 'vitest';
import { packEntries } from '../common/packed.ts';
import { parsePrefix } from '../common/prefix.ts';
import { Guard } from './guard.ts';

const guard = new Guard({
  addresses: () => [{ prefix: parsePrefix('203.0.113.9'), what: "the controller's own address 203.0.113.9" }],
});
const single = (text: string, action: 'block' | 'allow' = 'block') => guard.refusal(parsePrefix(text), action);
const bulk = (text: string, action: 'block' | 'allow' = 'block') =>
  guard.firstRefusal(
    packEntries([
      { prefix: parsePrefix('198.51.100.1'), allow: false, monitor: false, ttlMs: 0 },
      { prefix: parsePrefix(text), allow: false, monitor: false, ttlMs: 0 },
    ]),
    action,
  );

describe.each(['0.0.0.0/0', '::/0', '10.0.0.0/7', '2000::/18'])('faults row 18: %s', (text) => {
  it('is refused as too wide, blocked or allowed, alone or in a list', () => {
    expect(single(text)).toMatch(/is wider than \/(8|19)/);
    expect(single(text, 'allow')).toMatch(/is wider than/);
    expect(bulk(text)?.refusal).toMatch(/is wider than/);
  });
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
