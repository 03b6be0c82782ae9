// KernelMap over libbpf's calls on a file descriptor.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type GrowingMemory, KernelError, type KernelMap } from '../kernel-map.ts';
import { check, failure, kernelError } from './errno.ts';
import { type MapInfo, mapInfo } from './info.ts';
import { library, offLoop } from './library.ts';
import { MappedMemory } from './mapped-memory.ts';

/** Map types of linux/bpf.h that matter here. */
export const MAP_TYPE = {
  HASH: 1,
  ARRAY: 2,
  PERCPU_HASH: 5,
  PERCPU_ARRAY: 6,
  LRU_HASH: 9,
  LRU_PERCPU_HASH: 10,
  LPM_TRIE: 11,
  ARRAY_OF_MAPS: 12,
  RINGBUF: 27,
} as const;

const PER_CPU: ReadonlySet<number> = new Set([MAP_TYPE.PERCPU_HASH, MAP_TYPE.PERCPU_ARRAY, MAP_TYPE.LRU_PERCPU_HASH]);
const BPF_F_MMAPABLE = 1 << 10;
/** Rows of one lookup_batch: large enough that hash buckets fit, small enough for a buffer. */
const READ_ROWS = 16_384;

const roundUp8 = (bytes: number): number => (bytes + 7) & ~7;

const CREATE_OPTIONS_BYTES = 48;
const INNER_MAP_FD_OFFSET = 24;
const FLAGS_OFFSET = 28;

/** struct bpf_map_create_opts. */
export function createOptions({ innerMapFd = 0, flags = 0 }): Buffer {
  const options = Buffer.alloc(CREATE_OPTIONS_BYTES);
  options.writeUInt32LE(CREATE_OPTIONS_BYTES, 0);
  options.writeUInt32LE(innerMapFd, INNER_MAP_FD_OFFSET);
  options.writeUInt32LE(flags, FLAGS_OFFSET);
  return options;
}

let cpus: number | undefined;

/** CPUs that the kernel could ever have: what per-CPU values are as long as. */
function possibleCpus(): number {
  if (cpus === undefined) {
    const last = /([0-9]+)\s*$/.exec(readFileSync('/sys/devices/system/cpu/possible', 'utf8'))?.[1];
    cpus = last === undefined ? availableParallelism() : Number(last) + 1;
  }
  return cpus;
}

/** A map by its file descriptor, which it owns from now on: `close()` it. */
export class LibbpfMap implements KernelMap {
  readonly name: string;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly maxEntries: number;
  readonly lookupBytes: number;
  readonly info: MapInfo;
  #fd: number;
  #mapped: MappedMemory | undefined;
  #rowBytes: number | undefined;

  /** `name` is the object's name for it: the kernel cuts names at 15 characters. */
  constructor(fd: number, name: string) {
    this.#fd = fd;
    this.info = mapInfo(fd);
    this.name = name;
    this.keyBytes = this.info.keyBytes;
    this.valueBytes = this.info.valueBytes;
    this.maxEntries = this.info.maxEntries;
    this.lookupBytes = PER_CPU.has(this.info.type) ? roundUp8(this.valueBytes) * possibleCpus() : this.valueBytes;
  }

  /** @throws KernelError EBADF after close() */
  get fd(): number {
    if (this.#fd < 0) throw new KernelError('EBADF', `map ${this.name} is closed`);
    return this.#fd;
  }

  /** Bytes of kernel memory that the map is charged for (/proc/self/fdinfo). */
  memoryBytes(): number {
    return Number(/^memlock:\s+([0-9]+)/m.exec(readFileSync(`/proc/self/fdinfo/${this.fd}`, 'utf8'))?.[1] ?? 0);
  }

  /** Asks the kernel with a map of one row. */
  rowBytes(): number {
    this.#rowBytes ??= this.#weighRow();
    return this.#rowBytes;
  }

  #weighRow(): number {
    const { keyBytes, valueBytes, info } = this;
    const made = library().mapCreate(
      info.type,
      'fleetblock_row',
      keyBytes,
      valueBytes,
      1,
      createOptions({ flags: info.flags }),
    );
    const map = new LibbpfMap(check(made, `cannot make a map like ${this.name}`), this.name);
    try {
      const empty = map.memoryBytes();
      map.update(new Uint8Array(keyBytes), new Uint8Array(this.lookupBytes));
      return map.memoryBytes() - empty;
    } finally {
      map.close();
    }
  }

  memory(): ArrayBuffer {
    const memory = this.growingMemory();
    memory.reach(memory.buffer.byteLength);
    return memory.buffer;
  }

