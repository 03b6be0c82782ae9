// The memory of an array map in this process. The kernel puts every page of a mapping into the process at once, used or not, and each
// counts as memory of the process. So the addresses for all of the map are reserved first, and the map comes in piece by piece.
import koffi from 'koffi';
import type { GrowingMemory } from '../kernel-map.ts';
import { kernelError } from './errno.ts';
import { library } from './library.ts';

const PROT_READ = 1;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 0x01;
const MAP_PRIVATE = 0x02;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;
/** A piece: some tens of microseconds to map, and few enough of them (the kernel allows 65,530 mappings per process). */
const PIECE_BYTES = 256 * 1024;

/** Grows up to the size of the map and never moves: views into `buffer` stay valid until `close`. */
export class MappedMemory implements GrowingMemory {
  readonly buffer: ArrayBuffer;
  readonly #fd: number;
  readonly #name: string;
  readonly #at: bigint;
  readonly #bytes: number;
  #reached = 0;

  /** `fd`: of the map, which must stay open. `bytes`: of all of its memory. @throws KernelError */
  constructor(fd: number, bytes: number, name: string) {
    this.#fd = fd;
    this.#name = name;
    this.#bytes = bytes;
    // Pages of zeros that cost nothing to read; a stray write ends this process instead of being lost. Packets go on being decided.
    this.#at = this.#map(null, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    this.buffer = koffi.view(this.#at, bytes);
  }

  get reached(): number {
    return this.#reached;
  }

  reach(bytes: number): void {
    if (bytes <= this.#reached) return;
    const end = Math.min(this.#bytes, Math.ceil(bytes / PIECE_BYTES) * PIECE_BYTES);
    const from = this.#reached;
    if (end <= from) return;
    // In place of the reserved pages, in one step: the buffer stays what it is.
    this.#map(this.#at + BigInt(from), end - from, PROT_READ_WRITE, MAP_SHARED | MAP_FIXED, this.#fd, from);
    this.#reached = end;
  }

  /** Idempotent. The buffer is detached: a holder of it then finds it empty instead of causing a fault. */
  close(): void {
    if (this.buffer.detached) return;
    this.buffer.transfer(0);
    library().munmap(this.#at, this.#bytes);
  }

  #map(at: bigint | null, bytes: number, protection: number, flags: number, fd: number, offset: number): bigint {
    const address = library().mmap(at, bytes, protection, flags, fd, offset);
    if (address === null || address === MAP_FAILED)
      throw kernelError(library().errno(), `cannot map the memory of ${this.#name}`);
    return address;
  }
}
