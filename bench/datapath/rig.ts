// Where packets are measured: a veth pair in a network namespace of this process alone, a generator at one end, the program
// under test at the other. There are three ways to hand frames over:
//   together  both ends on one processor, one after the other: nanoseconds a frame are the generator's and driver's (the floor: bare
//             XDP_DROP) plus the program's, to the nanosecond. Frames come by 64, as a driver hands them over in a flood: what wakes the
//             receiver is paid for once in 64 frames
//   single    the same with frames one at a time, as when little comes: each wakes the receiver again, and that is most of what it costs
//   apart     the receiving end polls on a processor of its own (threaded NAPI), under more load than it can take: nanoseconds a frame
//             are that poller's processor time alone. Frames come from another processor's cache, not from the program's own
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { cpus, setPriority } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { KernelError } from '../../agent/datapath/kernel-map.ts';
import { XdpLink } from '../../agent/datapath/libbpf/link.ts';
import { BpfObject } from '../../agent/datapath/libbpf/object.ts';
import type { XdpProgram } from '../../agent/datapath/libbpf/program.ts';
import { ETHERTYPE, frame, ipv4 } from '../../test/datapath/packets/build.ts';
import { compile } from './compile.ts';

export const ATTACKED = 'fbbench1';
const GENERATOR = 'fbbench0';
const BATCH = { together: 64, apart: 64, single: 1 } as const;
const GENERATOR_CPU = 0;
const RECEIVER_CPU = 1;
/** Longer than a measurement should take. */
const LIMIT_NS = 400e6;
const FIRST_LOOK = 10_000;
const PAUSE_MS = 5;
/** The stack's own, for instance to find neighbours. */
const STRAY_FRAMES = 20;
/** This many runs with losses in a row are no accident. */
const LOSSY_RUNS = 8;

export interface Load {
  readonly name: string;
  readonly kind: 'random' | 'addresses' | 'prefixes';
  /** Of how many of the list's addresses or prefixes. */
  readonly count: number;
}

export type Placement = keyof typeof BATCH;

const KINDS = { random: 0, addresses: 1, prefixes: 2 } as const;

export class Rig {
  readonly placement: Placement;
  readonly #object: BpfObject;
  readonly #holder: XdpLink;
  readonly #generatorIndex: number;
  readonly attackedIndex: number;
  readonly #packet: Uint8Array;
  /** Process ids. */
  #pollers: readonly number[] = [];

  private constructor(
    placement: Placement,
    object: BpfObject,
    holder: XdpLink,
    generatorIndex: number,
    attackedIndex: number,
    mac: number[],
  ) {
    this.placement = placement;
    this.#object = object;
    this.#holder = holder;
    this.#generatorIndex = generatorIndex;
    this.attackedIndex = attackedIndex;
    this.#packet = frame(ETHERTYPE.ipv4, ipv4({ source: '0.0.0.0' }, new Uint8Array(26)));
    this.#packet.set(mac, 0);
    // The generator completes the header's checksum from the sum of its constant part, which it finds in `id`.
    const view = new DataView(this.#packet.buffer);
    let sum = 0;
    for (let at = 14; at < 34; at += 2) if (at !== 18 && at !== 24) sum += view.getUint16(at, true);
    sum = (sum & 0xffff) + (sum >>> 16);
    view.setUint16(18, (sum & 0xffff) + (sum >>> 16), true);
  }

  /** Call it in a network namespace of its own (`unshare -n`). Pins this process to the generator's processor. */
  static async open(placement: Placement = 'together'): Promise<Rig> {
    if (placement === 'apart' && cpus().length < 2) throw new Error('this machine has one processor');
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
    pin(process.pid, GENERATOR_CPU);
    if (placement === 'apart') setThreaded(true);
    return new Rig(placement, object, holder, find(GENERATOR).ifindex, find(ATTACKED).ifindex, mac);
  }

  /**
   * Nanoseconds a live frame that the other end received, whatever is there: of some `frames` of them, fewer when they are slow.
   * Call it twice and take the second: the first fills the caches.
   */
  live(load: Load, frames: number): number {
    this.#set(load);
    // A poller of its own would sleep between two runs: what is attached now must be on the other processor from the start.
    if (this.placement === 'apart') this.#pollers = pinPollers();
    const { nanoseconds, received: some } = this.#send(FIRST_LOOK);
    // Apart, most of what is sent finds the receiver's queue full.
    const wanted = Math.min(frames, LIMIT_NS / nanoseconds) * (FIRST_LOOK / some);
    return this.#send(Math.max(FIRST_LOOK, Math.floor(wanted))).nanoseconds;
  }

  /**
   * A signal ends a run early, that of a child's end for one; and the kernel may leave the receiver to a thread of its own (ksoftirqd)
   * for a while, whose time is not in the measurement and whose queue then runs over. Once more in both cases.
   */
  #send(frames: number): { readonly nanoseconds: number; readonly received: number } {
    for (let lossy = 0; ; ) {
      try {
        const run = this.#sendOnce(frames);
        if (this.placement === 'apart' || Math.abs(run.received - frames) <= STRAY_FRAMES) return run;
        if (++lossy === LOSSY_RUNS)
          throw new Error(
            `${run.received} of ${frames} frames were received: something else uses ${ATTACKED}, or it has no program`,
          );
      } catch (error) {
        if (!(error instanceof KernelError && error.code === 'EINTR')) throw error;
      }
    }
  }

