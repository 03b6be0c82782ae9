// What a person types to play with a lab that is left running: one script per program, in a folder to put on the PATH.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabHost } from './host.ts';

export interface PlayScripts {
  /** Made here; must not be there yet. */
  readonly bin: string;
  readonly hosts: readonly LabHost[];
  readonly attackerNamespace: string;
  readonly controllerNamespace: string;
  /** The operator's credentials. */
  readonly configFile: string;
  /** The words that start a program. */
  readonly command: (program: 'cli' | 'agent') => readonly string[];
}

const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(' ');
const inNamespace = (name: string) => ['nsenter', `--net=/run/netns/${name}`];

/** `fleetblock`, `attacker CMD`, `HOST CMD` for every host, and `fleetblock-agent`, which knows its host from the command before it. */
export async function writePlayScripts(made: PlayScripts): Promise<void> {
  await mkdir(made.bin);
  const script = (name: string, command: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const exports = Object.entries(env).map(([key, value]) => `export ${key}='${value}'\n`);
    return writeFile(join(made.bin, name), `#!/bin/sh\n${exports.join('')}exec ${quoted(command)} "$@"\n`, {
      mode: 0o755,
    });
  };
  await script('fleetblock', [...inNamespace(made.controllerNamespace), ...made.command('cli')], {
    FLEETBLOCK_CONFIG: made.configFile,
  });
  await script('fleetblock-agent', made.command('agent'));
  await script('attacker', inNamespace(made.attackerNamespace));
  for (const host of made.hosts)
    await script(host.name, inNamespace(host.namespace), {
      FLEETBLOCK_STATE_DIR: host.stateDir,
      FLEETBLOCK_PIN_DIR: host.pinDir,
    });
}
