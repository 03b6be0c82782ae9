// What the law of lists asks of a store, inside one transaction. A store implements this and knows no law.
//
// What a file said is in the list's buckets, but for rows that meet an exception: these are withheld, whole. What hosts hold of those
// is what is left of them without the exceptions, and it follows from both (withheld.ts). So an exception that is taken back, or the
// next import, finds everything that the file said.
import type { PackedEntries } from '../../../common/entries/packed.ts';
import type { Prefix } from '../../../common/text/prefix.ts';
import type { LayerTx } from '../claim-tx.ts';
import type { Steps } from '../steps.ts';
import type { ListException, ListRecord } from './list.ts';

/** `buckets`: over how many its rows are spread, a power of two. */
export type StoredList = ListRecord & { readonly buckets: number };

/** What is read of a list, by its name. Times of rows are ends, Unix milliseconds. */
export interface ListReads {
  list(name: string): Steps<StoredList | undefined>;
  /** What a bucket has of the file, without rows that meet an exception. */
  bucket(name: string, bucket: number): Steps<PackedEntries<'unix'>>;
  /** Rows of the file that meet an exception, whole. */
  withheld(name: string): Steps<PackedEntries<'unix'>>;
  /** IPv4 first, by address. */
  exceptions(name: string): Steps<readonly ListException[]>;
}

/** Lists, their rows and their exceptions. Reads see what the transaction wrote before. */
export interface ListTx extends LayerTx, ListReads {
  /** Adds the list, or replaces what is said of it; its rows and exceptions stay. May come after `saveBucket`. */
  saveList(list: Omit<StoredList, 'exceptions'>): void;
  /** With its rows and exceptions. */
  deleteList(name: string): void;
  /** Replaces what the bucket has. */
  saveBucket(name: string, bucket: number, rows: PackedEntries<'unix'>): void;
  /** Drops all buckets: the list is to have another number of them. */
  clearBuckets(name: string): void;
  /** Replaces them all. */
  saveWithheld(name: string, rows: PackedEntries<'unix'>): void;
  addException(name: string, exception: ListException): void;
  deleteException(name: string, prefix: Prefix): void;
  /**
   * Where rows end at or before `byMs` (Unix milliseconds), at most `limit` places: buckets and, as `undefined`, the withheld rows
   * of a list.
   */
  ended(byMs: number, limit: number): Steps<readonly { readonly name: string; readonly bucket: number | undefined }[]>;
}
