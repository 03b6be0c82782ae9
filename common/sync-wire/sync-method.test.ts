import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { ControllerMessage } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import { protocol } from '../rpc/proto.ts';
import { generatedSync, syncMethod } from './sync-method.ts';

const { Sync } = protocol.AgentService.service;
const uint64 = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map(String);
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

const columns = fc.record(
  {
    v4Addresses: bytes(300),
    v4Lengths: bytes(80),
    v4Flags: bytes(5),
    v4Ttls: bytes(20),
    v6Addresses: bytes(40),
    v6Lengths: bytes(5),
    v6Flags: bytes(5),
    v6Ttls: bytes(20),
  },
  { requiredKeys: [] },
);

const delta = fc.record(
  {
    storeEpoch: fc.oneof(fc.uuid(), fc.string({ unit: 'binary', maxLength: 50 })),
    fromRevision: uint64,
    toRevision: uint64,
    adds: columns,
    removes: columns,
    digest: bytes(16),
    more: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** What a codec makes of the bytes, or that it refuses them. */
function outcome(decode: (message: Buffer) => unknown, message: Buffer): unknown {
  try {
    // Buffers as their bytes: views of the message and copies are equal.
    return JSON.parse(JSON.stringify(decode(message)));
  } catch {
    return 'refused';
  }
}

it('reads deltas as the generated codec does', () => {
  fc.assert(
    fc.property(delta, (each) => {
      const message = Sync.responseSerialize({ delta: each });
      expect(outcome(syncMethod.deserialize, message)).toEqual(outcome(Sync.responseDeserialize, message));
    }),
    { numRuns: 500 },
  );
});

it('reads whatever else comes as the generated codec does: cut, changed, repeated, out of order, junk', () => {
  const mutated = fc
    .tuple(delta, delta, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat(), fc.boolean())
    .map(([one, two, changes, cut, twice]) => {
      const whole = Sync.responseSerialize({ delta: one });
      const message = Buffer.concat(twice ? [whole, Sync.responseSerialize({ delta: two })] : [whole]);
      for (const [at, value] of changes) message[at % message.length] = value;
      return cut % 3 === 0 ? message.subarray(0, cut % message.length) : message;
    });
  const junk = bytes(80).map((rest) => Buffer.from([0x12, rest.length, ...rest]));
  fc.assert(
    fc.property(fc.oneof(mutated, junk), (message) => {
      expect(outcome(syncMethod.deserialize, message)).toEqual(outcome(Sync.responseDeserialize, message));
    }),
    { numRuns: 3000 },
  );
});

it('needs no generated codec for a small change and its ack', () => {
  const [read, written] = [vi.spyOn(generatedSync, 'deserialize'), vi.spyOn(generatedSync, 'serialize')];
  const digest = new Uint8Array(8);
  const v4 = { v4Addresses: Uint8Array.of(192, 0, 2, 1), v4Lengths: Uint8Array.of(32), v4Flags: Uint8Array.of(0) };
  const storeEpoch = crypto.randomUUID();
  const revisions = { fromRevision: 1000, toRevision: 1001 };
  syncMethod.deserialize(
    Sync.responseSerialize({ delta: { storeEpoch, ...revisions, adds: v4, removes: {}, digest } }),
  );
  syncMethod.serialize({ ack: { storeEpoch, revision: '1001', digest, entries: 1_000_000, kernelUs: 141 } });
  expect(read).not.toHaveBeenCalled();
  expect(written).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

it('reads the other messages', () => {
  const others: ControllerMessage[] = [
    { welcome: { protocol: 1, storeEpoch: 'e' } },
    { ping: { nonce: 7 } },
    { snapshotBegin: { storeEpoch: 'e', revision: 1, entries: 2 } },
    { snapshotEnd: { revision: 1, digest: new Uint8Array(8) } },
    {},
  ];
  for (const other of others) {
    const message = Sync.responseSerialize(other);
    expect(syncMethod.deserialize(message)).toEqual(Sync.responseDeserialize(message));
  }
});

it('writes the very bytes that the generated codec writes', () => {
  const ack = fc.record(
    {
      storeEpoch: fc.oneof(fc.uuid(), fc.string({ unit: 'binary', maxLength: 60 })),
      revision: uint64,
      digest: bytes(30),
      entries: fc.oneof(fc.nat(), fc.maxSafeNat()),
      kernelUs: fc.nat(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(ack, (each) => {
      expect(syncMethod.serialize({ ack: each })).toEqual(Sync.requestSerialize({ ack: each }));
    }),
    { numRuns: 1000 },
  );
  expect(syncMethod.serialize({ pong: { nonce: 5 } })).toEqual(Sync.requestSerialize({ pong: { nonce: 5 } }));
});
