// How long the event loops of a lab's programs were blocked while something went on.
import type { Lab } from '../../lab/lab.ts';
import type { Finding } from '../report.ts';
import { ProbeReader } from './probe-reader.ts';

const LONGEST_STALL_MS = 100;

export interface Stall {
  readonly what: string;
  /** Milliseconds. */
  readonly controller: number;
  /** Of the agent that was blocked longest; 0: there is none. */
  readonly agent: number;
}

export class Stalls {
  readonly rows: Stall[] = [];
  readonly #lab: Lab;
  readonly #reader: ProbeReader;

  /** `directory`: of probeEnv. */
  constructor(lab: Lab, directory: string) {
    this.#lab = lab;
    this.#reader = new ProbeReader(directory);
  }

  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    await this.#read();
    const result = await work();
    this.rows.push({ what, ...(await this.#read()) });
    return result;
  }

  /** The longest of all, against its limit. */
  findings(): Finding[] {
    const whose = this.rows.some(({ agent }) => agent > 0)
      ? (['controller', 'agent'] as const)
      : (['controller'] as const);
    return whose.map((who) => {
      const worst = this.rows.toSorted((a, b) => b[who] - a[who])[0];
      return {
        question: `longest stall of the ${who}'s event loop (${worst?.what})`,
        value: worst?.[who] ?? Number.NaN,
        unit: 'ms',
        limit: { relation: '<=', value: LONGEST_STALL_MS },
      };
    });
  }

  async #read(): Promise<Omit<Stall, 'what'>> {
    const controller = await this.#reader.longestStall(this.#lab.controllerPid);
    const agents = await Promise.all(
      this.#lab.hosts.filter((host) => host.program?.running).map((host) => this.#reader.longestStall(host.agentPid)),
    );
    return { controller, agent: Math.max(0, ...agents) };
  }
}
