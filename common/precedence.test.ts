// What several claims, or rows, amount to.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Action } from './action.ts';
import { decide, type Effect, stronger } from './precedence.ts';

const effect = fc.record({
  action: fc.constantFrom<Action>('block', 'monitor'),
  expiresMs: fc.integer({ min: 0, max: 5 }),
});
const combined = (effects: readonly Effect[]) => effects.reduce<Effect | undefined>(stronger, undefined);

it('does not depend on the order or the grouping of claims', () => {
  fc.assert(
    fc.property(fc.array(effect, { minLength: 1 }), fc.nat(), (effects, cut) => {
      const at = cut % effects.length;
      const parts = [combined(effects.slice(0, at)), combined(effects.slice(at))].flatMap((part) => part ?? []);
      expect(combined(parts.toReversed())).toEqual(combined(effects));
      expect(combined(effects.toReversed())).toEqual(combined(effects));
    }),
  );
});

it('lets a block win over monitor-only, whatever their ends, and takes the latest end of the winners', () => {
  expect(
    combined([
      { action: 'monitor', expiresMs: 0 },
      { action: 'block', expiresMs: 3 },
    ]),
  ).toEqual({ action: 'block', expiresMs: 3 });
  expect(
    combined([
      { action: 'block', expiresMs: 9 },
      { action: 'block', expiresMs: 3 },
    ]),
  ).toEqual({ action: 'block', expiresMs: 9 });
  expect(
    combined([
      { action: 'block', expiresMs: 9 },
      { action: 'block', expiresMs: 0 },
    ]),
  ).toEqual({ action: 'block', expiresMs: 0 });
});

const row = (length: number, more: Partial<Effect> = {}): Effect & { readonly length: number } => ({
  ...{ length, action: 'block', expiresMs: 0 },
  ...more,
});
const decided = (listed: ReturnType<typeof row>[], allowed: ReturnType<typeof row>[] = []) => {
  const { verdict, by } = decide(listed, () => allowed.map((each) => ({ ...each, action: 'allow' as const })), 10);
  return [verdict, by?.length];
};

it('lets any block win over monitor-only and any allow entry over both, and names the longest that decides', () => {
  const [monitor, ended] = [{ action: 'monitor' as const }, { expiresMs: 10 }];
  expect(decided([])).toEqual(['clear', undefined]);
  expect(decided([], [row(8)])).toEqual(['clear', undefined]);
  expect(decided([row(32, monitor), row(24), row(16)])).toEqual(['drop', 24]);
  expect(decided([row(32, monitor), row(24, monitor)])).toEqual(['monitor', 32]);
  expect(decided([row(32, ended), row(24, monitor)])).toEqual(['monitor', 24]);
  expect(decided([row(32, ended)], [row(8)])).toEqual(['clear', undefined]);
  expect(decided([row(32, { expiresMs: 11 })], [row(24, ended), row(16), row(8)])).toEqual(['allow', 16]);
  expect(decided([row(32)], [row(8, ended)])).toEqual(['drop', 32]);
});
