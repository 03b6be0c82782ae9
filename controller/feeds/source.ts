// Where a feed's list comes from. HTTP is one kind of source; one that keeps state between looks of its own is another.
import type { PackedEntries } from '../../common/entries/packed.ts';
import type { Doubt } from './doubts.ts';
import type { Feed, FeedState } from './feed.ts';

/** One look at a source. */
export interface Look {
  readonly state: FeedState;
  /** False: the list is asked for whatever was there before. */
  readonly conditional: boolean;
  /** Aborts when the feed is removed or the controller stops. */
  readonly signal: AbortSignal;
}

/** A whole list, as a source has it now. */
export interface FoundList {
  readonly kind: 'list';
  readonly slices: readonly PackedEntries<'left'>[];
  /** Names what it says: with the same digest it says the same. */
  readonly digest: string;
  /** To remember for the next look, once it is in force. */
  readonly marks: Partial<Pick<FeedState, 'etag' | 'lastModified' | 'digest'>>;
  /** Nothing says that it is whole, so that losing some of it is doubted sooner. */
  readonly mayBeCut: boolean;
  /** What its maker means, however unusual it is; such a list, whose entries come and go all the time, is not held up by stages either. */
  readonly meant?: readonly Doubt['kind'][];
  /** For people: the form that it has, what was left out. */
  readonly notes: readonly string[];
}

/** What a look finds. */
export type Found = { readonly kind: 'unchanged'; readonly marks?: FoundList['marks'] } | FoundList;

/** One per feed, as long as it is declared. */
export interface Source {
  /** Milliseconds between two looks that its server asks for at least; 0: any. */
  readonly leastMs: number;
  /** @throws FleetblockError: what went wrong, for people; LookRefused: and when to come back */
  look(look: Look): Promise<Found>;
  close?(): void;
}

/** Makes the source of a feed. `key`: empty for none. */
export type OpenSource = (feed: Feed, key: string) => Source;
