// Origins as people and programs write them.
import { expect, it } from 'vitest';
import { listOfOrigin, listOrigin, MANUAL, parseOrigin } from './origin.ts';

it('takes kinds with and without a name, and nothing for what people do by hand', () => {
  expect(['', 'manual', 'crowdsec', 'feed:dshield'].map(parseOrigin)).toEqual([
    MANUAL,
    MANUAL,
    'crowdsec',
    'feed:dshield',
  ]);
});

it('refuses what is not an origin, and lists, which only an import changes', () => {
  for (const text of ['Manual', ':x', 'a b', 'x'.repeat(65)])
    expect(() => parseOrigin(text), text).toThrow('not an origin');
  expect(() => parseOrigin('list:spamhaus')).toThrow(
    'list:spamhaus is a list: change it with fleetblock import --list spamhaus',
  );
});

it('names the list of a list’s origin', () => {
  expect([listOrigin('spamhaus'), 'list:', 'manual', 'listed'].map(listOfOrigin)).toEqual([
    'spamhaus',
    '',
    undefined,
    undefined,
  ]);
});
