// What a store needs of whoever commits its changes: its own Database, or a replica that asks the others first.
import type { StoreEvent } from '../../port/revisions.ts';
import type { Connection } from './connection.ts';

/** What a change gave, and what those who follow learn of it. */
export interface Performed<T> {
  readonly result: T;
  readonly event: StoreEvent | undefined;
}

export interface Commits {
  /** Committed data. */
  readonly reader: Connection;
  /**
   * Runs `work` in a transaction, maybe more than once. What it throws rolls back only its own part.
   * @returns what `work` returned, after the commit is durable; `afterCommit` runs before, in commit order.
   */
  write<T>(
    work: (writer: Connection) => Performed<T>,
    afterCommit: (performed: Performed<T>) => void,
  ): Promise<Performed<T>>;
  /** The same with pauses in it, alone in its commit. */
  writeLong<T>(
    work: (writer: Connection) => Promise<Performed<T>>,
    afterCommit: (performed: Performed<T>) => void,
  ): Promise<Performed<T>>;
  /** Of this file alone: no other replica learns it. */
  writeLocal(work: (writer: Connection) => void): Promise<void>;
  /** `listener`: called with what other replicas changed, after it is committed here, in order. */
  onOthers(listener: (event: StoreEvent) => void): void;
  /** `last` is the last that the writer does. Idempotent. */
  close(last: (writer: Connection) => void): Promise<void>;
}
