import { expect, it } from 'vitest';
import {
  formatSelector,
  hostPosition,
  hostsSelector,
  parseLabelSelector,
  parseSelector,
  selectorMatches,
} from './selector.ts';

it('has one canonical text, whatever the order typed', () => {
  expect(formatSelector(parseLabelSelector('role!=db, env=prod'))).toBe('labels:env=prod,role!=db');
  expect(formatSelector(hostsSelector(['b', 'a', 'b']))).toBe('host:a,b');
  const stages = ['stage:028f5c29/all', 'stage:00000000+canary=yes/labels:env=prod,role!=db'];
  for (const text of ['all', 'host:a,b', 'labels:env=prod,role!=db', ...stages])
    expect(formatSelector(parseSelector(text))).toBe(text);
});

it('matches by name and by labels; a missing label differs from every value', () => {
  const host = { id: 'h1', name: 'web1', labels: { env: 'prod' } };
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

it('a stage matches hosts of its target by their position, and by the labels of canaries', () => {
  const ids = Array.from({ length: 1000 }, (_, i) => `host${i}`);
  const share = (below: number) => ids.filter((id) => hostPosition(id) < below).length / ids.length;
  for (const part of [0.1, 0.5, 0.9]) expect(Math.abs(share(part * 2 ** 32) - part)).toBeLessThan(0.04);
  expect(selectorMatches(parseSelector('stage:ffffffff/all'), { id: '', name: '', labels: {} })).toBe(false);
  const host = { id: 'host1', name: 'web1', labels: { canary: 'yes', env: 'prod' } };
  const stage = (below: number, more = '') => `stage:${below.toString(16).padStart(8, '0')}${more}`;
  const position = hostPosition(host.id);
  expect(selectorMatches(parseSelector(`${stage(position + 1)}/all`), host)).toBe(true);
  expect(selectorMatches(parseSelector(`${stage(position)}/all`), host)).toBe(false);
  expect(selectorMatches(parseSelector(`${stage(0, '+canary=yes')}/all`), host)).toBe(true);
  expect(selectorMatches(parseSelector(`${stage(0, '+canary=yes')}/host:web2`), host)).toBe(false);
});
