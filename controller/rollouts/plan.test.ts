import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { selectorMatches } from '../../common/text/selector.ts';
import { stageSelector } from './plan.ts';

const target = { kind: 'all' } as const;
const stages = ['1%', '10%', '100%'];
const fleet = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: randomUUID(), name: `h${i}`, labels: {} }));

it.each([1, 3, 99, 300, 10_000])(
  'of %i hosts a stage reaches its share and no more, at least one, and those of the one before',
  (count) => {
    const hosts = fleet(count);
    const first = stageSelector({ stages, target }, 0, hosts);
    const second = stageSelector({ stages, target, before: first }, 1, hosts);
    const reached = hosts.filter((host) => selectorMatches(first, host));
    expect(reached).toHaveLength(Math.max(1, Math.floor(count / 100)));
    expect(hosts.filter((host) => selectorMatches(second, host))).toHaveLength(Math.max(1, Math.floor(count / 10)));
    expect(reached.every((host) => selectorMatches(second, host))).toBe(true);
    expect(stageSelector({ stages, target, before: second }, 2, hosts)).toEqual(target);
  },
);

it('never reaches fewer hosts than the stage before, although hosts have gone', () => {
  const hosts = fleet(300);
  const before = stageSelector({ stages: ['50%', '60%', '100%'], target }, 0, hosts);
  const left = hosts.filter((host) => selectorMatches(before, host)).slice(0, 20);
  const next = stageSelector({ stages: ['50%', '60%', '100%'], target, before }, 1, left);
  expect(left.every((host) => selectorMatches(next, host))).toBe(true);
});
