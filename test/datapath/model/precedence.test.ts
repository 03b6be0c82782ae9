// The kernel's look-up against common/precedence.ts: every combination of what a source's address, a prefix around it and a wider one say,
// and of the allow entries over them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootMs } from '../../../agent/host/boot-clock.ts';
import { type Entry, makePrefix } from '../../../common/entries/packed.ts';
import { decide, type Verdict } from '../../../common/precedence.ts';
import { type Family, formatPrefix } from '../../../common/text/prefix.ts';
import { ETHERTYPE, frame, ipv4, ipv6 } from '../packets/build.ts';
import { counts, Harness, whyNoProgram, XDP } from '../packets/harness.ts';

const HOUR = 3_600_000;
const ENDS = [0, HOUR, -1];
const SAYS = [
  undefined,
  ...ENDS.flatMap((ttlMs) => [
    { action: 'block' as const, ttlMs },
    { action: 'monitor' as const, ttlMs },
  ]),
];
const LENGTHS = { 4: [32, 24, 16], 6: [128, 64, 48] } as const;
const OUTCOME = { clear: 'passed', drop: 'dropped', allow: 'allowed', monitor: 'monitored' } as const;

/** One combination per /16, or /48. */
function combinations(family: Family) {
  const lengths = LENGTHS[family];
  const listed = SAYS.flatMap((a) => SAYS.flatMap((b) => SAYS.map((c) => [a, b, c])));
  const allows = [undefined, ...lengths.flatMap((length) => ENDS.map((ttlMs) => ({ length, ttlMs })))];
  return listed
    .flatMap((says) => allows.map((allow) => ({ says, allow })))
    .map(({ says, allow }, i) => {
      const address =
        family === 4
          ? Uint8Array.of(16 + (i >> 8), i & 255, 7, 9)
          : Uint8Array.of(0x20, 1, 0xd, 0xb8, i >> 8, i & 255, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9);
      const rows = says.flatMap((each, at): Entry[] =>
        each ? [{ prefix: makePrefix(family, address, lengths[at] ?? 0), ...each }] : [],
      );
      const over: Entry[] = allow
        ? [{ prefix: makePrefix(family, address, allow.length), action: 'allow', ttlMs: allow.ttlMs }]
        : [];
      return { address, rows, over };
    });
}

/** By the rules, with ended entries behind the time 1 and others before it. */
function expected(rows: readonly Entry[], over: readonly Entry[]): { verdict: Verdict; length: number | undefined } {
  const effects = (entries: readonly Entry[]) =>
    entries.map(({ prefix, action, ttlMs }) => ({ length: prefix.length, action, expiresMs: ttlMs < 0 ? 1 : ttlMs }));
  const { verdict, by } = decide(effects(rows), () => effects(over), 1);
  return { verdict, length: by?.length };
}

describe.skipIf(whyNoProgram() !== undefined)('precedence in the kernel', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.open({ v4Addresses: 20_000, v6Addresses: 20_000, prefixes: 20_000 });
  });
  afterAll(() => harness.close());

  test.each([4, 6] as const)('IPv%i: every combination of actions, lengths and ends', async (family) => {
    const all = combinations(family);
    await harness.hold(all.flatMap(({ rows, over }) => [...rows, ...over]));
    expect(bootMs()).toBeGreaterThan(1);
    for (const { address, rows, over } of all) {
      const source = formatPrefix(makePrefix(family, address, address.length * 8)).split('/')[0] ?? '';
      const { verdict, length } = expected(rows, over);
      const what = `${source}: ${JSON.stringify([rows, over])}`;
      const packet = family === 4 ? frame(ETHERTYPE.ipv4, ipv4({ source })) : frame(ETHERTYPE.ipv6, ipv6({ source }));
      expect(harness.run(packet), what).toEqual({
        verdict: verdict === 'drop' ? XDP.drop : XDP.pass,
        counted: counts(OUTCOME[verdict], packet.length),
      });
      const looked = harness.tables.lookup(family, address);
      expect(looked.verdict, what).toBe(verdict);
      // Undefined: dropped by bits.
      if (looked.length !== undefined || verdict !== 'drop') expect(looked.length, what).toBe(length);
    }
  });
});
