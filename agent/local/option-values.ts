// Single values of the agent's settings: what commander, a variable or the YAML file gave, checked and in the form that the
// program uses.
import { InvalidArgumentError } from 'commander';
import { FleetblockError } from '../../common/errors.ts';
import { isValidName } from '../../common/text/selector.ts';
import type { XdpModeRequest } from '../datapath/datapath.ts';

/** The choices of `-o`. */
export type Format = 'table' | 'json';

/** Of a command, by attribute name. */
export type Options = Readonly<Record<string, unknown>>;

/** For `--capacity`. @throws InvalidArgumentError: commander names the option in its message */
export function readCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1000 || count > 100_000_000)
    throw new InvalidArgumentError('give a number from 1000 to 100000000');
  return count;
}

/** For `--xdp-mode` and its key in the YAML file. @throws FleetblockError INVALID_ARGUMENT: none of the three */
export function readMode(mode: string): XdpModeRequest {
  // A variable or the YAML file can say anything: commander checks the choices of flags and variables only.
  if (mode !== 'auto' && mode !== 'native' && mode !== 'generic')
    throw new FleetblockError('INVALID_ARGUMENT', `xdp-mode ${JSON.stringify(mode)}: choose auto, native or generic`);
  return mode;
}

/** A flag is true; a variable or the YAML file may say it in words. */
export function isYes(value: unknown): boolean {
  return value === true || value === 'true' || value === '1' || value === 'yes';
}

/** `-o` is checked by commander: what is not `json` is the table. */
export function readFormat(options: Options): Format {
  return options.output === 'json' ? 'json' : 'table';
}

/** For `--ssh-ports`. @throws FleetblockError INVALID_ARGUMENT: not a number from 1 to 65535 */
export function readPort(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `ssh-ports ${JSON.stringify(value)}: a port is a number from 1 to 65535`,
    );
  return port;
}

/** `key=value` as a pair, both valid names. @throws FleetblockError INVALID_ARGUMENT */
export function readLabel(label: string): [string, string] {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(label) ?? [];
  if (!isValidName(key ?? '') || !isValidName(value ?? ''))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `label ${JSON.stringify(label)}: write key=value, each of letters, digits, dots, underscores and hyphens`,
    );
  return [key ?? '', value ?? ''];
}

/** The option's value, empty when it is not given. @throws FleetblockError INVALID_ARGUMENT: a list or a number in the YAML file */
export function text(options: Options, name: string): string {
  const value = options[name] ?? '';
  if (typeof value !== 'string') throw new FleetblockError('INVALID_ARGUMENT', `${name} is given once, as a text`);
  return value;
}

/** The values of a repeatable option as texts; `otherwise` when it is not given. */
export function list(options: Options, name: string, otherwise: readonly string[] = []): string[] {
  const value = options[name];
  return Array.isArray(value) ? value.map(String) : [...otherwise];
}
