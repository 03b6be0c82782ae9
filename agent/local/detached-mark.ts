// What `fleetblock-agent detach` did while the controller could not be reached: kept in the state directory until the next agent has reported it.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../common/files.ts';

/** What was detached and when, in the form that is written to disk and told to the controller. */
export interface DetachedMark {
  /** Unix milliseconds. */
  readonly atMs: number;
  /** That the program was taken off. */
  readonly interfaces: readonly string[];
  /** Nothing was enforced any more. */
  readonly everything: boolean;
}

const FILE = 'detached.json';
const schema = z.object({ atMs: z.number(), interfaces: z.array(z.string()), everything: z.boolean() });

/** @throws Node system errors */
export function writeDetachedMark(stateDir: string, mark: DetachedMark): void {
  writeFileAtomic(join(stateDir, FILE), `${JSON.stringify(mark)}\n`);
}

/** Undefined when there is none that can be read: it is only a word for people. */
export function readDetachedMark(stateDir: string): DetachedMark | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(join(stateDir, FILE), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Once the controller knows, or when there is nothing to report. */
export function forgetDetachedMark(stateDir: string): void {
  rmSync(join(stateDir, FILE), { force: true });
}
