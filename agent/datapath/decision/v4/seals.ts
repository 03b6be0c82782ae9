// The seals on the memory of the IPv4 decision structure: which bytes a change to a block, a record or a bitmap is about to write.
import type { GrowingMemory } from '../../kernel-map.ts';
import { UNIT_BYTES } from '../layout.ts';
import { MemorySeal } from '../memory-seal.ts';

/** The memory of the structure, shared with the kernel. */
export interface V4Buffers {
  readonly summary: Uint32Array<ArrayBuffer>;
  readonly front: Uint32Array<ArrayBuffer>;
  readonly index: Uint32Array<ArrayBuffer>;
  readonly arena: GrowingMemory;
  readonly bitmaps: GrowingMemory;
}

/** Seals all five pieces of memory together. Call `open...` before writing, `reseal` after the change. */
export class V4Seals {
  readonly #summary: MemorySeal;
  readonly #front: MemorySeal;
  readonly #index: MemorySeal;
  readonly #arena: MemorySeal;
  readonly #bitmaps: MemorySeal;

  constructor({ summary, front, index, arena, bitmaps }: V4Buffers) {
    this.#summary = sealOn(summary);
    this.#front = sealOn(front);
    this.#index = sealOn(index);
    this.#arena = sealOnReached(arena);
    this.#bitmaps = sealOnReached(bitmaps);
  }

  /** Summary, front and index of a block are about to be written. */
  openBlock(block: number): void {
    this.#summary.opening((block >> 5) * 4, 4);
    this.#front.opening(block * 8, 8);
    this.#index.opening(block * 4, 4);
  }

  openRecord(position: number, units: number): void {
    this.#arena.opening(position * UNIT_BYTES, units * UNIT_BYTES);
  }

  openBitmaps(position: number, units: number): void {
    this.#bitmaps.opening(position * UNIT_BYTES, units * UNIT_BYTES);
  }

  seal(): void {
    for (const each of this.#all()) each.seal();
  }

  reseal(): void {
    for (const each of this.#all()) each.reseal();
  }

  /** @returns how many pieces of 4 KiB something else has changed */
  broken(): number {
    return this.#all().reduce((sum, each) => sum + each.broken(), 0);
  }

  #all(): MemorySeal[] {
    return [this.#summary, this.#front, this.#index, this.#arena, this.#bitmaps];
  }
}

function sealOn(words: Uint32Array<ArrayBuffer>): MemorySeal {
  return new MemorySeal(() => new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
}

function sealOnReached(memory: GrowingMemory): MemorySeal {
  return new MemorySeal(() => new Uint8Array(memory.buffer, 0, memory.reached));
}
