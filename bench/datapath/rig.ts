// Where packets are measured: a veth pair in a network namespace of this process alone, a generator at one end, the program
// under test at the other. Both ends' work is done on one processor, one after the other, so that the nanoseconds a frame are
// the generator's and driver's (the floor: bare XDP_DROP) plus the program's.
import { execa } from 'execa';
import { XdpLink } from '../../agent/datapath/libbpf/link.ts';
import { BpfObject } from '../../agent/datapath/libbpf/object.ts';
import type { XdpProgram } from '../../agent/datapath/libbpf/program.ts';
import { ETHERTYPE, frame, ipv4 } from '../../test/datapath/packets-build.ts';
import { compile } from './compile.ts';

export const ATTACKED = 'fbbench1';
const GENERATOR = 'fbbench0';
const BATCH = 64;

export interface Load {
  readonly name: string;
  readonly kind: 'random' | 'addresses' | 'prefixes';
  /** Of how many of the list's addresses or prefixes. */
  readonly count: number;
}

const KINDS = { random: 0, addresses: 1, prefixes: 2 } as const;

export class Rig {
  readonly #object: BpfObject;
  readonly #holder: XdpLink;
  readonly #generatorIndex: number;
  readonly attackedIndex: number;
  readonly #packet: Uint8Array;

  private constructor(
    object: BpfObject,
    holder: XdpLink,
    generatorIndex: number,
    attackedIndex: number,
    mac: number[],
  ) {
    this.#object = object;
    this.#holder = holder;
    this.#generatorIndex = generatorIndex;
    this.attackedIndex = attackedIndex;
    this.#packet = frame(ETHERTYPE.ipv4, ipv4({ source: '0.0.0.0' }, new Uint8Array(26)));
    this.#packet.set(mac, 0);
    // The generator completes the header's checksum from the sum of its constant part, which it finds in `id`: that counts too.
    const view = new DataView(this.#packet.buffer);
    let sum = 0;
    for (let at = 14; at < 34; at += 2) if (at !== 18 && at !== 24) sum += view.getUint16(at, true);
    sum = (sum & 0xffff) + (sum >>> 16);
    view.setUint16(18, (sum & 0xffff) + (sum >>> 16), true);
  }

  /** Call it in a network namespace of its own (`unshare -n`). */
  static async open(): Promise<Rig> {
    const ip = (...args: string[]) => execa('ip', args);
    await ip('link', 'set', 'lo', 'up');
    await ip('link', 'add', GENERATOR, 'type', 'veth', 'peer', 'name', ATTACKED);
    for (const name of [GENERATOR, ATTACKED]) await ip('link', 'set', name, 'up');
    await ip('addr', 'add', '198.18.0.1/24', 'dev', ATTACKED);
    // Frames reach a veth end that has a program or GRO.
    await execa('ethtool', ['-K', ATTACKED, 'gro', 'on']);
    const links: { ifindex: number; ifname: string; address: string }[] = JSON.parse((await ip('-j', 'link')).stdout);
    const find = (name: string) => {
      const link = links.find(({ ifname }) => ifname === name);
      if (!link) throw new Error(`there is no ${name}`);
      return link;
    };
    const path = await compile('bench/datapath/programs/generator.bpf.c', 'generator');
    const object = BpfObject.load(path, { frags: false });
    // Test runs on an interface need its receive queue registered, which a program on it does.
    const holder = XdpLink.create(object.program('drive_nothing'), find(GENERATOR).ifindex, 'native');
    const mac = find(ATTACKED)
      .address.split(':')
      .map((byte) => Number.parseInt(byte, 16));
    return new Rig(object, holder, find(GENERATOR).ifindex, find(ATTACKED).ifindex, mac);
  }

  /** Nanoseconds a live frame, from the generator through the driver to whatever is at the other end. */
  live(load: Load, frames: number): number {
    this.#set(load);
    const context = new Uint8Array(24);
    const view = new DataView(context.buffer);
    view.setUint32(4, this.#packet.length, true);
    view.setUint32(12, this.#generatorIndex, true);
    const program = this.#object.program('transmit');
    return program.testRun({ data: this.#packet, context, repeat: frames, liveFrames: true, batchSize: BATCH })
      .nanoseconds;
  }

  /** Nanoseconds that the program adds to a run of the driver with sources of the load, and the driver's own. */
  driven(load: Load, program: XdpProgram, runs: number): { added: number; floor: number } {
    const next = this.#object.map('under_test');
    const value = new Uint8Array(4);
    new DataView(value.buffer).setUint32(0, program.fd, true);
    next.update(new Uint8Array(4), value);
    this.#set(load);
    const floor = this.#object.program('drive_nothing').testRun({ data: this.#packet, repeat: runs }).nanoseconds;
    const with_ = this.#object.program('drive').testRun({ data: this.#packet, repeat: runs }).nanoseconds;
    next.delete(new Uint8Array(4));
    return { added: with_ - floor, floor };
  }

  /** Frames that the attacked end has received, by its own count. */
  async received(): Promise<number> {
    const { stdout } = await execa('ethtool', ['-S', ATTACKED]);
    return Number(/rx_queue_0_xdp_packets: ([0-9]+)/.exec(stdout)?.[1] ?? 0);
  }

  close(): void {
    this.#holder.close();
    this.#object.close();
  }

  #set(load: Load): void {
    const value = new Uint8Array(16);
    const view = new DataView(value.buffer);
    view.setUint32(0, KINDS[load.kind], true);
    view.setUint32(4, load.count, true);
    view.setBigUint64(8, 0x9e3779b97f4a7c15n, true);
    this.#object.map('load').update(new Uint8Array(4), value);
  }
}
