import { expect, it } from 'vitest';
import { formatSelector, hostsSelector, parseLabelSelector, parseSelector, selectorMatches } from './selector.ts';

it('has one canonical text, whatever the order typed', () => {
  expect(formatSelector(parseLabelSelector('role!=db, env=prod'))).toBe('labels:env=prod,role!=db');
  expect(formatSelector(hostsSelector(['b', 'a', 'b']))).toBe('host:a,b');
  for (const text of ['all', 'host:a,b', 'labels:env=prod,role!=db'])
    expect(formatSelector(parseSelector(text))).toBe(text);
});

it('matches by name and by labels; a missing label differs from every value', () => {
  const host = { name: 'web1', labels: { env: 'prod' } };
  expect(selectorMatches(parseSelector('all'), host)).toBe(true);
  expect(selectorMatches(parseSelector('host:web1,web2'), host)).toBe(true);
  expect(selectorMatches(parseSelector('host:web2'), host)).toBe(false);
  expect(selectorMatches(parseLabelSelector('env=prod,role!=db'), host)).toBe(true);
  expect(selectorMatches(parseLabelSelector('env=prod,role=db'), host)).toBe(false);
  expect(selectorMatches(parseLabelSelector('env!=prod'), host)).toBe(false);
});

it.each(['', 'env', 'env=', '=prod', 'a=b,,c=d', 'a=b=c', 'a!b', 'a=-x'])('%j is refused, naming the form', (text) => {
  expect(() => parseLabelSelector(text)).toThrow(/write terms like env=prod,role!=db/);
});
