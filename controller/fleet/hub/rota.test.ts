import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Rota } from './rota.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([1, 3, 20, 107])('%i members have one turn each in a period, spread over it', (count) => {
  const turns: number[] = [];
  let most = 0;
  const rota = new Rota<number>(2000, (member) => turns.push(member));
  for (let i = 0; i < count; i++) rota.add(i);
  for (let step = 0; step < 20; step++) {
    const before = turns.length;
    vi.advanceTimersByTime(100);
    most = Math.max(most, turns.length - before);
  }
  expect(turns.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  expect(most).toBeLessThanOrEqual(Math.ceil(count / 20));
  vi.advanceTimersByTime(2000);
  expect(turns).toHaveLength(2 * count);
  rota.close();
  vi.advanceTimersByTime(2000);
  expect(turns).toHaveLength(2 * count);
});

it('continues past members that are removed, by their own turn too', () => {
  const turns: string[] = [];
  const rota = new Rota<string>(1000, (member) => {
    turns.push(member);
    if (member === 'a') rota.delete('a');
  });
  for (const member of ['a', 'b', 'c']) rota.add(member);
  rota.delete('b');
  rota.delete('nobody');
  vi.advanceTimersByTime(3000);
  expect(turns.filter((each) => each === 'a')).toHaveLength(1);
  expect(turns.filter((each) => each === 'b')).toHaveLength(0);
  expect(turns.filter((each) => each === 'c').length).toBeGreaterThanOrEqual(2);
  rota.close();
});
