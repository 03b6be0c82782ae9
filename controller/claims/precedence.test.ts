import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Effect, stronger } from './precedence.ts';

const effect = fc.record({ monitor: fc.boolean(), expiresMs: fc.integer({ min: 0, max: 5 }) });
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
      { monitor: true, expiresMs: 0 },
      { monitor: false, expiresMs: 3 },
    ]),
  ).toEqual({ monitor: false, expiresMs: 3 });
  expect(
    combined([
      { monitor: false, expiresMs: 9 },
      { monitor: false, expiresMs: 3 },
    ]),
  ).toEqual({ monitor: false, expiresMs: 9 });
  expect(
    combined([
      { monitor: false, expiresMs: 9 },
      { monitor: false, expiresMs: 0 },
    ]),
  ).toEqual({ monitor: false, expiresMs: 0 });
});
