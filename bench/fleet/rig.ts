// Programs of the fleet benchmark.
import { fileURLToPath } from 'node:url';
import { LineProgram } from '../../lab/line-program.ts';

/** `script`: beside this file, or a path from here; its first line comes unasked. */
export function helper(script: string, words: readonly string[]): LineProgram {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return new LineProgram(process.execPath, ['--expose-gc', path, ...words]);
}
