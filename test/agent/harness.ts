// An agent on the memory datapath whose clocks and connections a test holds in its hands.
import { Agent, type AgentOptions } from '../../agent/agent.ts';
import { FakeClock } from './fake-clock.ts';
import { MemoryDatapath } from './memory-datapath.ts';
import { noStore } from './no-store.ts';
import { ScriptedStream } from './scripted-stream.ts';
import { silent } from './silent.ts';

export class TestAgent {
  readonly clock: FakeClock;
  readonly datapath: MemoryDatapath;
  readonly agent: Agent;
  readonly streams: ScriptedStream[] = [];
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #dialled: (() => void)[] = [];
  #used = 0;

  constructor(
    options: Partial<AgentOptions> & { clock?: FakeClock; datapath?: MemoryDatapath; onDial?: () => void } = {},
  ) {
    this.clock = options.clock ?? new FakeClock();
    this.datapath = options.datapath ?? new MemoryDatapath({ bootMs: this.clock.bootMs });
    this.agent = new Agent({
      store: noStore,
      log: silent,
      agentVersion: '0',
      kernelVersion: '6',
      random: () => 0,
      dial: () => {
        options.onDial?.();
        const stream = new ScriptedStream();
        this.streams.push(stream);
        for (const wake of this.#dialled.splice(0)) wake();
        return stream;
      },
      ...options,
      clock: this.clock,
      datapath: this.datapath,
    });
    this.#done = this.agent.run(this.#stop.signal);
  }

  /** The next connection that the agent makes, with its Hello read. */
  async connection() {
    while (this.streams.length <= this.#used) await new Promise<void>((resolve) => this.#dialled.push(resolve));
    const stream = this.streams[this.#used++];
    const hello = (await stream?.next())?.hello;
    if (!stream || !hello) throw new Error('no hello');
    return { stream, hello };
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }
}