  #sendOnce(frames: number): { readonly nanoseconds: number; readonly received: number } {
    const context = new Uint8Array(24);
    const view = new DataView(context.buffer);
    view.setUint32(4, this.#packet.length, true);
    view.setUint32(12, this.#generatorIndex, true);
    const run = { data: this.#packet, context, repeat: frames, liveFrames: true, batchSize: BATCH[this.placement] };
    const before = { received: received(), spent: spent(this.#pollers) };
    const { nanoseconds } = this.#object.program('transmit').testRun(run);
    // A poller's time is known when it sleeps again.
    if (this.placement === 'apart') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    const count = received() - before.received;
    // Neither has in it what other processes had of the processor.
    const each = this.placement === 'apart' ? (spent(this.#pollers) - before.spent) / count : nanoseconds;
    return { nanoseconds: each, received: count };
  }

  /** Share of the frames sent that were received: apart, at 1 the generator is the slower one, and a measurement says nothing. */
  share(load: Load, frames: number): number {
    this.#set(load);
    return this.#send(frames).received / frames;
  }

  /** Nanoseconds that the program adds to a run of the driver with sources of the load, and the driver's own. */
  driven(load: Load, program: XdpProgram, runs: number): { added: number; floor: number } {
    const next = this.#object.map('under_test');
    const value = new Uint8Array(4);
    new DataView(value.buffer).setUint32(0, program.fd, true);
    next.update(new Uint8Array(4), value);
    this.#set(load);
    const time = (name: string) => this.#object.program(name).testRun({ data: this.#packet, repeat: runs }).nanoseconds;
    time('drive');
    const floor = time('drive_nothing');
    const added = time('drive') - floor;
    next.delete(new Uint8Array(4));
    return { added, floor };
  }

  /** @throws when the stack refused frames of the generator: then no rule of it has seen them, and its numbers say nothing */
  close(): void {
    const [names, values] = readFileSync('/proc/self/net/snmp', 'utf8')
      .split('\n')
      .map((line) => line.split(' '));
    const refused = values?.[names?.indexOf('InHdrErrors') ?? -1];
    if (refused !== '0') throw new Error(`the stack refused ${refused} frames for their headers`);
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

/** Frames that the attacked end has received, by the driver's own count. */
function received(): number {
  const line = readFileSync('/proc/self/net/dev', 'utf8')
    .split('\n')
    .find((each) => each.trim().startsWith(`${ATTACKED}:`));
  return Number(line?.split(':')[1]?.trim().split(/\s+/)[1] ?? Number.NaN);
}

function pin(pid: number, cpu: number): void {
  execFileSync('taskset', ['-a', '-p', '-c', String(cpu), String(pid)], { stdio: 'ignore' });
}

/** Polling in kernel threads is a file of sysfs; the one that is mounted shows the namespace that it was mounted in. */
function setThreaded(on: boolean): void {
  const at = mkdtempSync('/tmp/fbbench-sys-');
  execFileSync('mount', ['-t', 'sysfs', 'sysfs', at]);
  try {
    writeFileSync(join(at, 'class/net', ATTACKED, 'threaded'), on ? '1' : '0');
  } finally {
    execFileSync('umount', [at]);
    rmdirSync(at);
  }
}

/** Attaching a program may make new pollers. @returns their process ids */
function pinPollers(): number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      if (!/^[0-9]+$/.test(name) || !readFileSync(`/proc/${name}/comm`, 'utf8').startsWith(`napi/${ATTACKED}`))
        return [];
      pin(Number(name), RECEIVER_CPU);
      // Like the softirq that it stands for, it does not wait for other processes.
      setPriority(Number(name), -20);
      return [Number(name)];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

/** Nanoseconds of processor time (proc(5): schedstat, first field). */
function spent(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]), 0);
}
