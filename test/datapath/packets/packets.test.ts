// Packets through the loaded program: headers, tags, truncation. Each fixture says what it is and its verdict.
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needsKernel } from '../needs-kernel.ts';
import { ETHERNET_BYTES, ETHERTYPE, type ExtensionHeader, frame, ipv4, ipv6, packetFrom, TAG_BYTES } from './build.ts';
import { counts, entry, Harness, whyNoProgram, XDP } from './harness.ts';

const why = whyNoProgram();
if (why !== undefined) console.warn(`packet tests are skipped: ${why}`);

const LISTED_V4 = '192.0.2.7';
const CLEAN_V4 = '192.0.2.8';
const LISTED_V6 = '2001:db8:1::7';
const CLEAN_V6 = '2001:db8:1::8';
const { ipv4: IP4, ipv6: IP6, vlan: VLAN, qinq: QINQ } = ETHERTYPE;

interface Fixture {
  readonly what: string;
  readonly packet: Uint8Array;
  readonly outcome: 'passed' | 'dropped' | 'malformed' | 'overtagged';
}

const TAG_STACKS: readonly { what: string; tags: readonly number[] }[] = [
  { what: 'no tag', tags: [] },
  { what: 'one 802.1Q tag', tags: [VLAN] },
  { what: 'one 802.1ad tag', tags: [QINQ] },
  { what: 'QinQ (802.1ad, 802.1Q)', tags: [QINQ, VLAN] },
  { what: 'two 802.1Q tags', tags: [VLAN, VLAN] },
  { what: 'three 802.1Q tags', tags: [VLAN, VLAN, VLAN] },
  { what: 'four mixed tags', tags: [QINQ, VLAN, QINQ, VLAN] },
  ...[5, 6, 7, 8].map((count) => ({ what: `${count} 802.1ad tags`, tags: Array<number>(count).fill(QINQ) })),
];

const TOO_MANY: readonly number[] = [9, 10, 20];
/** Priority tags, which Linux takes off by itself, and others. */
const VLANS: readonly number[] = [0, 5];

const EXTENSIONS: readonly ExtensionHeader[] = ['hopByHop', 'routing', 'fragment', 'destination'];

/** For the names of tests. */
function rowOf({ length }: readonly number[]): string {
  if (length === 0) return '';
  return length > 2 ? 'faults row 39: ' : 'faults row 11: ';
}

function headers(): Fixture[] {
  const fixtures: Fixture[] = [];
  const both = (what: string, from4: (source: string) => Uint8Array, listed = LISTED_V4, clean = CLEAN_V4) => {
    fixtures.push({ what: `${what}, listed`, packet: from4(listed), outcome: 'dropped' });
    fixtures.push({ what: `${what}, clean`, packet: from4(clean), outcome: 'passed' });
  };
  for (const { what, tags } of TAG_STACKS)
    for (const vlan of VLANS) {
      const of = (ip: string) => `${rowOf(tags)}${ip}, ${what}, VLAN ${vlan}`;
      both(of('IPv4'), (source) => frame(IP4, ipv4({ source }), tags, vlan));
      both(of('IPv4 with options'), (source) => frame(IP4, ipv4({ source, words: 15 }), tags, vlan));
      both(of('an IPv4 fragment'), (source) => frame(IP4, ipv4({ source, fragmentOffset: 185 }), tags, vlan));
      both(of('IPv6'), (source) => frame(IP6, ipv6({ source }), tags, vlan), LISTED_V6, CLEAN_V6);
    }
  both('faults row 40: IPv4-mapped', (source) => frame(IP6, ipv6({ source })));
  both('faults row 40: IPv4-mapped, three tags', (source) => frame(IP6, ipv6({ source }), [VLAN, VLAN, VLAN]));
  both('IPv4 with the most options', (source) => frame(IP4, ipv4({ source, words: 15 })));
  both('faults row 13: IPv4 first fragment', (source) => frame(IP4, ipv4({ source, moreFragments: true })));
  both('faults row 13: IPv4 middle fragment', (source) =>
    frame(IP4, ipv4({ source, moreFragments: true, fragmentOffset: 185 })),
  );
  both('faults row 13: IPv4 last fragment', (source) => frame(IP4, ipv4({ source, fragmentOffset: 8191 })));
  for (const extension of EXTENSIONS)
    both(
      `faults row 13: IPv6 with a ${extension} header`,
      (source) => frame(IP6, ipv6({ source, extensions: [extension] })),
      LISTED_V6,
      CLEAN_V6,
    );
  both(
    'faults row 13: IPv6 with every extension header',
    (source) => frame(IP6, ipv6({ source, extensions: EXTENSIONS })),
    LISTED_V6,
    CLEAN_V6,
  );
  both('IPv4 of 1,500 bytes', (source) => frame(IP4, ipv4({ source }, new Uint8Array(1480))));
  both('IPv4 without a byte after the header', (source) => frame(IP4, ipv4({ source }, new Uint8Array(0))));
  both(
    'IPv6 without a byte after the header',
    (s) => frame(IP6, ipv6({ source: s }, new Uint8Array(0))),
    LISTED_V6,
    CLEAN_V6,
  );
  const odd = (what: string, packet: Uint8Array, outcome: Fixture['outcome']) =>
    fixtures.push({ what, packet, outcome });
  odd('ARP', frame(ETHERTYPE.arp, new Uint8Array(28)), 'passed');
  for (const count of TOO_MANY)
    for (const [ip, packet] of [
      ['IPv4', frame(IP4, ipv4({ source: CLEAN_V4 }), Array<number>(count).fill(VLAN), 0)],
      ['IPv6', frame(IP6, ipv6({ source: CLEAN_V6 }), Array<number>(count).fill(QINQ))],
      ['ARP', frame(ETHERTYPE.arp, new Uint8Array(28), Array<number>(count).fill(VLAN), 0)],
    ] as const)
      odd(`faults row 39: ${count} tags before ${ip}`, packet, 'overtagged');
  odd('an 802.3 length where the ethertype is', frame(100, ipv4({ source: LISTED_V4 })), 'passed');
  odd('IPv4 ethertype, version 6', frame(IP4, ipv4({ source: LISTED_V4, version: 6 })), 'malformed');
  odd('IPv4 with a header of 4 words', frame(IP4, ipv4({ source: LISTED_V4, words: 4 })), 'malformed');
  odd('IPv4 with a header of 0 words', frame(IP4, ipv4({ source: LISTED_V4, words: 0 })), 'malformed');
  odd('IPv6 ethertype, version 4', frame(IP6, ipv6({ source: LISTED_V6, version: 4 })), 'malformed');
  odd('IPv6 ethertype, IPv4 inside', frame(IP6, ipv4({ source: LISTED_V4 }, new Uint8Array(40))), 'malformed');
  odd('an Ethernet header alone that announces IPv4', frame(IP4, new Uint8Array(0)), 'malformed');
  odd('an Ethernet header alone that announces ARP', frame(ETHERTYPE.arp, new Uint8Array(0)), 'passed');
  return fixtures;
}

