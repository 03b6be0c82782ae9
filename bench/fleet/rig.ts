// What the parts of the fleet benchmark share: their programs, and how memory is measured.
import { fileURLToPath } from 'node:url';
import { LineProgram } from '../../test/lab/line-program.ts';

/** A program of bench/fleet; its first line comes unasked. */
export function helper(script: string, words: readonly string[]): LineProgram {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return new LineProgram(process.execPath, ['--expose-gc', path, ...words]);
}

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
