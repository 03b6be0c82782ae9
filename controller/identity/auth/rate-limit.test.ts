import { expect, it } from 'vitest';
import { RateLimit } from './rate-limit.ts';

function limited(addresses = 4096) {
  const clock = { now: 0, wallMs: () => 0, monotonicMs: () => clock.now };
  const limit = new RateLimit({ clock, burst: 3, perSecond: 0.5, addresses });
  const takes = (address: string, times: number) => Array.from({ length: times }, () => limit.take(address));
  return { clock, limit, takes };
}

it('allows a burst, then the rate, each address by itself', () => {
  const { clock, takes } = limited();
  expect(takes('10.0.0.1', 5)).toEqual([true, true, true, false, false]);
  expect(takes('10.0.0.2', 1)).toEqual([true]);
  clock.now = 2000;
  expect(takes('10.0.0.1', 2)).toEqual([true, false]);
  clock.now = 3_600_000;
  expect(takes('10.0.0.1', 4)).toEqual([true, true, true, false]);
});

it('does not count what was given back', () => {
  const { limit } = limited();
  for (let i = 0; i < 100; i++) {
    expect(limit.take('10.0.0.1')).toBe(true);
    limit.giveBack('10.0.0.1');
  }
});

it('sees an IPv6 network of 64 bits as one address', () => {
  const { takes } = limited();
  takes('2001:db8:0:1::1', 2);
  takes('2001:db8:0:1:ffff::2', 1);
  expect(takes('2001:db8::1:0:0:0:3', 1)).toEqual([false]);
  expect(takes('2001:db8:0:2::1', 1)).toEqual([true]);
  expect(takes('::1', 1)).toEqual([true]);
});

it('sees an IPv4 address mapped into IPv6 as itself', () => {
  const { takes } = limited();
  takes('::ffff:10.0.0.1', 3);
  expect(takes('10.0.0.1', 1)).toEqual([false]);
  expect(takes('::ffff:10.0.0.2', 1)).toEqual([true]);
  expect(takes('fe80::1%eth0', 1)).toEqual([true]);
});

it('remembers a bounded number of addresses, the latest', () => {
  const { takes } = limited(2);
  takes('a', 3);
  takes('b', 3);
  expect(takes('b', 1)).toEqual([false]);
  takes('c', 1);
  expect(takes('b', 1)).toEqual([false]);
  expect(takes('a', 1)).toEqual([true]);
});

it('takes what is left when less than all is', () => {
  const { clock, limit } = limited();
  expect([limit.takeUpTo('a', 2), limit.takeUpTo('a', 2), limit.takeUpTo('a', 2)]).toEqual([2, 1, 0]);
  expect(limit.waitMs('a', 2)).toBe(4000);
  clock.now = 3000;
  expect([limit.takeUpTo('a', 2), limit.waitMs('a')]).toEqual([1, 1000]);
});
