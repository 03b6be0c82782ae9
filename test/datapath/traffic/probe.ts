// Sends IPv4 packets out of one end of a veth pair, and counts those that get past the XDP hook of the other.
import { mkdirSync } from 'node:fs';
import { BpfObject } from '../../../agent/datapath/libbpf/object.ts';
import { pin } from '../../../agent/datapath/pins/pins.ts';
import { needsKernel } from '../needs-kernel.ts';
import { buildFlood, freshPinDir, indexOf, removePins, run, sleep } from '../network.ts';
import { floodRun, setSources } from './flood.ts';

export class Probe {
  /** The object file, for generators of other processes. */
  readonly objectPath: string;
  readonly #object: BpfObject;
  readonly #pins = freshPinDir();

  constructor() {
    this.objectPath = buildFlood();
    this.#object = BpfObject.load(this.objectPath);
  }

  /** Counts what the stack gets from the interface. */
  watch(name: string): void {
    mkdirSync(this.#pins, { recursive: true, mode: 0o700 });
    const path = `${this.#pins}/witness`;
    pin(this.#object.program('witness').fd, path);
    run('tc', 'qdisc', 'add', 'dev', name, 'clsact');
    run('tc', 'filter', 'add', 'dev', name, 'ingress', 'bpf', 'da', 'object-pinned', path);
  }

  /** IPv4 packets that the stack has got from the interface. */
  seen(name: string): number {
    const value = this.#object.map('seen').lookup(key(indexOf(name)));
    return value ? Number(new DataView(value.buffer).getBigUint64(0, true)) : 0;
  }

  /** Sends `count` packets out of an interface, from `sources` addresses from `first` on in turn. */
  send(out: string, first: string, sources: number, count: number): void {
    needsKernel(5, 18, 'sending live frames');
    setSources(this.#object, first, sources);
    this.#object.program('flood').testRun({ ...floodRun(out), repeat: count });
  }

  /** Of `count` packets from one source, those that got past the hook. */
  async passed(out: string, into: string, source: string, count = 64): Promise<number> {
    const before = this.seen(into);
    this.send(out, source, 1, count);
    await sleep(20);
    return this.seen(into) - before;
  }

  close(): void {
    this.#object.close();
    removePins(this.#pins);
  }
}

function key(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Waits until the interfaces have taken all that was sent: their counters stand still. */
export async function drained(names: readonly string[]): Promise<void> {
  const seen = () => names.map((name) => queueCounter(name, 'xdp_packets')).join();
  for (let last = '', quiet = 0; quiet < 5; quiet++) {
    await sleep(20);
    const now = seen();
    if (now !== last) quiet = 0;
    last = now;
  }
}

/** Sums a counter of `ethtool -S` over an interface's queues: xdp_packets, xdp_drops... */
export function queueCounter(name: string, counter: string): number {
  const text = run('ethtool', '-S', name);
  return [...text.matchAll(new RegExp(`rx_queue_[0-9]+_${counter}: ([0-9]+)`, 'g'))].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );
}
