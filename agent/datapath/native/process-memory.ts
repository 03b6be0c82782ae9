// Returns memory that this process has freed, but the C library keeps, to the kernel: a list that is gone then takes no memory.
import { library } from '../libbpf/library.ts';

/** malloc.h */
const M_MMAP_THRESHOLD = -3;
const LARGE_BYTES = 128 * 1024;

/**
 * Keeps every large buffer in a mapping of its own, returned to the kernel when it is freed, as the C library does at first. By default one freed
 * buffer of some megabytes moves that bound up to its size, and the buffers that follow leave holes in the heap.
 */
export function allocateLargeApart(): void {
  library().mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
}

/** Collects garbage, where node was started with --expose-gc, and returns all free pages to the kernel. Takes some milliseconds. */
export function giveBackMemory(): void {
  globalThis.gc?.();
  library().mallocTrim(0);
}