  growingMemory(): GrowingMemory {
    if (this.#mapped) return this.#mapped;
    if ((this.info.flags & BPF_F_MMAPABLE) === 0) throw new KernelError('EPERM', `map ${this.name} is not mmapable`);
    this.#mapped = new MappedMemory(this.fd, roundUp8(this.valueBytes) * this.maxEntries, this.name);
    return this.#mapped;
  }

  lookup(key: Uint8Array): Uint8Array | undefined {
    this.#expect(key, this.keyBytes, 'key');
    const value = new Uint8Array(this.lookupBytes);
    const result = library().mapLookup(this.fd, key, value);
    if (failure(result) === 'ENOENT') return undefined;
    check(result, `cannot read ${this.name}`);
    return value;
  }

  update(key: Uint8Array, value: Uint8Array): void {
    this.#expect(key, this.keyBytes, 'key');
    this.#expect(value, this.lookupBytes, 'value');
    check(library().mapUpdate(this.fd, key, value, 0), `cannot write ${this.name}`);
  }

  delete(key: Uint8Array): boolean {
    this.#expect(key, this.keyBytes, 'key');
    const result = library().mapDelete(this.fd, key);
    if (failure(result) === 'ENOENT') return false;
    check(result, `cannot delete from ${this.name}`);
    return true;
  }

  async updateBatch(keys: Uint8Array, values: Uint8Array, count: number): Promise<void> {
    this.#expect(keys, count * this.keyBytes, 'keys');
    this.#expect(values, count * this.lookupBytes, 'values');
    if (count === 0) return;
    const done = Uint32Array.of(count);
    const result = await offLoop(library().mapUpdateBatch, this.fd, keys, values, done, null);
    check(result, `cannot write row ${done[0]} of ${count} of ${this.name}`);
  }

  async deleteBatch(keys: Uint8Array, count: number): Promise<void> {
    this.#expect(keys, count * this.keyBytes, 'keys');
    // The kernel stops at the first key that is not there: step over it and go on.
    for (let from = 0; from < count; ) {
      const done = Uint32Array.of(count - from);
      const rest = keys.subarray(from * this.keyBytes, count * this.keyBytes);
      const result = await offLoop(library().mapDeleteBatch, this.fd, rest, done, null);
      if (result === 0) return;
      if (failure(result) !== 'ENOENT') throw kernelError(result, `cannot delete from ${this.name}`);
      from += (done[0] ?? 0) + 1;
    }
  }

  async *entries(): AsyncGenerator<{ keys: Uint8Array; values: Uint8Array; count: number }> {
    const rows = Math.max(1, Math.min(READ_ROWS, this.maxEntries));
    // The cursor is a key for tries and arrays, and a 32-bit bucket number for hashes.
    const cursorBytes = Math.max(this.keyBytes, 8);
    let from: Uint8Array | null = null;
    let batch = rows;
    let keys = new Uint8Array(batch * this.keyBytes);
    let values = new Uint8Array(batch * this.lookupBytes);
    for (;;) {
      const next = new Uint8Array(cursorBytes);
      const done = Uint32Array.of(batch);
      const result: number = await offLoop(library().mapLookupBatch, this.fd, from, next, keys, values, done, null);
      const name = failure(result);
      if (name === 'ENOSPC' && batch < this.maxEntries * 2) {
        // One hash bucket did not fit: the same place again with more room.
        batch *= 2;
        keys = new Uint8Array(batch * this.keyBytes);
        values = new Uint8Array(batch * this.lookupBytes);
        continue;
      }
      if (result < 0 && name !== 'ENOENT') throw kernelError(result, `cannot read ${this.name}`);
      const count = done[0] ?? 0;
      if (count > 0)
        yield {
          keys: keys.subarray(0, count * this.keyBytes),
          values: values.subarray(0, count * this.lookupBytes),
          count,
        };
      if (result < 0) return;
      from = next;
    }
  }

  /** Closes the file descriptor; the map lives on where it is pinned or used. Idempotent. Its memory is invalid then. */
  close(): void {
    // The mapping would keep the map alive.
    this.#mapped?.close();
    this.#mapped = undefined;
    if (this.#fd >= 0) library().close(this.#fd);
    this.#fd = -1;
  }

  #expect(bytes: Uint8Array, length: number, what: string): void {
    // C would read past the end.
    if (bytes.length < length)
      throw new RangeError(`map ${this.name}: ${what} of ${bytes.length} bytes where ${length} are needed`);
  }
}
