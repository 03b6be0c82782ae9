// Lists in memory, for tests: ListTx over maps.
import { NO_ENTRIES, type PackedEntries } from '../../../common/entries/packed.ts';
import { firstEnd } from '../../../common/entries/times.ts';
import { formatPrefix, type Prefix } from '../../../common/text/prefix.ts';
import type { ListException } from '../../claims/lists/list.ts';
import type { ListReads, ListTx, StoredList } from '../../claims/lists/list-tx.ts';
import { ready } from '../../claims/steps.ts';
import type { MemoryChange } from './change.ts';

/** All that is kept of one list; never changed in place. */
interface Kept {
  /** Undefined: it has buckets already, and is to follow. */
  readonly list: Omit<StoredList, 'exceptions'> | undefined;
  readonly buckets: ReadonlyMap<number, PackedEntries<'unix'>>;
  readonly withheld: PackedEntries<'unix'>;
  /** By the text of their prefix. */
  readonly exceptions: ReadonlyMap<string, ListException>;
}

const NOTHING: Kept = { list: undefined, buckets: new Map(), withheld: NO_ENTRIES, exceptions: new Map() };

/** By name. */
export class MemoryLists {
  readonly #kept: Map<string, Kept>;

  /** A copy of `from`: later changes of one do not touch the other. */
  constructor(from?: MemoryLists) {
    this.#kept = new Map(from ? from.#kept : []);
  }

  all(): StoredList[] {
    return [...this.#kept.keys()].sort().flatMap((name) => this.#find(name) ?? []);
  }

  /** Where rows have an end: buckets and, as `undefined`, withheld rows. Unix milliseconds of the first. */
  *ends(): Generator<{ readonly name: string; readonly bucket: number | undefined; readonly firstMs: number }> {
    for (const [name, { buckets, withheld }] of this.#kept)
      for (const [bucket, rows] of [...buckets, [undefined, withheld] as const]) {
        const firstMs = firstEnd(rows);
        if (Number.isFinite(firstMs)) yield { name, bucket, firstMs };
      }
  }

  reads(): ListReads {
    return {
      list: (name) => ready(this.#find(name)),
      bucket: (name, bucket) => ready(this.#of(name).buckets.get(bucket) ?? NO_ENTRIES),
      withheld: (name) => ready(this.#of(name).withheld),
      exceptions: (name) => ready([...this.#of(name).exceptions.values()].sort(byPrefix)),
    };
  }

  /** Runs as a part of `change`. */
  tx(change: MemoryChange): ListTx {
    return {
      ...this.reads(),
      nowMs: change.nowMs,
      revise: () => change.revise(),
      head: () => change.head(),
      touch: (layer, sets, deletes) => change.touch(layer, sets, deletes),
      audit: (entry, about) => change.audit(entry, about),
      saveList: (list) => this.#put(list.name, { list }),
      deleteList: (name) => void this.#kept.delete(name),
      saveBucket: (name, bucket, rows) =>
        this.#put(name, { buckets: new Map(this.#of(name).buckets).set(bucket, rows) }),
      clearBuckets: (name) => this.#put(name, { buckets: new Map() }),
      saveWithheld: (name, withheld) => this.#put(name, { withheld }),
      addException: (name, exception) =>
        this.#put(name, {
          exceptions: new Map(this.#of(name).exceptions).set(formatPrefix(exception.prefix), exception),
        }),
      deleteException: (name, prefix) => {
        const exceptions = new Map(this.#of(name).exceptions);
        exceptions.delete(formatPrefix(prefix));
        this.#put(name, { exceptions });
      },
      ended: (byMs, limit) => ready([...this.ends()].filter(({ firstMs }) => firstMs <= byMs).slice(0, limit)),
    };
  }

  #of(name: string): Kept {
    return this.#kept.get(name) ?? NOTHING;
  }

  #put(name: string, more: Partial<Kept>): void {
    this.#kept.set(name, { ...this.#of(name), ...more });
  }

  #find(name: string): StoredList | undefined {
    const { list, exceptions } = this.#of(name);
    return list && { ...list, exceptions: exceptions.size };
  }
}

/** IPv4 first, by address, the wider prefix first. */
export function byPrefix(
  { prefix: a }: { readonly prefix: Prefix },
  { prefix: b }: { readonly prefix: Prefix },
): number {
  return a.family - b.family || Buffer.compare(a.address, b.address) || a.length - b.length;
}
