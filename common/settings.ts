// Settings of the three programs: flags, then FLEETBLOCK_* variables (commander's `.env()`), then a YAML file.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { FleetblockError, messageOf } from './errors.ts';

/**
 * Gives options that neither a flag nor a variable has set the values of a YAML file, keyed by the long flag's name
 * (`state-dir: /var/lib/fleetblock`). Call it from a `preAction` hook.
 * @param known settings of a program's other commands, which one file may serve: passed over
 * @throws FleetblockError INVALID_ARGUMENT: unreadable file, not a mapping, or a key that is no option of the command.
 */
export function applyYamlFile(command: Command, path: string, known: ReadonlySet<string> = new Set()): void {
  const settings = readYamlMapping(path);
  for (const [key, value] of Object.entries(settings)) {
    const option = command.options.find((candidate) => candidate.long === `--${key}`);
    if (!option && known.has(key)) continue;
    if (!option)
      throw new FleetblockError('INVALID_ARGUMENT', `${path}: ${key} is not a setting: see ${command.name()} --help`);
    const name = option.attributeName();
    const source = command.getOptionValueSource(name);
    if (source !== undefined && source !== 'default') continue;
    const raw = Array.isArray(value) ? value.map(String) : typeof value === 'boolean' ? value : String(value);
    command.setOptionValueWithSource(
      name,
      option.parseArg && typeof raw === 'string' ? option.parseArg(raw, undefined) : raw,
      'config',
    );
  }
}

function readYamlMapping(path: string): Record<string, unknown> {
  let document: unknown;
  try {
    document = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new FleetblockError('INVALID_ARGUMENT', `cannot read settings from ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (document === null) return {};
  if (typeof document !== 'object' || Array.isArray(document))
    throw new FleetblockError('INVALID_ARGUMENT', `${path} must be a YAML mapping of setting names to values`);
  return { ...document };
}
