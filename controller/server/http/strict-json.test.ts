import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from './strict-json.ts';

const read = (text: string) => parseJson(Buffer.from(text));

it('reads all that JSON.parse reads, but for depth', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.boolean(), (text, spaced) => {
      const value = JSON.parse(text);
      expect(read(spaced ? JSON.stringify(value, null, 2) : text)).toEqual(value);
    }),
  );
});

it('refuses what JSON.parse refuses, in words', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        JSON.parse(text);
      } catch {
        expect(() => read(text)).toThrow(/^the (body|key) /);
      }
    }),
  );
});

describe('keys', () => {
  it.each([
    '{"a":1,"a":2}',
    '{"a":{"b":1,"b":2}}',
    '[{"b":1,"c":[],"b":2}]',
    '{"a":1,"\\u0061":2}',
    '{"":1,"":2}',
    '{"\\"":1,"\\"":2}',
  ])('twice in one object: %s', (text) => expect(() => read(text)).toThrow(/is given twice in one object$/));
  it.each(['{"a":{"a":1}}', '[{"a":1},{"a":2}]', '{"a":"a","b":"a"}', '{"a":["a","a"],"b":"{\\"a\\":1,\\"a\\":2}"}'])(
    'once in each: %s',
    (text) => expect(read(text)).toEqual(JSON.parse(text)),
  );
});

it('goes 16 deep and no deeper', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(() => read(nested(16))).not.toThrow();
  expect(() => read(nested(17))).toThrow(/more than 16 deep/);
  expect(read('"[[[[[[[[[[[[[[[[[[[["')).toBe('[[[[[[[[[[[[[[[[[[[[');
});
