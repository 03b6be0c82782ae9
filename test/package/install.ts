// What `npm install` makes of what `npm pack` publishes, in a directory of its own: nothing of the checkout is in reach of it.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** Of the checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** @returns the directory of the installed commands */
export async function packAndInstall(directory: string): Promise<string> {
  const prefix = join(directory, 'prefix');
  await mkdir(prefix);
  const npm = (...args: string[]) =>
    execa('npm', [...args, '--loglevel=error'], { cwd: ROOT, env: { PATH: nodeFirst() }, timeout: 300_000 });
  // Packing builds first, as publishing does.
  const { stdout } = await npm('pack', '--pack-destination', directory, '--json', '--silent');
  const tarball = /"filename": "([^"]+)"/.exec(stdout)?.[1];
  if (tarball === undefined) throw new Error(`npm pack says nothing of a file: ${stdout}`);
  await npm('install', '--global', '--prefix', prefix, '--prefer-offline', join(directory, tarball));
  return join(prefix, 'bin');
}

/** PATH with the Node.js of this process before any other: the commands start with `#!/usr/bin/env node`. */
export function nodeFirst(): string {
  return `${dirname(process.execPath)}:${process.env.PATH ?? ''}`;
}
