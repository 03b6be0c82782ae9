// A flood of a packaged host: listed and clean sources, over a pair of interfaces each, in the host's own network namespace. The drivers'
// queues and a witness behind the hook count, not the program that is tested.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { makePair } from '../datapath/network.ts';
import { drained, Probe, queueCounter } from '../datapath/traffic/probe.ts';

/** Where the flood comes in. */
export const LISTED = 'bad0';
export const CLEAN = 'good0';
/** As many addresses from each of these on are the sources. */
export const SOURCES = 192;
export const FIRST_LISTED = '198.51.100.0';
const FIRST_CLEAN = '203.0.113.0';

/** Each way; half of it would do. */
const PPS = 100_000;
const FLOODER = join(import.meta.dirname, '../datapath/traffic/flooder.ts');

/** What came in so far, in packets. */
export interface Counts {
  /** As the driver's queues count it. */
  readonly listed: { readonly came: number; readonly dropped: number };
  readonly clean: { readonly came: number; readonly dropped: number };
  /** What the stack has got. */
  readonly passed: { readonly listed: number; readonly clean: number };
}

export class Flood {
  readonly #probe = new Probe();
  readonly #senders: { readonly process: ChildProcess; readonly lines: Interface }[] = [];

  /** In this thread's network namespace. */
  constructor() {
    for (const name of [LISTED, CLEAN]) {
      makePair(name, `${name}peer`);
      this.#probe.watch(name);
    }
  }

  /** Resolves when both ways are being sent on. */
  async start(): Promise<void> {
    const sender = async (interfaceName: string, first: string) => {
      const args = [FLOODER, this.#probe.objectPath, `${interfaceName}peer`, first, `${SOURCES}`, `${PPS}`];
      const process_ = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const lines = createInterface(process_.stdout);
      this.#senders.push({ process: process_, lines });
      await once(lines, 'line');
    };
    await Promise.all([sender(LISTED, FIRST_LISTED), sender(CLEAN, FIRST_CLEAN)]);
  }

  /** Resolves when everything that was sent has come in. @returns packets per second, both ways together */
  async stop(): Promise<number> {
    const rates = this.#senders.splice(0).map(async ({ process: sender, lines }) => {
      const report = once(lines, 'line');
      sender.kill('SIGTERM');
      const { sent, seconds } = JSON.parse(String((await report)[0]));
      return sent / seconds;
    });
    const sum = (await Promise.all(rates)).reduce((all, each) => all + each, 0);
    await drained([LISTED, CLEAN]);
    return sum;
  }

  counts(): Counts {
    const of = (name: string) => ({
      came: queueCounter(name, 'xdp_packets'),
      dropped: queueCounter(name, 'xdp_drops'),
    });
    const passed = { listed: this.#probe.seen(LISTED), clean: this.#probe.seen(CLEAN) };
    return { listed: of(LISTED), clean: of(CLEAN), passed };
  }

  close(): void {
    for (const { process: sender } of this.#senders) sender.kill('SIGKILL');
    this.#probe.close();
  }
}
