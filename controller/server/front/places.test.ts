import { expect, it } from 'vitest';
import { type Holder, Places, type PlacesLimits } from './places.ts';

const LIMITS = { clients: 12, perHost: 4, perOperator: 6, keptForOperators: 4, keptForAdmins: 2 };
const host = (name: string): Holder => ({ kind: 'host', name: `agent/${name}` });
const operator = (name: string): Holder => ({ kind: 'operator', name: `operator/${name}` });
const admin: Holder = { kind: 'admin', name: 'admin/alice' };

function rig(limits: Partial<PlacesLimits> = {}) {
  const gone: string[] = [];
  const places = new Places<string>({ ...LIMITS, ...limits }, (member) => gone.push(member));
  let made = 0;
  const take = (holder: Holder) => {
    const member = `${holder.name}#${made++}`;
    return { member, refused: places.take(member, holder) };
  };
  return { places, gone, take };
}

it('faults row 72: the newest of a holder at the limit is refused by name, and nothing that is open ends', () => {
  const { take, gone, places } = rig();
  const open = Array.from({ length: 6 }, () => take(operator('oscar')));
  expect(open.map(({ refused }) => refused)).toEqual(Array(6).fill(undefined));
  expect(take(operator('oscar')).refused).toMatch(/^too many connections of operator\/oscar: 6 are open/);
  expect(gone).toEqual([]);
  places.leave(open[0]?.member ?? '', operator('oscar'));
  expect(take(operator('oscar')).refused).toBeUndefined();
});

it('faults row 72: however many hosts flood, operators get a place, and admins one more', () => {
  const { take } = rig();
  const hosts = Array.from({ length: 40 }, (_, i) => take(host(`h${i}`)).refused);
  expect(hosts.filter((refused) => refused === undefined)).toHaveLength(8);
  const operators = Array.from({ length: 2 }, (_, i) => take(operator(`o${i}`)).refused);
  expect(operators).toEqual([undefined, undefined]);
  expect([take(admin), take(admin)].map(({ refused }) => refused)).toEqual([undefined, undefined]);
});

it('where all places are taken, the newest of the holder of the most gives way to one who has fewer', () => {
  const { take, gone } = rig();
  const evil = Array.from({ length: 4 }, () => take(host('evil')));
  for (const name of ['a', 'b', 'c', 'd']) take(host(name));
  expect(take(host('e')).refused).toBeUndefined();
  expect(gone).toEqual([evil[3]?.member]);
  take(host('f'));
  take(host('g'));
  expect(gone).toHaveLength(3);
  // All have one: none gives way to one more of the same.
  expect(take(host('h')).refused).toMatch(/as many connections as it can/);
});

it('a place is left once, and the next one has it', () => {
  const { places, take } = rig({ clients: 5, keptForOperators: 4 });
  const { member } = take(host('a'));
  expect(take(host('b')).refused).toBeDefined();
  places.leave(member, host('a'));
  places.leave(member, host('a'));
  expect(take(host('b')).refused).toBeUndefined();
  expect(take(host('a')).refused).toBeDefined();
});
