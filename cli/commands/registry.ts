// All commands by name, each loaded only when it is run or listed: a start with one command loads one.
import type { Command } from 'commander';
import type { Cli } from '../context.ts';

export interface CommandModule {
  /** Adds the command to the program. */
  register(program: Command, cli: Cli): void;
}

/** In the order of --help. */
export const COMMANDS: Readonly<Record<string, () => Promise<CommandModule>>> = {
  block: () => import('./block.ts'),
  unblock: () => import('./unblock.ts'),
  allow: () => import('./allow.ts'),
  list: () => import('./list.ts'),
  hosts: () => import('./hosts.ts'),
  token: () => import('./token.ts'),
};
