// All commands by name, each loaded only when it is run or listed: a start with one command loads one.
import type { Command } from 'commander';
import type { Cli } from '../environment.ts';

/** What COMMANDS loads: every file of a command exports `register`. */
export interface CommandModule {
  /** Adds the command to the program. `all` makes a program with all commands. */
  register(program: Command, cli: Cli, all: () => Promise<Command>): void;
}

/** In the order of --help. */
export const COMMANDS: Readonly<Record<string, () => Promise<CommandModule>>> = {
  block: () => import('./claims/block.ts'),
  unblock: () => import('./claims/unblock.ts'),
  confirm: () => import('./claims/confirm.ts'),
  rollout: () => import('./claims/rollout.ts'),
  allow: () => import('./claims/allow.ts'),
  apply: () => import('./claims/apply.ts'),
  diff: () => import('./claims/diff.ts'),
  list: () => import('./claims/list.ts'),
  check: () => import('./claims/check.ts'),
  import: () => import('./lists/import.ts'),
  lists: () => import('./lists/lists.ts'),
  feed: () => import('./lists/feed.ts'),
  export: () => import('./claims/export.ts'),
  hosts: () => import('./fleet/hosts.ts'),
  status: () => import('./fleet/status.ts'),
  watch: () => import('./fleet/watch.ts'),
  top: () => import('./fleet/top.ts'),
  events: () => import('./fleet/events.ts'),
  audit: () => import('./audit.ts'),
  token: () => import('./identity/token.ts'),
  host: () => import('./fleet/host.ts'),
  operator: () => import('./identity/operator.ts'),
  apikey: () => import('./identity/apikey.ts'),
  detector: () => import('./detector.ts'),
  hook: () => import('./hook.ts'),
  login: () => import('./identity/login.ts'),
  context: () => import('./identity/context.ts'),
  doctor: () => import('./fleet/doctor.ts'),
  completion: () => import('./completion.ts'),
  __complete: () => import('./complete.ts'),
  version: () => import('./version.ts'),
};
