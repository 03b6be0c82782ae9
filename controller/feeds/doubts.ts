// What makes a list that was fetched doubtful: it came whole and in its form, and still is not likely to be meant. Such a list is held
// until an operator accepts it; what is in force stays.
import { entryCount, FAMILIES, type PackedEntries } from '../../common/entries/packed.ts';
import { sharesOf } from '../operations/lists/received-rows.ts';
import type { FeedState } from './feed.ts';

/** How much there is of a list. */
export type Extent = Pick<FeedState, 'rows' | 'share'>;

/** A list may grow by that much without being doubted: small lists double every day. */
const FREE_ROWS = 1000;
const GROWTH = 4;
/** The same of addresses, as a share of a family's: of a /12 of IPv4, of a /28 of IPv6. */
const FREE_SHARE = { 4: 2 ** -12, 6: 2 ** -28 } as const;
/** A list that may be cut must keep this share of its rows, any other half of them. */
const KEPT_WHEN_CUT = 0.9;

/** Rows that cover each other count twice. */
export function extentOf(slices: readonly PackedEntries[]): Extent {
  return { rows: slices.reduce((sum, slice) => sum + entryCount(slice), 0), share: sharesOf(slices) };
}

/** What is unusual: `kind` for programs, `text`, a sentence, for people. */
export interface Doubt {
  readonly kind: 'SHRINKS' | 'GROWS' | 'WIDENS';
  readonly text: string;
}

/**
 * `before`: the list that was taken last; 0 rows: none. `left`: how many of its rows are in force, as some may have ended: a list grows by
 * what it was, and shrinks by what there is.
 */
export function doubtsAbout(before: Extent, left: number, now: Extent, mayBeCut: boolean): Doubt[] {
  const doubts: Doubt[] = [];
  const shrinks = (text: string) => doubts.push({ kind: 'SHRINKS', text });
  const [was, is] = [grouped(left), grouped(now.rows)];
  if (now.rows === 0) shrinks(left === 0 ? 'it has no entry' : `it is empty, and had ${was} entries`);
  else if (now.rows * 2 < left) shrinks(`it shrank from ${was} to ${is} entries`);
  else if (mayBeCut && now.rows < left * KEPT_WHEN_CUT)
    shrinks(`it shrank from ${was} to ${is} entries, and its server does not say where it ends: it may be cut off`);
  if (before.rows === 0) return doubts;
  if (now.rows > before.rows * GROWTH && now.rows > before.rows + FREE_ROWS)
    doubts.push({ kind: 'GROWS', text: `it grew from ${grouped(before.rows)} to ${is} entries` });
  for (const family of FAMILIES)
    if (
      now.share[family] > before.share[family] * GROWTH &&
      now.share[family] > before.share[family] + FREE_SHARE[family]
    )
      doubts.push({
        kind: 'WIDENS',
        text: `it covers ${times(now.share[family] / before.share[family])} as many IPv${family} addresses as before`,
      });
  return doubts;
}

function times(factor: number): string {
  return Number.isFinite(factor) ? `${grouped(Math.round(factor))} times` : 'any';
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
