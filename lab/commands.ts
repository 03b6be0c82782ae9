// The words that run a program: from the sources, as built, or as installed.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toolPath } from './namespaces.ts';

export type ProgramName = 'agent' | 'controller' | 'cli';

/** The sources, what `npm run build` makes, or a directory with installed commands. */
export type Programs = 'sources' | 'dist' | { readonly installed: string };

/** A slow machine starts what is built in less time: FLEETBLOCK_PROGRAMS=dist. */
const DEFAULT: Programs = process.env.FLEETBLOCK_PROGRAMS === 'dist' ? 'dist' : 'sources';

/** @returns program and arguments */
export function commandOf(programs: Programs | undefined, program: ProgramName): string[] {
  programs ??= DEFAULT;
  if (typeof programs === 'object') {
    const name = program === 'cli' ? 'fleetblock' : `fleetblock-${program}`;
    return ['env', `PATH=${dirname(process.execPath)}:${toolPath}`, join(programs.installed, name)];
  }
  const path = programs === 'dist' ? `../dist/${program}/main.js` : `../${program}/main.ts`;
  return [process.execPath, fileURLToPath(new URL(path, import.meta.url))];
}
