// The prefixes of a block, sorted once, to find those that an allow entry meets.
import { FAMILIES } from '../../../common/entries/packed.ts';
import { covers, type Prefix } from '../../../common/text/prefix.ts';
import { PrefixSet } from '../../claims/guard/prefix-set.ts';
import type { Hit } from './meetings.ts';

/** The prefixes that are blocked, to be found by an allow entry: those around it, and those inside it. */
export class BlockedPrefixes {
  readonly prefixes: readonly Prefix[];
  readonly #set = new PrefixSet();
  /** By address: those inside an entry follow one another. */
  readonly #sorted: { readonly 4: Prefix[]; readonly 6: Prefix[] } = { 4: [], 6: [] };

  constructor(prefixes: readonly Prefix[]) {
    this.prefixes = prefixes;
    for (const prefix of prefixes) {
      this.#set.add(prefix.family, prefix.address, 0, prefix.length, 0);
      this.#sorted[prefix.family].push(prefix);
    }
    for (const family of FAMILIES) this.#sorted[family].sort((a, b) => Buffer.compare(a.address, b.address));
  }

  meeting(entry: Prefix, by: Hit['by']): Hit[] {
    return [...this.around(entry, by), ...this.#inside(entry, by)];
  }

  /** Those that are the entry or cover all of it. */
  around(entry: Prefix, by: Hit['by']): Hit[] {
    return this.#set.covering(entry).map(({ row, length }) => {
      return { prefix: this.#set.prefixAt(entry.family, row), entry, whole: length === entry.length, by };
    });
  }

  #inside(entry: Prefix, by: Hit['by']): Hit[] {
    const sorted = this.#sorted[entry.family];
    const hits: Hit[] = [];
    for (let at = firstFrom(sorted, entry.address); at < sorted.length; at++) {
      const prefix = sorted[at];
      if (!prefix || !covers(entry, { ...prefix, length: prefix.address.length * 8 })) break;
      if (prefix.length > entry.length) hits.push({ prefix, entry, whole: true, by });
    }
    return hits;
  }
}

/** Index of the first that does not come before `address`. */
function firstFrom(sorted: readonly Prefix[], address: Uint8Array): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = sorted[middle];
    if (found && Buffer.compare(found.address, address) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
