// Rows are counted and checked as they arrive.
import { expect, test } from 'vitest';
import { packEntries, unpackEntries } from '../../../common/entries/packed.ts';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import { GuardLook } from '../../claims/guard/guard.ts';
import { ReceivedRows } from './received-rows.ts';

const pack = (...texts: string[]) =>
  packEntries(texts.map((text) => ({ prefix: parsePrefix(text), action: 'block', ttlMs: 0 })));
const look = new GuardLook([{ prefix: parsePrefix('127.0.0.0/8'), what: 'loopback' }], []);
const received = () => new ReceivedRows((rows) => look.refusals(rows, 'block'));
const texts = (rows: ReceivedRows) =>
  rows.chunks.flatMap((chunk) => unpackEntries(chunk).map(({ prefix }) => formatPrefix(prefix)));

test('faults row 102: what is one row too many is refused when it comes, not at the end', () => {
  const rows = new ReceivedRows(() => []);
  const { v4, v6 } = pack('192.0.2.0/24');
  const same = { lengths: new Uint8Array(40_000).fill(32), flags: new Uint8Array(40_000) };
  const chunk = { v4: { ...v4, ...same, count: 40_000, addresses: new Uint8Array(160_000).fill(20) }, v6 };
  for (let i = 0; i < 100; i++) rows.add(chunk);
  expect(() => rows.add(pack('192.0.2.1'))).toThrow(/at most 4000000 rows/);
});

test('faults row 102: messages without rows have a bound too', () => {
  const rows = new ReceivedRows(() => []);
  for (let i = 0; i < 10_000; i++) rows.add(pack());
  expect(() => rows.add(pack())).toThrow(/put more rows in each/);
});

test('faults row 102: a row does not keep a message of a megabyte', () => {
  const rows = new ReceivedRows(() => []);
  const { v4, v6 } = pack('192.0.2.1');
  const message = new Uint8Array(1024 * 1024);
  message.set(v4.addresses, 5000);
  rows.add({ v4: { ...v4, addresses: message.subarray(5000, 5004) }, v6 });
  expect(texts(rows)).toEqual(['192.0.2.1/32']);
  expect(rows.chunks[0]?.v4.addresses.buffer.byteLength).toBe(4);
});

test('faults row 101: what the guard refuses is named with its place, counted, and left out', () => {
  const rows = received();
  rows.add(pack('192.0.2.1', '127.0.0.1', '2001:db8::1'));
  rows.add(pack('198.51.100.0/24', '2.0.0.0/7', '198.51.100.7'));
  expect(texts(rows)).toEqual(['192.0.2.1/32', '2001:db8::1/128', '198.51.100.0/24', '198.51.100.7/32']);
  expect(rows.refused.map(({ row, refusal }) => `${row} ${refusal}`)).toEqual([
    '2 127.0.0.1/32 covers loopback',
    '5 2.0.0.0/7 is wider than /8: that is 1/128 of all IPv4 addresses',
  ]);
  expect(() => rows.assertNoneRefused()).toThrow(/^refused: row 2: .* loopback; row 5: .*; --skip-refused leaves out/);
});

test('faults row 101: of many the first are named, and all are counted', () => {
  const rows = received();
  rows.add(pack('192.0.2.1', ...Array.from({ length: 100 }, (_, i) => `127.0.0.${i}`)));
  expect(rows.refused).toHaveLength(20);
  expect(rows.refusedCount).toBe(100);
  expect(() => rows.assertNoneRefused()).toThrow(/\(and 97 more\)/);
});
