// Who changes the list while controllers die: several writers with prefixes and a list of their own, one change under way each. What a
// writer was told is so; what was under way at a kill is there as a whole or not at all.
import { formatSelector, parseSelector } from '../../../common/text/selector.ts';
import type { Change } from './frames.ts';
import { digestOf, rowsOf } from './lists.ts';

/** Uniform in [0, 1). */
export type Random = () => number;

/** Words of the state that a change sets, or takes away with undefined. */
type Updates = ReadonlyMap<string, string | undefined>;

const PAIRS = 12;
const SELECTORS = ['all', 'host:h0', 'host:h1,h2', 'labels:env=a', 'labels:env!=a'].map((text) =>
  formatSelector(parseSelector(text)),
);

export class Writer {
  readonly #number: number;
  readonly #random: Random;
  #known = new Map<string, string>();
  #pending: Updates | undefined;

  constructor(number: number, random: Random) {
    this.#number = number;
    this.#random = random;
    for (const host of this.#hosts()) this.#known.set(`env ${host}`, 'a');
  }

  /** The next change, which is pending from now on. */
  next(): Change {
    const dice = this.#random();
    const { change, updates } =
      dice < 0.7 ? this.#pairChange() : dice < 0.9 ? this.#listChange() : (this.#labelChange() ?? this.#pairChange());
    this.#pending = updates;
    return change;
  }

  /** The controller has answered that it is done. */
  done(): void {
    for (const [word, value] of this.#pending ?? []) {
      if (value === undefined) this.#known.delete(word);
      else this.#known.set(word, value);
    }
    this.#pending = undefined;
  }

  /** The pending change was refused. */
  refused(): void {
    this.#pending = undefined;
  }

  /** After a kill: what a controller's store says. @throws Error when an answer was lost, or a change is there in part */
  check(state: ReadonlyMap<string, string>): void {
    const actual = new Map([...state].filter(([word]) => this.#owns(word)));
    if (same(actual, this.#known)) this.#pending = undefined;
    else {
      this.done();
      if (!same(actual, this.#known))
        throw new Error(
          `writer ${this.#number}: lost or half applied: the store has ${words(actual)}, which is neither before nor after ${words(this.#known)}`,
        );
    }
  }

  #hosts(): string[] {
    return this.#number < 4 ? [`h${this.#number}`] : [];
  }

  #owns(word: string): boolean {
    const n = this.#number;
    return (
      word === `list w${n}` ||
      (n < 4 && word === `env h${n}`) ||
      word.startsWith(`20.${n}.`) ||
      word.startsWith(`2001:db8:${n + 1}:`)
    );
  }

  #pairChange(): { change: Change; updates: Updates } {
    const k = Math.floor(this.#random() * PAIRS) + 1;
    const prefixes = [`20.${this.#number}.${k}.1/32`, `2001:db8:${this.#number + 1}:${k}::/64`];
    const selector = SELECTORS[(this.#number + k) % SELECTORS.length] ?? 'all';
    const there = this.#known.has(prefixes[0] ?? '');
    return {
      change: { do: there ? 'unblock' : 'block', prefixes, selector },
      updates: new Map(prefixes.map((prefix) => [prefix, there ? undefined : selector] as const)),
    };
  }

  #listChange(): { change: Change; updates: Updates } {
    const list = `w${this.#number}`;
    if (this.#known.has(`list ${list}`) && this.#random() < 0.3)
      return { change: { do: 'remove', list }, updates: new Map([[`list ${list}`, undefined]]) };
    const version = Math.floor(this.#random() * 100);
    const selector = SELECTORS[Math.floor(this.#random() * SELECTORS.length)] ?? 'all';
    return {
      change: { do: 'import', list, version, selector },
      updates: new Map([[`list ${list}`, `${selector} ${digestOf(rowsOf(version))}`]]),
    };
  }

  #labelChange(): { change: Change; updates: Updates } | undefined {
    const [host] = this.#hosts();
    if (host === undefined) return undefined;
    const env = this.#known.get(`env ${host}`) === 'a' ? 'b' : 'a';
    return { change: { do: 'label', host, env }, updates: new Map([[`env ${host}`, env]]) };
  }
}

function same(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([word, value]) => b.get(word) === value);
}

function words(state: ReadonlyMap<string, string>): string {
  return JSON.stringify([...state].sort());
}
