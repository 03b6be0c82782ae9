// The agent of a recorded host: the real one on the memory datapath, which keeps its session's key as the program does.
import { Agent } from '../../agent/agent.ts';
import type { DropEvent } from '../../agent/datapath/datapath.ts';
import { systemAgentClock } from '../../agent/host/boot-clock.ts';
import type { SessionKeys } from '../../agent/identity/session-key.ts';
import { SyncDialer } from '../../agent/session/sync-dialer.ts';
import { VERSION } from '../../common/version.ts';
import { MemoryDatapath } from '../agent/memory-datapath.ts';
import { noStore } from '../agent/no-store.ts';
import { silent } from '../agent/silent.ts';
import { until } from '../sync/fleet.ts';
import type { ControllerEnds } from './ends.ts';
import { CAPACITY, DROPPED } from './recorded-life.ts';

export class RecordedAgent {
  readonly #clock = systemAgentClock();
  readonly #datapath = new MemoryDatapath({ capacity: CAPACITY, bootMs: this.#clock.bootMs });
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor({ address, identity }: ControllerEnds) {
    const dialer = new SyncDialer();
    const agent = new Agent({
      datapath: this.#datapath,
      store: noStore,
      sessionKeys: keysInMemory(),
      // A trace names no machine.
      clock: { ...this.#clock, bootId: 'boot' },
      log: silent,
      agentVersion: VERSION,
      kernelVersion: '6.1',
      random: () => 0,
      dial: (signal) => dialer.dial(address, identity, signal),
    });
    this.#done = agent.run(this.#stop.signal);
  }

  /** Drops packets, once the controller watches. */
  async drop(): Promise<void> {
    const { listeners } = this.#datapath;
    await until('the agent to watch drops', () => listeners.size > 0);
    const { source, packets, packetBytes } = DROPPED;
    const address = Uint8Array.from(source.split('.'), Number);
    const event: DropEvent = {
      bootMs: this.#clock.bootMs(),
      address,
      interfaceIndex: 2,
      packets,
      packetBytes,
      monitored: false,
    };
    for (const listener of listeners) listener(event);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }
}

function keysInMemory(): SessionKeys {
  let kept = new Uint8Array(0);
  return {
    shown: async () => kept,
    keep: async (key) => {
      kept = Uint8Array.from(key);
      return true;
    },
  };
}
