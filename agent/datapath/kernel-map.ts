// A BPF map as the rest of the datapath sees it: single calls, batches off the event loop, and shared memory.
import { CodedError } from '../../common/errors.ts';

/** A system call on a map or program failed. Its code is the kernel's, such as `E2BIG`, `ENOSPC`, `EBUSY`. */
export class KernelError extends CodedError<string> {
  override readonly name = 'KernelError';
}

/** Memory of an array map, mapped only as far as this process needs it: every mapped page counts as its own. */
export interface GrowingMemory {
  /** All of the map's memory. What is not reached yet reads as zeros, whatever the map holds, and must not be written. */
  readonly buffer: ArrayBuffer;
  /** Bytes from the start that have been reached. */
  readonly reached: number;
  /** Reaches `bytes` from the start, or some more. @throws KernelError; what was reached before stays reached */
  reach(bytes: number): void;
}

/** One map of the loaded object. Keys and values are bytes in the layout of bpf/layout.h; `count` rows lie end to end. */
export interface KernelMap {
  readonly name: string;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly maxEntries: number;
  /** Bytes of one value as lookups return it: per-CPU maps give a value for every possible CPU, each rounded up to 8. */
  readonly lookupBytes: number;

  /** Bytes of kernel memory charged to the map. @throws KernelError */
  memoryBytes(): number;
  /** Bytes charged per row; 0 where the kernel charges for the map's capacity (before Linux 6.4). @throws KernelError */
  rowBytes(): number;

  /**
   * The memory of an array map made with BPF_F_MMAPABLE, shared with the kernel: a store is seen by the next packet.
   * Elements lie `valueBytes` rounded up to 8 apart. The same buffer on every call.
   */
  memory(): ArrayBuffer;

  /** The same, mapped as far as needed. The same object on every call; `memory()` reaches all of it. */
  growingMemory(): GrowingMemory;

  /** @returns the value, or undefined when there is no such key. @throws KernelError */
  lookup(key: Uint8Array): Uint8Array | undefined;
  /** Adds or replaces. @throws KernelError (hash full: E2BIG; trie full: ENOSPC) */
  update(key: Uint8Array, value: Uint8Array): void;
  /** @returns false when there was no such key. @throws KernelError */
  delete(key: Uint8Array): boolean;

  /** Adds or replaces `count` rows, in a worker thread. @throws KernelError; some rows may then be in the map */
  updateBatch(keys: Uint8Array, values: Uint8Array, count: number): Promise<void>;
  /** Removes `count` rows, in a worker thread; missing rows are no error. @throws KernelError */
  deleteBatch(keys: Uint8Array, count: number): Promise<void>;
  /** All rows, in the map's own order, a batch at a time, which is overwritten by the next one. @throws KernelError */
  entries(): AsyncIterable<{ readonly keys: Uint8Array; readonly values: Uint8Array; readonly count: number }>;
}
