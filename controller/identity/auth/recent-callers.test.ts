import { expect, it } from 'vitest';
import { RecentCallers } from './recent-callers.ts';

const DAY_MS = 86_400_000;

function callers() {
  const time = { ms: 0 };
  const recent = new RecentCallers({ wallMs: () => time.ms, monotonicMs: () => time.ms });
  const saw = (actor: string, from: string, stands = () => true) => recent.saw({ actor, from }, stands);
  return { time, recent, saw };
}

it('knows for a week who called from an address, or a /64 of IPv6', () => {
  const { time, recent, saw } = callers();
  saw('operator/carl', '::ffff:198.51.100.7:4711');
  saw('operator/carl', '2001:db8::7:4711');
  saw('operator/carl', 'unix');
  const who = () => ['198.51.100.7', '2001:db8::ffff', '198.51.100.8', ''].map((address) => recent.at(address));
  expect(who()).toEqual(['operator/carl', 'operator/carl', undefined, undefined]);
  time.ms += 7 * DAY_MS - 1;
  expect(who()).toEqual(['operator/carl', 'operator/carl', undefined, undefined]);
  saw('operator/carl', '198.51.100.7:4712');
  time.ms += 1;
  expect(who()).toEqual(['operator/carl', undefined, undefined, undefined]);
});

it('forgets who was revoked, and lets nobody stand in for others or fill it', () => {
  const { recent, saw } = callers();
  let revoked = false;
  saw('operator/carl', '198.51.100.7:1');
  saw('agent/evil', '198.51.100.7:2', () => !revoked);
  saw('agent/evil', '203.0.113.1:2', () => !revoked);
  expect(recent.at('203.0.113.1')).toBe('agent/evil');
  revoked = true;
  expect(recent.at('198.51.100.7')).toBe('operator/carl');
  expect(recent.at('203.0.113.1')).toBeUndefined();
  for (let i = 0; i < 20; i++) saw('agent/evil', `10.0.0.${i}:1`);
  expect(Array.from({ length: 20 }, (_, i) => recent.at(`10.0.0.${i}`)).filter((who) => who)).toHaveLength(16);
  expect(recent.at('198.51.100.7')).toBe('operator/carl');
});
