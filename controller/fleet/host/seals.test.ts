// What hosts show of what they were given: known again, and nothing else taken for it.
import { expect, it } from 'vitest';
import { Seals } from './seals.ts';

const seals = new Seals(new Uint8Array(32).fill(7));

it('knows the serial of a key that it gave to this host', () => {
  expect(seals.serialOf('h1', seals.sessionKey('h1', 5))).toBe(5);
  expect(seals.serialOf('h2', seals.sessionKey('h1', 5))).toBeUndefined();
});

it('faults row 59: bytes that are no key are nothing, whatever serial they begin with', () => {
  for (const key of [Buffer.alloc(24, 0xff), Buffer.alloc(24), Buffer.alloc(23), Buffer.alloc(0)])
    expect(seals.serialOf('h1', key)).toBeUndefined();
});
