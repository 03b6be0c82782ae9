import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { hostPosition, selectorMatches } from '../../common/text/selector.ts';
import { stageSelector } from './plan.ts';

const target = { kind: 'all' } as const;
const stages = ['1%', '10%', '100%'];
const all = () => true;
const fleet = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: randomUUID(), name: `h${i}`, labels: {} }));

it.each([1, 3, 99, 300, 10_000])(
  'of %i hosts a stage reaches its share and no more, at least one, and those of the one before',
  (count) => {
    const hosts = fleet(count);
    const first = stageSelector({ stages, target }, 0, hosts, all);
    const second = stageSelector({ stages, target, before: first }, 1, hosts, all);
    const reached = hosts.filter((host) => selectorMatches(first, host));
    expect(reached).toHaveLength(Math.max(1, Math.floor(count / 100)));
    expect(hosts.filter((host) => selectorMatches(second, host))).toHaveLength(Math.max(1, Math.floor(count / 10)));
    expect(reached.every((host) => selectorMatches(second, host))).toBe(true);
    expect(stageSelector({ stages, target, before: second }, 2, hosts, all)).toEqual(target);
  },
);

it('never reaches fewer hosts than the stage before, although hosts have gone', () => {
  const hosts = fleet(300);
  const before = stageSelector({ stages: ['50%', '60%', '100%'], target }, 0, hosts, all);
  const left = hosts.filter((host) => selectorMatches(before, host)).slice(0, 20);
  const next = stageSelector({ stages: ['50%', '60%', '100%'], target, before }, 1, left, all);
  expect(left.every((host) => selectorMatches(next, host))).toBe(true);
});

it('counts the hosts that are well, and reaches one of them at least', () => {
  const hosts = fleet(300).sort((a, b) => hostPosition(a.id) - hostPosition(b.id));
  const well = new Set<string>(hosts.slice(7).map(({ id }) => id));
  const reached = (isWell: (id: string) => boolean) => {
    const selector = stageSelector({ stages, target }, 0, hosts, isWell);
    return hosts.filter((host) => selectorMatches(selector, host));
  };
  expect(reached((id) => well.has(id))).toEqual(hosts.slice(0, 9));
  expect(reached((id) => id === hosts[20]?.id)).toEqual(hosts.slice(0, 21));
  expect(reached(() => false)).toEqual(hosts.slice(0, 3));
});
