// Options that several commands share, with one wording.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { formatDuration, parseDuration } from '../../common/text/duration.ts';
import type { Stages } from '../../proto/gen/fleetblock/v1/Stages.ts';
import { OUTPUT_FORMS } from '../output/format.ts';

/** Redrawing more often is load for the controller and not visible, milliseconds. */
const MIN_INTERVAL_MS = 200;

/** For commander: a bad value is a usage error that names the form. */
function duration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** -A, -H and -l: targetOf() reads them and refuses more than one. */
export function addTarget(command: Command): Command {
  return command
    .option('-A, --all-hosts', 'every host of the fleet, also those that join later')
    .addOption(new Option('-H, --host <name...>', 'this host; several: repeat it, list them, or separate by commas'))
    .option('-l, --selector <terms>', 'hosts by labels: env=prod,role!=db');
}

/** `timeoutMs`: the default of --timeout. */
export function addWait(command: Command, timeoutMs = 10_000): Command {
  return command
    .addOption(new Option('--wait', 'wait for the proof of all targeted hosts that are connected').default(true, 'yes'))
    .option('--wait-all', 'also wait for hosts that have been offline for some time (also: --wait=all)')
    .option('--no-wait', 'return once the change is committed')
    .addOption(
      new Option('--timeout <time>', 'how long to wait')
        // None at all: what is proven by then counts.
        .argParser((text) => (/^0(?:ms|[smhdw])?$/.test(text) ? 0 : duration(text)))
        .default(timeoutMs, formatDuration(timeoutMs)),
    );
}

/** -o, `table` unless said otherwise. */
export function addOutput(command: Command): Command {
  return command.addOption(
    new Option('-o, --output <form>', 'form of the output').choices(OUTPUT_FORMS).default('table'),
  );
}

/** -f, read by readPrefixes() together with the prefixes of the command line. */
export function addFile(command: Command): Command {
  return command.option('-f, --file <file>', 'also the prefixes in this file, one per line (- is stdin)');
}

/** --stages and --bake: read by stagesOf(). */
export function addStages(command: Command): Command {
  return command
    .option(
      '--stages <stages>',
      'reach the hosts in stages, and undo it if they get worse: 1%,10%,100%; a label first: canary=yes,100%',
    )
    .addOption(durationOption('--bake <time>', 'how long each stage is watched (default: 2m)'))
    .addOption(
      haltDropsOption('undo a stage when one of its hosts drops more packets per second (default: any number)'),
    )
    .addOption(
      repeatedOption('--ignore-host <name>', 'go on although this host says that it talks to a listed address'),
    );
}

/** As commander parses them. */
export interface StageOptions {
  readonly stages?: string;
  /** Milliseconds. */
  readonly bake?: number;
  /** Packets per second. */
  readonly haltDrops?: number;
  readonly ignoreHost?: readonly string[];
}

/** For requests; empty without stages. @throws FleetblockError INVALID_ARGUMENT */
export function stagesOf({ stages, bake, haltDrops, ignoreHost }: StageOptions): { stages?: Stages } {
  if (stages !== undefined) {
    const halts = { haltDrops: haltDrops ?? 0, ignoreHosts: [...(ignoreHost ?? [])] };
    return { stages: { stages: stages.split(','), bakeMs: bake ?? 120_000, ...halts } };
  }
  if (bake === undefined && haltDrops === undefined && ignoreHost === undefined) return {};
  throw new FleetblockError(
    'INVALID_ARGUMENT',
    '--bake, --halt-drops and --ignore-host are of stages: say --stages 1%,10%,100% too',
  );
}

/** --halt-drops. */
export function haltDropsOption(description: string): Option {
  return new Option('--halt-drops <packets>', description).argParser(parseCount);
}

/** -R: goes to the audit with the change. */
export function addReason(command: Command): Command {
  return command.option('-R, --reason <text>', 'the reason, kept with the change and in the audit');
}

/** The value is in milliseconds; a text that is no duration is a usage error. */
export function durationOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(duration);
}

/** How often something is drawn: 2 s unless said otherwise, never so often that it is a load. */
export function intervalOption(flags: string, description: string): Option {
  const interval = (text: string) => {
    const ms = duration(text);
    if (ms < MIN_INTERVAL_MS) throw new InvalidArgumentError(`at least ${MIN_INTERVAL_MS}ms`);
    return ms;
  };
  return new Option(flags, description).argParser(interval).default(2000, '2s');
}

/** A whole number. */
export function countOption(flags: string, description: string, standard: number): Option {
  return new Option(flags, description).argParser(parseCount).default(standard);
}

/** For commander. */
export function parseCount(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('write a number like 100');
  return Number(text);
}

/** Each occurrence adds one value to a list: nothing is split at commas. */
export function repeatedOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(collect);
}

/** The part of --help that people read first. */
export function addExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}\n`).join('')}`);
}
