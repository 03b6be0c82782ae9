import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLinkEvents } from './netlink.ts';

/** One rtnetlink message about an interface, padded to 4 bytes. */
function message(type: number, index: number, name: string): Buffer {
  const text = Buffer.from(`${name}\0`);
  const attribute = Buffer.alloc((4 + text.length + 3) & ~3);
  attribute.writeUInt16LE(4 + text.length, 0);
  attribute.writeUInt16LE(3, 2);
  text.copy(attribute, 4);
  const head = Buffer.alloc(32);
  head.writeUInt32LE(32 + attribute.length, 0);
  head.writeUInt16LE(type, 4);
  head.writeInt32LE(index, 20);
  return Buffer.concat([head, attribute]);
}

describe('parseLinkEvents', () => {
  it('reads names and indexes of new, changed and removed interfaces', () => {
    const datagram = Buffer.concat([message(16, 7, 'eth0'), message(17, 8, 'eth0.100'), message(3, 9, 'done')]);
    expect(parseLinkEvents(datagram)).toEqual([
      { index: 7, name: 'eth0' },
      { index: 8, name: 'eth0.100' },
    ]);
  });

  it('takes whatever comes without failing, and reads nothing past its end', () => {
    const datagrams = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(fc.uint8Array({ maxLength: 40 }), fc.nat({ max: 60 }))
        .map(([noise, cut]) => Buffer.concat([message(16, 7, 'eth0').subarray(0, cut), noise])),
    );
    fc.assert(
      fc.property(datagrams, (bytes) => {
        for (const { name } of parseLinkEvents(Buffer.from(bytes))) expect(name.length).toBeLessThanOrEqual(200);
      }),
      { numRuns: 2000 },
    );
  });
});
