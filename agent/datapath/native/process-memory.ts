// Memory that this process has freed and the C library keeps: given back to the kernel, so that a list that has gone does not weigh.
import { library } from '../libbpf/library.ts';

/** malloc.h */
const M_MMAP_THRESHOLD = -3;
const LARGE_BYTES = 128 * 1024;

/**
 * Has every large buffer allocated by itself, as the C library does at first, and given back when it is freed. By default one freed
 * buffer of some megabytes moves that bound up to its size, and the buffers that follow leave holes in the heap.
 */
export function allocateLargeApart(): void {
  library().mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
}

/** Collects garbage, where node was started with --expose-gc, and gives back all whole pages that are free. Some milliseconds. */
export function giveBackMemory(): void {
  globalThis.gc?.();
  library().mallocTrim(0);
}
