// How much memory this process holds.

export interface Memory {
  /** Resident, bytes. */
  readonly rss: number;
  /** What JavaScript and its buffers hold, after a collection, bytes. */
  readonly used: number;
}

/** Collects garbage first; needs --expose-gc. */
export function memory(): Memory {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, used: heapUsed + external };
}
