// What a block costs where hosts protect much: counted in look-ups and in readings of the clock, not in time.
import { expect, it, vi } from 'vitest';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { Pacer } from '../../../common/time/pacer.ts';
import { PrefixSet } from '../../claims/guard/prefix-set.ts';
import { unknownState } from '../../fleet/host/host-state.ts';
import type { HostRecord } from '../../store/records.ts';
import type { AllowLayer } from './allow-index.ts';
import { findExemptions } from './exemptions.ts';

const HOSTS = 100;
const BLOCKED = 1000;
const PROTECTED = 100;

const hosts = Array.from({ length: HOSTS }, (_, i): HostRecord => {
  const times = { createdMs: 0, revokedMs: 0, identitySinceMs: 0 };
  return { id: `${i}`, name: `host${i}`, labels: {}, ...times, generation: 1, labelsRevision: 0n };
});

/** How a block fares where every host protects these. */
function exempted(protects: readonly string[], blocked: readonly string[], allows: readonly string[] = []) {
  const protectedAddresses = protects.map((each) => ({ prefix: parsePrefix(each), why: 'own address' }));
  const stateOf = () => ({ ...unknownState(), protectedAddresses });
  const entries = new PrefixSet();
  for (const { family, address, length } of allows.map((each) => parsePrefix(each)))
    entries.add(family, address, 0, length, 0);
  const layer: AllowLayer = { id: 'list:office all', selector: { kind: 'all' }, entries };
  const allowed = { layers: () => [layer] };
  const store = { claims: () => ({ async *[Symbol.asyncIterator]() {} }) };
  return findExemptions(
    { allowed, store, stateOf, wallMs: () => 1 },
    blocked.map((each) => parsePrefix(each)),
    hosts,
  );
}

it('faults row 61: an address that a host protects is looked up, not compared with every prefix, and others get their turn', async () => {
  const blocked = Array.from({ length: BLOCKED }, (_, i) => `198.${18 + (i >> 8)}.${i & 255}.0/25`);
  const protects = Array.from({ length: PROTECTED }, (_, i) => `10.0.${i}.0/24`);
  const lookUps = vi.spyOn(PrefixSet.prototype, 'covering');
  const looks = vi.spyOn(Pacer.prototype, 'due', 'get');
  const { refusals, warnings } = await exempted(protects, blocked);
  expect([refusals.size, warnings]).toEqual([0, []]);
  expect(lookUps.mock.calls.length).toBeLessThanOrEqual(HOSTS * PROTECTED + BLOCKED);
  expect(looks.mock.calls.length).toBeGreaterThanOrEqual(HOSTS);
  vi.restoreAllMocks();
});

it('prefixes inside of a protected one pass, those around it do in parts, neighbours do not', async () => {
  const blocked = ['10.0.0.0/8', '10.0.1.0/24', '10.0.1.0/25', '10.0.1.255/32', '10.0.2.0/24', '10.0.0.255/32'];
  const { refusals, warnings } = await exempted(['10.0.1.0/24'], blocked);
  expect(refusals.size).toBe(HOSTS);
  expect(refusals.get('0')?.text).toBe(
    '10.0.1.0/24 (and 2 more of the prefixes) goes on passing here: 10.0.1.0/24 (protected by host0 itself: own address); an allow entry wins over every block',
  );
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/^parts of 10\.0\.0\.0\/8 go on passing: .* and 97 more$/);
});

it('what layers and the host let through makes up a prefix together', async () => {
  const halves = ['10.0.0.0/25'];
  const { refusals } = await exempted(['10.0.0.128/25'], ['10.0.0.0/24'], halves);
  expect(refusals.get('7')?.text).toMatch(/^10\.0\.0\.0\/24 goes on passing here: 10\.0\.0\.0\/25 .*10\.0\.0\.128\/25/);
  expect((await exempted([], ['10.0.0.0/24'], halves)).refusals.size).toBe(0);
});
