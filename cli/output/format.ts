// The forms of output (-o) and their choice.
import type { Cli } from '../environment.ts';

/** `table` and `wide` are for people, `json` and `yaml` for programs. */
export type OutputForm = 'table' | 'wide' | 'json' | 'yaml';

/** The choices of `-o`, unless a command has its own. */
export const OUTPUT_FORMS: readonly OutputForm[] = ['table', 'wide', 'json', 'yaml'];

/** Prints one value as JSON or YAML. */
export async function printValue(cli: Cli, form: 'json' | 'yaml', value: object): Promise<void> {
  if (form === 'json') {
    cli.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    return;
  }
  const { stringify } = await import('yaml');
  cli.stdout.write(stringify(value));
}
