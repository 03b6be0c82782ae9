import { expect, it } from 'vitest';
import { OldestOut } from './oldest-out.ts';

it('lets the oldest go when there is no room, and only then', () => {
  const gone: number[] = [];
  const set = new OldestOut<number>(2, (member) => gone.push(member));
  for (const member of [1, 2, 3]) set.add(member);
  expect(gone).toEqual([1]);
  expect(set.delete(2)).toBe(true);
  set.add(4);
  expect(gone).toEqual([1]);
  expect([...set]).toEqual([3, 4]);
  expect(set.size).toBe(2);
});
