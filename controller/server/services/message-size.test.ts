// No list of a reply takes more room than it was given, by the sizes of the wire's own encoder.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { protocol } from '../../../common/rpc/proto.ts';
import { inMessages, ListRoom, wireBytes } from './message-size.ts';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('x'.repeat(5000)), fc.constant('\u00e9'.repeat(3000)));
const host = fc.record({
  name: text,
  labels: fc.dictionary(fc.string(), text),
  problems: fc.array(text),
  lastSeenMs: fc.maxSafeNat(),
  interfaces: fc.array(fc.record({ name: text, index: fc.nat(), mode: text, problem: text })),
  topSources: fc.array(fc.record({ address: fc.uint8Array({ minLength: 16, maxLength: 16 }), packets: fc.nat() })),
});
const { ListHostChunks } = protocol.OperatorService.service;
const encoded = (hosts: object[]) => ListHostChunks.responseSerialize({ hosts }).length;

it('faults row 62: says no less than the encoder takes', () => {
  fc.assert(
    fc.property(host, (each) => {
      expect(encoded([each])).toBeLessThanOrEqual(wireBytes(each) + 8);
    }),
  );
});

it('faults row 62: cuts a list into messages, in order and each within its room', () => {
  fc.assert(
    fc.property(fc.array(host, { size: 'large' }), (hosts) => {
      const messages = [...inMessages(hosts)];
      expect(messages.flat()).toEqual(hosts);
      for (const message of messages) {
        expect(message.length).toBeLessThanOrEqual(200);
        if (message.length > 1) expect(encoded(message)).toBeLessThan(256 * 1024);
      }
    }),
  );
});

it('faults row 62: keeps the first of what fits, over several lists', () => {
  const room = new ListRoom(100);
  expect(room.fitting(['a'.repeat(50), 'b'.repeat(80), 'c'])).toEqual(['a'.repeat(50)]);
  expect(room.fitting(['d'])).toEqual([]);
});
