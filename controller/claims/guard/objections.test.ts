// Which imports are refused until somebody says that they are meant.
import { expect, test } from 'vitest';
import { parseSelector } from '../../../common/text/selector.ts';
import type { ListRecord } from '../lists/list.ts';
import { objectionsTo } from './objections.ts';

const former = (entries: number, more: Partial<ListRecord> = {}): ListRecord => ({
  name: 'x',
  action: 'block',
  selector: { kind: 'all' },
  reason: '',
  actor: 'admin/test',
  createdMs: 0,
  updatedMs: 0,
  entries,
  exceptions: 0,
  ...more,
});
const kinds = (before: ListRecord | undefined, next: Partial<ListRecord>) =>
  objectionsTo(before, { ...(before ?? former(0)), ...next, name: 'x', entries: next.entries ?? 100 }).map(
    ({ kind }) => kind,
  );

test.each([
  [undefined, 0, ['SHRINKS']],
  [undefined, 1, []],
  [0, 0, ['SHRINKS']],
  [9, 1, []],
  [9, 0, ['SHRINKS']],
  [10, 5, []],
  [10, 4, ['SHRINKS']],
  [1_000_000, 499_999, ['SHRINKS']],
  [1_000_000, 500_000, []],
  [100, 100_000, []],
])('faults row 99: from %s to %s entries: %j', (before, entries, expected) => {
  expect(kinds(before === undefined ? undefined : former(before), { entries })).toEqual(expected);
});

test.each([
  ['all', 'host:a', true],
  ['all', 'labels:env=prod', true],
  ['host:a', 'all', false],
  ['host:a', 'host:a,b', false],
  ['host:a,b', 'host:b,c', true],
  ['labels:env=prod,role=db', 'labels:role=db', false],
  ['labels:role=db', 'labels:env=prod,role=db', true],
  ['labels:role=db', 'labels:role!=db', true],
  ['host:a', 'labels:env=prod', true],
])('faults row 100: from %s to %s takes entries away from hosts: %s', (from, to, taken) => {
  const moved = kinds(former(100, { selector: parseSelector(from) }), { selector: parseSelector(to) });
  expect(moved).toEqual(taken ? ['RETARGETS'] : []);
});

test('faults row 100: another action, and no more dropping', () => {
  expect(kinds(former(100), { action: 'allow' })).toEqual(['RETARGETS']);
  expect(kinds(former(100, { action: 'allow' }), { action: 'block' })).toEqual(['RETARGETS']);
  expect(kinds(former(100), { action: 'monitor' })).toEqual(['RETARGETS']);
  expect(kinds(former(100, { action: 'monitor' }), { action: 'block' })).toEqual([]);
});

test('the sentence has both numbers, and what to do', () => {
  const [objection] = objectionsTo(former(1_000_000), { ...former(0), name: 'big', entries: 0 });
  expect(objection?.text).toBe(
    'the import has no entries, list big has 1,000,000: add --allow-shrink if this is meant, or take the list away with fleetblock lists rm big',
  );
  const [first] = objectionsTo(undefined, { ...former(0), name: 'new', entries: 0 });
  expect(first?.text).toBe('the import has no entries: add --allow-shrink if this is meant');
});
