import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packEntries } from '../entries/packed.ts';
import { protocol } from '../rpc/proto.ts';
import { parsePrefix } from '../text/prefix.ts';
import {
  cutColumns,
  encodeDelta,
  encodeDeltaColumns,
  encodeLookup,
  encodePing,
  encodeSnapshotBegin,
  encodeSnapshotChunk,
  encodeSnapshotEnd,
  encodeWelcome,
  MAX_COLUMN_BYTES,
} from './to-agent.ts';

const { responseDeserialize: decode } = protocol.AgentService.service.Sync;
const revision = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const digest = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const SEAL = Uint8Array.of(9, 8, 7);
const rows = packEntries([
  { prefix: parsePrefix('198.51.100.0/24'), allow: false, monitor: true, ttlMs: 2 ** 40 },
  { prefix: parsePrefix('2001:db8::/32'), allow: true, monitor: false, ttlMs: 0 },
]);

it('writes what the generated codec reads', () => {
  fc.assert(
    fc.property(revision, revision, fc.string(), (from, to, epoch) => {
      const delta = decode(encodeDelta(epoch, from, to, encodeDeltaColumns(rows, rows), { digest, seal: SEAL }));
      expect(delta.message).toBe('delta');
      expect(delta.delta).toMatchObject({
        storeEpoch: epoch,
        fromRevision: `${from}`,
        toRevision: `${to}`,
        more: false,
      });
      expect([...(delta.delta?.digest ?? [])]).toEqual([...digest]);
      expect([...(delta.delta?.seal ?? [])]).toEqual([...SEAL]);
      expect([...(delta.delta?.removes?.v4Addresses ?? [])]).toEqual([198, 51, 100, 0]);
      const begin = decode(encodeSnapshotBegin(epoch, to, 1_000_000, true));
      expect(begin.snapshotBegin).toEqual({ storeEpoch: epoch, revision: `${to}`, entries: '1000000', resync: true });
      const end = decode(encodeSnapshotEnd(to, digest, SEAL)).snapshotEnd;
      expect([end?.revision, ...(end?.seal ?? [])]).toEqual([`${to}`, ...SEAL]);
      expect(decode(encodePing(to)).ping?.nonce).toBe(`${to}`);
    }),
  );
  const welcome = {
    protocol: 1,
    epoch: 'e',
    hostName: 'web1',
    statusIntervalMs: 3000,
    silenceLimitMs: 15_000,
    reconnectLimitMs: 2000,
    sessionKey: Buffer.from('key'),
  };
  expect(decode(encodeWelcome(welcome)).welcome).toEqual({
    protocol: 1,
    storeEpoch: 'e',
    hostName: 'web1',
    statusIntervalMs: 3000,
    silenceLimitMs: 15_000,
    reconnectLimitMs: 2000,
    sessionKey: Buffer.from('key'),
  });
  expect(decode(encodeLookup(7n, Uint8Array.of(1, 2, 3, 4))).lookup?.id).toBe('7');
  expect(decode(encodeSnapshotChunk(rows)).snapshotChunk?.entries?.v6Lengths).toHaveLength(1);
});

it('marks every part of a delta but the last, which alone has the digest', () => {
  const part = decode(encodeDelta('e', 1n, 2n, encodeDeltaColumns(rows, rows), undefined)).delta;
  expect(part?.more).toBe(true);
  expect(part?.digest).toHaveLength(0);
});

it('cuts columns into pieces that fit a message, with no row lost', () => {
  const count = 100_000;
  const timesMs = Float64Array.from({ length: count }, (_, i) => i);
  const addresses = Buffer.alloc(count * 4);
  for (let i = 0; i < count; i++) addresses.writeUInt32BE(i, i * 4);
  const v4 = { count, addresses, lengths: new Uint8Array(count).fill(32), flags: new Uint8Array(count), timesMs };
  const pieces = [...cutColumns({ v4, v6: packEntries([]).v6 })];
  expect(pieces.length).toBeGreaterThan(1);
  for (const piece of pieces) expect(encodeSnapshotChunk(piece).length).toBeLessThanOrEqual(256 * 1024);
  expect(MAX_COLUMN_BYTES).toBeLessThan(256 * 1024);
  expect(Buffer.concat(pieces.map((piece) => piece.v4.addresses))).toEqual(addresses);
  expect(pieces.flatMap((piece) => [...piece.v4.timesMs])).toEqual([...timesMs]);
});
