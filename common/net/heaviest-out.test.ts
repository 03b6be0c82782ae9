import { expect, it } from 'vitest';
import { HeaviestOut } from './heaviest-out.ts';

function rig(limit: number, perNetwork: number) {
  const gone: string[] = [];
  const set = new HeaviestOut<string>({ limit, perNetwork, evict: (member) => gone.push(member) });
  const add = (...members: string[]) => {
    for (const each of members) set.add(each, each[0] ?? '');
  };
  return { set, gone, add };
}

it('faults row 73: a flood from one network pushes out itself alone', () => {
  const { set, gone, add } = rig(8, 6);
  add('a1', 'b1');
  for (let i = 0; i < 1000; i++) add(`x${i}`);
  expect([...set]).toEqual(expect.arrayContaining(['a1', 'b1']));
  expect(gone.every((member) => member.startsWith('x'))).toBe(true);
  expect(set.size).toBe(8);
});

it('when it is full, the oldest entry of the heaviest holder makes room', () => {
  const { set, gone, add } = rig(4, 4);
  add('x1', 'x2', 'x3', 'a1', 'b1', 'c1');
  expect(gone).toEqual(['x1', 'x2']);
  expect(set.delete('x3', 'x')).toBe(true);
  expect(set.delete('x3', 'x')).toBe(false);
  add('d1');
  expect(gone).toHaveLength(2);
});
