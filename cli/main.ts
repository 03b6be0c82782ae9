#!/usr/bin/env node
// fleetblock: the operator's command. Loads the program once it is known that this Node.js can run it.
import { lstatSync, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { refuseOldNode } from '../common/node-version.ts';

refuseOldNode();
const cache = cacheDirectory();
if (cache !== undefined) enableCompileCache(cache);
// Everything else is loaded after that.
void import('./process.ts').then(({ main }) => main());

/**
 * Compiled code is kept between runs, where only this user writes: a command lives for a tenth of a second. Where there is no such
 * place, nothing is lost but time (undefined). NODE_DISABLE_COMPILE_CACHE=1 turns it off.
 */
function cacheDirectory(): string | undefined {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const directory = join(base, 'fleetblock');
  try {
    // One step at a time: Node's recursive way never ends below /proc.
    for (const step of [base, directory]) makeDirectory(step);
    const { uid, mode } = lstatSync(directory);
    return uid === process.getuid?.() && (mode & 0o022) === 0 ? directory : undefined;
  } catch {
    return undefined;
  }
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
