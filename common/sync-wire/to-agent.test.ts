import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ControllerMessage } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import { ACTION_NAMES } from '../action.ts';
import { entryCount, packEntries } from '../entries/packed.ts';
import { withoutTimes } from '../entries/times.ts';
import { toWire } from '../entries/wire.ts';
import { protocol } from '../rpc/proto.ts';
import { parsePrefix } from '../text/prefix.ts';
import { cutColumns, MAX_COLUMN_BYTES } from './cut.ts';
import { encodeDelta, encodeDeltaColumns } from './delta.ts';
import {
  encodeDropWatch,
  encodeLookup,
  encodePing,
  encodeSnapshotBegin,
  encodeSnapshotChunk,
  encodeSnapshotEnd,
  encodeWelcome,
} from './to-agent.ts';

const { responseDeserialize: decode, responseSerialize: encode } = protocol.AgentService.service.Sync;
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const uint32 = fc.nat(2 ** 32 - 1);
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const text = fc.string({ unit: 'grapheme', maxLength: 300 });
const entry = fc.record({
  prefix: fc.constantFrom('198.51.100.0/24', '203.0.113.9/32', '2001:db8::/32', '::/0').map(parsePrefix),
  action: fc.constantFrom(...ACTION_NAMES),
  ttlMs: fc.nat(2 ** 40),
});
const rows = fc.array(entry, { maxLength: 50 }).map((entries) => packEntries(entries));

/** Reads as what the generated codec writes of `message`. */
function expectSame(found: Buffer, message: ControllerMessage): void {
  expect(decode(found)).toEqual(decode(encode(message)));
}

it('writes a welcome, a ping, a lookup and a drop watch as the generated codec reads them', () => {
  const welcome = fc.record({
    protocol: uint32,
    epoch: text,
    hostName: text,
    statusIntervalMs: uint32,
    silenceLimitMs: uint32,
    reconnectLimitMs: uint32,
    sessionKey: bytes(200),
    takesReports: fc.boolean(),
  });
  fc.assert(
    fc.property(welcome, uint64, bytes(16), uint32, uint32, ({ epoch, ...rest }, id, address, intervalMs, most) => {
      expectSame(encodeWelcome({ epoch, ...rest }), { welcome: { ...rest, storeEpoch: epoch } });
      expectSame(encodePing(id), { ping: { nonce: `${id}` } });
      expectSame(encodeLookup(id, address), { lookup: { id: `${id}`, address } });
      expectSame(encodeDropWatch(intervalMs, most), { dropWatch: { intervalMs, rows: most } });
    }),
  );
});

it('writes a snapshot as the generated codec reads it', () => {
  fc.assert(
    fc.property(
      text,
      uint64,
      fc.maxSafeNat(),
      fc.boolean(),
      bytes(8),
      rows,
      (epoch, revision, count, resync, digest, some) => {
        const begin = { storeEpoch: epoch, revision: `${revision}`, entries: count, resync };
        expectSame(encodeSnapshotBegin(epoch, revision, count, resync), { snapshotBegin: begin });
        expectSame(encodeSnapshotChunk(some), {
          snapshotChunk: { ...(entryCount(some) > 0 && { entries: toWire(some) }) },
        });
        const end = { revision: `${revision}`, digest, seal: digest };
        expectSame(encodeSnapshotEnd(revision, digest, digest), { snapshotEnd: end });
      },
    ),
  );
});

it('writes a delta as the generated codec reads it: whole, in parts, loose; the last part alone has digest and seal', () => {
  fc.assert(
    fc.property(
      text,
      fc.option(uint64),
      uint64,
      rows,
      rows,
      bytes(8),
      fc.boolean(),
      (epoch, from, to, adds, removes, digest, last) => {
        const columns = encodeDeltaColumns(adds, removes);
        expectSame(encodeDelta(epoch, from ?? undefined, to, columns, last ? { digest, seal: digest } : undefined), {
          delta: {
            storeEpoch: epoch,
            fromRevision: `${from ?? 0n}`,
            toRevision: `${to}`,
            ...(entryCount(adds) > 0 && { adds: toWire(adds) }),
            ...(entryCount(removes) > 0 && { removes: toWire(withoutTimes(removes)) }),
            ...(last && { digest, seal: digest }),
            more: !last,
            loose: from === null,
          },
        });
      },
    ),
  );
});

it('cuts columns into pieces that fit a message, with no row lost', () => {
  const count = 100_000;
  const timesMs = Float64Array.from({ length: count }, (_, i) => i);
  const addresses = Buffer.alloc(count * 4);
  for (let i = 0; i < count; i++) addresses.writeUInt32BE(i, i * 4);
  const v4 = { count, addresses, lengths: new Uint8Array(count).fill(32), flags: new Uint8Array(count), timesMs };
  const pieces = [...cutColumns<'left'>({ v4, v6: packEntries([]).v6 })];
  expect(pieces.length).toBeGreaterThan(1);
  for (const piece of pieces) expect(encodeSnapshotChunk(piece).length).toBeLessThanOrEqual(256 * 1024);
  expect(MAX_COLUMN_BYTES).toBeLessThan(256 * 1024);
  expect(Buffer.concat(pieces.map((piece) => piece.v4.addresses))).toEqual(addresses);
  expect(pieces.flatMap((piece) => [...piece.v4.timesMs])).toEqual([...timesMs]);
});
