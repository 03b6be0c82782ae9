import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AgentMessage } from '../../proto/gen/fleetblock/v1/AgentMessage.ts';
import { protocol } from '../rpc/proto.ts';
import { ackFromWire, decodeAck } from './ack.ts';

const { requestSerialize: encode, requestDeserialize: decode } = protocol.AgentService.service.Sync;

/** What the generated codec makes of it. */
function reference(bytes: Buffer) {
  const { ack } = decode(bytes);
  if (!ack) throw new Error('no ack');
  return ackFromWire(ack);
}

/** As an agent of a fleet that is not a hundred thousand years old sends it. */
const plain = fc.record({
  storeEpoch: fc.uuid(),
  revision: fc.nat().map(String),
  digest: fc.uint8Array({ maxLength: 16 }),
  entries: fc.nat().map(String),
  kernelUs: fc.nat().map(String),
});

const odd = fc.record({
  storeEpoch: fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.uuid()),
  revision: fc.oneof(fc.nat(), fc.maxSafeNat(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map(String),
  digest: fc.uint8Array({ maxLength: 20 }),
  entries: fc.maxSafeNat().map(String),
  kernelUs: fc.nat().map(String),
});

function expectAsReference(found: ReturnType<typeof decodeAck>, bytes: Buffer): void {
  const expected = reference(bytes);
  expect(found && { ...found, digest: [...found.digest] }).toEqual({ ...expected, digest: [...expected.digest] });
}

it('reads every ack that agents send as the generated codec does', () => {
  fc.assert(
    fc.property(plain, (message) => {
      const bytes = encode({ ack: message });
      expectAsReference(decodeAck(bytes), bytes);
    }),
  );
});

it('reads any other ack as the generated codec does, or leaves it to that', () => {
  fc.assert(
    fc.property(odd, (message) => {
      const bytes = encode({ ack: message });
      const found = decodeAck(bytes);
      if (found) expectAsReference(found, bytes);
    }),
  );
});

it('reads what agents send, and past 2^49 asks the codec', () => {
  const sent = { storeEpoch: crypto.randomUUID(), revision: '7', digest: new Uint8Array(8), entries: 3, kernelUs: 250 };
  expect(decodeAck(encode({ ack: sent }))).toMatchObject({ revision: 7n, entries: 3, kernelUs: 250 });
  expect(decodeAck(encode({ ack: { ...sent, revision: `${2n ** 49n - 1n}` } }))?.revision).toBe(2n ** 49n - 1n);
  expect(decodeAck(encode({ ack: { ...sent, revision: `${2n ** 49n}` } }))).toBeUndefined();
});

it('takes no other message, no part of one and no junk for an ack', () => {
  const others: AgentMessage[] = [{ pong: { nonce: 1 } }, { nack: { code: 'KERNEL' } }, { hello: { protocol: 1 } }];
  for (const other of others) expect(decodeAck(encode(other))).toBeUndefined();
  const whole = encode({
    ack: { storeEpoch: 'e', revision: '300', digest: new Uint8Array(8), entries: 1, kernelUs: 1 },
  });
  for (let length = 0; length < whole.length; length++) expect(decodeAck(whole.subarray(0, length))).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (junk) => {
      const bytes = Buffer.from([0x12, junk.length, ...junk]);
      const found = decodeAck(bytes);
      if (found) expect(found.revision).toBe(reference(bytes).revision);
    }),
    { numRuns: 1000 },
  );
});