/** Every length from an Ethernet header (the kernel runs nothing shorter) to a byte past the last header that is read. */
function truncations(): Fixture[] {
  return TAG_STACKS.flatMap(({ what, tags }) =>
    [
      { name: 'IPv4', whole: frame(IP4, ipv4({ source: LISTED_V4 }), tags), header: 20 },
      { name: 'IPv6', whole: frame(IP6, ipv6({ source: LISTED_V6 }), tags), header: 40 },
    ].flatMap(({ name, whole, header }) => {
      const needed = ETHERNET_BYTES + TAG_BYTES * tags.length + header;
      return Array.from({ length: needed + 2 - ETHERNET_BYTES }, (_, i): Fixture => {
        const bytes = ETHERNET_BYTES + i;
        return {
          what: `faults row 12: ${name}, ${what}, cut to ${bytes} of ${needed} bytes`,
          packet: whole.slice(0, bytes),
          outcome: bytes < needed ? 'malformed' : 'dropped',
        };
      });
    }),
  );
}

describe.skipIf(why !== undefined)('packets', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.open();
    await harness.change([entry(LISTED_V4), entry(LISTED_V6)]);
  });
  afterAll(() => harness.close());

  test.each(headers())('$what: $outcome', ({ packet, outcome }) => {
    const { verdict, counted } = harness.run(packet);
    expect(verdict).toBe(outcome === 'dropped' || outcome === 'overtagged' ? XDP.drop : XDP.pass);
    expect(counted).toEqual(counts(outcome, packet.length));
  });

  test('faults row 12: every truncation of every header passes and is counted', () => {
    for (const { what, packet, outcome } of truncations()) {
      const { verdict, counted } = harness.run(packet);
      expect(verdict, what).toBe(outcome === 'dropped' ? XDP.drop : XDP.pass);
      expect(counted, what).toEqual(counts(outcome, packet.length));
    }
  });

  test('a packet in several buffers is decided by its first and counted whole', () => {
    needsKernel(5, 18, 'a test run in several buffers');
    const packet = frame(IP4, ipv4({ source: LISTED_V4 }, new Uint8Array(9000)));
    const { verdict, counted } = harness.run(packet);
    expect(verdict).toBe(XDP.drop);
    expect(counted).toEqual(counts('dropped', packet.length));
  });

  test('hits by source: exact while drops are few, with the time of the last one', async () => {
    const source = '198.51.100.77';
    await harness.change([entry(source)]);
    for (let i = 0; i < 5; i++) harness.run(packetFrom(source));
    const top = await harness.tables.topSources(100, 0);
    const mine = top.find(({ address }) => address.join('.') === source);
    expect(mine?.packets).toBe(5n);
    expect(harness.tables.lookup(4, Uint8Array.of(198, 51, 100, 77))).toMatchObject({ verdict: 'drop', hits: 5n });
  });

  test('faults row 40: drops from IPv4-mapped sources count for the IPv4 address', async () => {
    const source = '198.51.100.79';
    await harness.change([entry(source)]);
    for (let i = 0; i < 3; i++) harness.run(frame(IP6, ipv6({ source })));
    harness.run(packetFrom(source));
    const top = await harness.tables.topSources(100, 0);
    expect(top.find(({ family, address }) => family === 4 && address.join('.') === source)?.packets).toBe(4n);
    expect(harness.tables.lookup(4, Uint8Array.of(198, 51, 100, 79))).toMatchObject({ verdict: 'drop', hits: 4n });
  });

  test('hits by source: within a sample of the truth under a flood', async () => {
    const source = '198.51.100.78';
    await harness.change([entry(source)]);
    const packets = 1_000_000;
    harness.program.testRun({ data: packetFrom(source), repeat: packets });
    const top = await harness.tables.topSources(1, 0);
    expect(top[0]?.address.join('.')).toBe(source);
    // Each processor samples by itself, and the kernel may go on with a test run on another one.
    expect(Math.abs(Number(top[0]?.packets) - packets)).toBeLessThan(256 * availableParallelism());
  });
});
