// Memory of a map without a kernel.
import type { GrowingMemory } from '../../agent/datapath/kernel-map.ts';

/** Memory that is mapped as a whole. */
export function reachedMemory(buffer: ArrayBuffer): GrowingMemory {
  return { buffer, reached: buffer.byteLength, reach: () => {} };
}
