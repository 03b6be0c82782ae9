// All commands by name, each loaded only when it is run or listed: a start with one command loads one.
import type { Command } from 'commander';
import type { Cli } from '../context.ts';

export interface CommandModule {
  /** Adds the command to the program. `all` makes a program with all commands. */
  register(program: Command, cli: Cli, all: () => Promise<Command>): void;
}

/** In the order of --help. */
export const COMMANDS: Readonly<Record<string, () => Promise<CommandModule>>> = {
  block: () => import('./block.ts'),
  unblock: () => import('./unblock.ts'),
  confirm: () => import('./confirm.ts'),
  allow: () => import('./allow.ts'),
  list: () => import('./list.ts'),
  check: () => import('./check.ts'),
  import: () => import('./import.ts'),
  lists: () => import('./lists.ts'),
  export: () => import('./export.ts'),
  hosts: () => import('./hosts.ts'),
  status: () => import('./status.ts'),
  watch: () => import('./watch.ts'),
  top: () => import('./top.ts'),
  events: () => import('./events.ts'),
  audit: () => import('./audit.ts'),
  token: () => import('./token.ts'),
  host: () => import('./host.ts'),
  operator: () => import('./operator.ts'),
  login: () => import('./login.ts'),
  context: () => import('./context.ts'),
  doctor: () => import('./doctor.ts'),
  completion: () => import('./completion.ts'),
  __complete: () => import('./complete.ts'),
  version: () => import('./version.ts'),
};
