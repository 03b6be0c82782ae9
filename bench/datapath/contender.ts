// What is measured, and the loads that it meets.
import { XdpLink } from '../../agent/datapath/libbpf/link.ts';
import type { XdpProgram } from '../../agent/datapath/libbpf/program.ts';
import { stats } from '../report.ts';
import type { Load, Rig } from './rig.ts';

export const LOADS = {
  clean: { name: 'clean', kind: 'random', count: 0 },
  few: { name: 'attack from 10,000', kind: 'addresses', count: 10_000 },
  all: { name: 'attack from 1 M', kind: 'addresses', count: 1_000_000 },
  prefixes: { name: 'attack in prefixes', kind: 'prefixes', count: 10_000 },
} as const satisfies Record<string, Load>;

export type LoadName = keyof typeof LOADS;
export const LOAD_NAMES: readonly LoadName[] = ['clean', 'few', 'all', 'prefixes'];

/** What must be undone to take a contender off again. */
export type Undo = () => Promise<void>;

export interface Contender {
  readonly name: string;
  readonly loads: readonly LoadName[];
  /** Puts it on the attacked end. */
  attach(): Promise<Undo>;
}

export function xdpContender(name: string, program: XdpProgram, loads: readonly LoadName[], rig: Rig): Contender {
  return {
    name,
    loads,
    attach: async () => {
      const link = XdpLink.create(program, rig.attackedIndex, 'native');
      return async () => link.close();
    },
  };
}

/** Contender -> load -> nanoseconds a frame of each repetition. */
export class Results {
  readonly #samples = new Map<string, Map<LoadName, number[]>>();

  add(name: string, load: LoadName, nanoseconds: number): void {
    const loads = this.#samples.get(name) ?? new Map<LoadName, number[]>();
    this.#samples.set(name, loads);
    loads.set(load, [...(loads.get(load) ?? []), nanoseconds]);
  }

  /** Median nanoseconds a frame; undefined for what was not measured. */
  median(name: string, load: LoadName): number | undefined {
    const samples = this.#samples.get(name)?.get(load);
    return samples && stats(samples).median;
  }

  /** One line a contender: nanoseconds a frame, and over `floor` on the same load. */
  print(title: string, floor: string): void {
    console.log(title);
    for (const name of this.#samples.keys()) {
      const cells = LOAD_NAMES.map((load) => {
        const median = this.median(name, load);
        const least = this.median(floor, load);
        if (median === undefined) return '';
        const added = least === undefined ? '' : ` (+${(median - least).toFixed(0)})`;
        return `${LOADS[load].name} ${median.toFixed(0)}${added}`;
      });
      console.log(`  ${name.padEnd(36)}${cells.map((cell) => cell.padEnd(32)).join('')}`.trimEnd());
    }
    console.log();
  }

  toJSON(): object {
    return Object.fromEntries([...this.#samples].map(([name, loads]) => [name, Object.fromEntries(loads)]));
  }
}
