// Raw frames from a neighbour on the same Ethernet segment to a UDP socket: what this kernel's stack unwraps by itself (priority
// tags, IPv4-mapped sources) must have met the program first, in the driver as in the stack.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import koffi from 'koffi';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AttachMode, XdpLink } from '../../../agent/datapath/libbpf/link.ts';
import { patience } from '../../../lab/patience.ts';
import { indexOf, ip, makePair, PrivateNetwork, whyNoNetwork } from '../network.ts';
import { ETHERTYPE, frame, type UdpPacket, udpOverIpv4, udpOverIpv6 } from './build.ts';
import { entry, Harness, whyNoProgram } from './harness.ts';

const why = whyNoNetwork() || (whyNoProgram() ?? '');
const PATIENCE = { timeout: patience(30_000), interval: 5 };
const PORT = 7;
const HOST = { v4: '10.77.0.1', v6: '2001:db8:77::1' };
const BLOCKED = { v4: '198.51.100.66', v6: '2001:db8:bad::66' };
const CLEAN = { v4: '198.51.100.67', v6: '2001:db8:600d::67' };

describe.skipIf(why !== '').each<AttachMode>(['native', 'generic'])(`wrapped packets, %s ${why}`, (mode) => {
  let network: PrivateNetwork;
  let wire: Wire;
  let harness: Harness;
  let link: XdpLink;
  let sockets: Socket[];
  let received: string[];

  beforeAll(async () => {
    network = PrivateNetwork.enter();
    makePair('in0', 'out0');
    writeFileSync('/proc/sys/net/ipv6/conf/in0/disable_ipv6', '0');
    ip('addr', 'add', `${HOST.v4}/24`, 'dev', 'in0');
    ip('addr', 'add', `${HOST.v6}/64`, 'dev', 'in0', 'nodad');
    // The sources do not exist: without a way back to them the stack would take their packets for forged.
    ip('route', 'add', 'default', 'dev', 'in0');
    ip('-6', 'route', 'add', 'default', 'dev', 'in0');
    // Where the frames go.
    ip('link', 'set', 'in0', 'address', '02:00:00:00:00:01');
    wire = new Wire('out0');
    harness = await Harness.open();
    await harness.change([entry(BLOCKED.v4), entry('2001:db8:bad::/48')]);
    link = XdpLink.create(harness.program, indexOf('in0'), mode);
  });

  beforeEach(async () => {
    received = [];
    sockets = [createSocket('udp6')];
    for (const socket of sockets) {
      socket.on('message', (message) => received.push(message.toString()));
      socket.bind(PORT, '::');
      await once(socket, 'listening');
    }
  });

  afterEach(() => {
    for (const socket of sockets) socket.close();
  });

  afterAll(async () => {
    link.close();
    await harness.close();
    wire.close();
    ip('link', 'del', 'in0');
    network.leave();
  });

  /** Sends the frames, then one that must arrive. @returns payloads that the socket has got before it */
  async function arriving(frames: readonly Uint8Array[]): Promise<string[]> {
    for (const each of frames) wire.send(each);
    await vi.waitFor(() => {
      wire.send(frame(ETHERTYPE.ipv4, v4(CLEAN.v4, 'last')));
      expect(received).toContain('last');
    }, PATIENCE);
    return received.filter((text) => text !== 'last');
  }

  const v4 = (source: string, text: string, more: Partial<UdpPacket> = {}) =>
    udpOverIpv4({ source, destination: HOST.v4, port: PORT, text, ...more });
  const v6 = (source: string, text: string) => udpOverIpv6({ source, destination: HOST.v6, port: PORT, text });

  function tagged(from: { readonly v4: string; readonly v6: string }): Uint8Array[] {
    return [ETHERTYPE.vlan, ETHERTYPE.qinq].flatMap((type) =>
      Array.from({ length: 10 }, (_, count) => Array<number>(count).fill(type)).flatMap((tags) => [
        frame(ETHERTYPE.ipv4, v4(from.v4, `IPv4, ${tags.length} of ${type}`), tags, 0),
        frame(ETHERTYPE.ipv4, v4(from.v4, `IPv4 with options, ${tags.length} of ${type}`, { words: 15 }), tags, 0),
        frame(ETHERTYPE.ipv6, v6(from.v6, `IPv6, ${tags.length} of ${type}`), tags, 0),
      ]),
    );
  }

  it('faults row 39: the stack takes priority tags off, and no number of them hides a blocked source', async () => {
    const clean = await arriving(tagged(CLEAN));
    for (const tags of [0, 1, 3, 8]) expect(clean, `${tags} tags`).toContain(`IPv4, ${tags} of ${ETHERTYPE.vlan}`);
    expect(clean.filter((text) => text.includes('9 of'))).toEqual([]);
    received = [];
    expect(await arriving(tagged(BLOCKED))).toEqual([]);
    expect(harness.tables.counters().overtaggedPackets).toBe(12n);
  });

  it('faults row 40: a mapped source reaches sockets as the IPv4 address, and is blocked as that', async () => {
    expect(await arriving([frame(ETHERTYPE.ipv6, v6(CLEAN.v4, 'mapped'))])).toEqual(['mapped']);
    received = [];
    expect(await arriving([frame(ETHERTYPE.ipv6, v6(BLOCKED.v4, 'mapped'))])).toEqual([]);
  });
});

const AF_PACKET = 17;
const SOCK_RAW = 3;

const libc = koffi.load('libc.so.6');
const socketCall: (family: number, type: number, protocol: number) => number = libc.func('socket', 'int', [
  'int',
  'int',
  'int',
]);
const sendTo = libc.func('sendto', 'long', ['int', 'void *', 'size_t', 'int', 'void *', 'int']);
const closeFd: (fd: number) => number = libc.func('close', 'int', ['int']);

/** One end of a veth pair, for raw frames to the other. */
class Wire {
  readonly #fd: number;
  readonly #address: Buffer;

  constructor(out: string) {
    this.#fd = socketCall(AF_PACKET, SOCK_RAW, 0);
    if (this.#fd < 0) throw new Error(`socket: errno ${koffi.errno()}`);
    // struct sockaddr_ll: family, then at 4 the interface.
    this.#address = Buffer.alloc(20);
    this.#address.writeUInt16LE(AF_PACKET, 0);
    this.#address.writeInt32LE(indexOf(out), 4);
  }

  send(bytes: Uint8Array): void {
    const sent: number = sendTo(this.#fd, bytes, bytes.length, 0, this.#address, this.#address.length);
    if (sent !== bytes.length) throw new Error(`sendto: errno ${koffi.errno()}`);
  }

  close(): void {
    closeFd(this.#fd);
  }
}
