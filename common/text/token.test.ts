import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatApiKey, formatToken, parseApiKey, parseToken, withoutTokens } from './token.ts';

const token = () => ({
  id: randomBytes(9).toString('base64url'),
  secret: new Uint8Array(randomBytes(32)),
  pin: new Uint8Array(randomBytes(32)),
});

it('is read back as it was written, with the line end that came with it', () => {
  const made = token();
  const read = parseToken(`  ${formatToken(made)}\n`);
  expect(read.id).toBe(made.id);
  expect(new Uint8Array(read.secret)).toEqual(made.secret);
  expect(new Uint8Array(read.pin)).toEqual(made.pin);
});

it('takes nothing else, and never repeats what it was given', () => {
  const text = formatToken(token());
  const cut = fc.integer({ min: 0, max: text.length - 1 }).map((length) => text.slice(0, length));
  fc.assert(
    fc.property(
      fc.oneof(
        cut,
        fc.string(),
        fc.string().map((tail) => `${text}${tail}x`),
      ),
      (bad) => {
        try {
          parseToken(bad);
          return false;
        } catch (error) {
          // A few characters stand in any sentence by chance; a secret's would not.
          const part = bad.trim().slice(5, 30);
          return error instanceof Error && (part.length < 8 || !error.message.includes(part));
        }
      },
    ),
  );
});

it('is hidden in words for people, whole or cut', () => {
  const text = formatToken(token());
  for (const shown of [text, text.slice(0, 40), `'${text}'`, `--token=${text}: no such option`])
    expect(withoutTokens(`error: ${shown}`)).not.toMatch(/fbt1\.[A-Za-z0-9]/);
  expect(withoutTokens(`no key ${formatApiKey(token())}`)).toBe('no key fbk1.[hidden]');
  expect(withoutTokens('nothing to hide')).toBe('nothing to hide');
});

it('an API key is read as it was written, and nothing else is one', () => {
  const { id, secret } = token();
  const text = formatApiKey({ id, secret });
  expect(parseApiKey(text)).toEqual({ id, secret: Buffer.from(secret) });
  for (const bad of [
    '',
    'fbk1',
    text.slice(1),
    text.slice(0, -1),
    `${text}A`,
    ` ${text}`,
    `${text}\n`,
    formatToken(token()),
  ])
    expect(parseApiKey(bad), bad).toBeUndefined();
});
