// What all commands that change the list do: send, wait, print the proof.
import type { ChangeReply__Output } from '../../../proto/gen/fleetblock/v1/ChangeReply.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { type ChangeVerb, changeExitCode, changeJson, changeText } from '../../output/claims/change.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { say } from '../../output/say.ts';
import { type OperatorClient, withOperator } from '../../services/operator-client.ts';
import type { TargetOptions } from '../../targets.ts';

/** As commander parses them for every command that changes claims. */
export interface ChangeOptions extends GlobalOptions, TargetOptions {
  readonly wait: boolean;
  readonly waitAll?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly output: OutputForm;
  readonly dryRun?: boolean;
  readonly file?: string;
  readonly reason?: string;
}

/** What is particular to one command of those that runChange() runs. */
export interface Change {
  readonly verb: ChangeVerb;
  readonly origin: string;
  readonly send: (client: OperatorClient) => Promise<ChangeReply__Output>;
  /** More to say of the answer, on the same connection: for stderr. */
  readonly notes?: (client: OperatorClient, reply: ChangeReply__Output) => Promise<string[]>;
}

/** Prints the result and sets the exit code. @throws FleetblockError as the client does. */
export async function runChange(cli: Cli, options: ChangeOptions, change: Change): Promise<void> {
  const credentials = await loadCredentials(cli, options);
  const send = async (client: OperatorClient) => {
    const reply = await change.send(client);
    return { reply, more: (await change.notes?.(client, reply)) ?? [] };
  };
  const { reply, more } = await withOperator(cli, credentials, send, options.output);
  const context = {
    verb: change.verb,
    waitMs: options.wait ? options.timeout : undefined,
    dryRun: options.dryRun ?? false,
    selects: options.selector !== undefined || options.host !== undefined,
    origin: change.origin,
    now: cli.now(),
  };
  // Before anything is printed: a reader that goes away ends the process with it.
  cli.exitCode = changeExitCode(reply, context);
  const { notes, lines, after } = changeText(reply, context);
  for (const note of [...more, ...notes]) say(cli, note);
  if (options.output === 'json' || options.output === 'yaml')
    await printValue(cli, options.output, changeJson(reply, change.verb));
  else for (const line of lines) cli.stdout.write(`${line}\n`);
  for (const note of after) say(cli, note);
}

/** For requests: how long the controller waits for hosts; left out for --no-wait. */
export function waitOf(options: Pick<ChangeOptions, 'wait' | 'waitAll' | 'timeout' | 'dryRun'>): {
  wait?: { timeoutMs: number; all: boolean };
} {
  return options.wait && !options.dryRun ? { wait: { timeoutMs: options.timeout, all: options.waitAll ?? false } } : {};
}
