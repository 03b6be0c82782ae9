import { expect, it } from 'vitest';
import { Slots } from './slots.ts';

it('faults row 29: no more at once than there are slots, in the order asked', () => {
  const slots = new Slots(2);
  const order: string[] = [];
  const ask = (name: string) => slots.acquire(() => order.push(name));
  const a = ask('a');
  const b = ask('b');
  const c = ask('c');
  ask('d');
  expect(order).toEqual(['a', 'b']);
  c();
  a();
  expect(order).toEqual(['a', 'b', 'd']);
  a();
  b();
  ask('e');
  expect(order).toEqual(['a', 'b', 'd', 'e']);
  ask('f');
  expect(order).toEqual(['a', 'b', 'd', 'e']);
});

it('hands what gives the slot back to a caller that is granted one at once', () => {
  const slots = new Slots(1);
  slots.acquire((release) => release());
  let granted = false;
  slots.acquire(() => {
    granted = true;
  });
  expect(granted).toBe(true);
});
