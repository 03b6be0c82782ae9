// Labels as people type them: key=value.
import { FleetblockError } from '../../../common/errors.ts';
import { isValidName } from '../../../common/text/selector.ts';

/** @throws FleetblockError INVALID_ARGUMENT: not key=value, or a key or value that no label can have. */
export function parseLabels(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key = '', value = ''] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
      if (!isValidName(key) || !isValidName(value))
        throw new FleetblockError(
          'INVALID_ARGUMENT',
          `${JSON.stringify(pair)} is not a label: write one like env=prod (letters, digits, dots, hyphens)`,
        );
      return [key, value];
    }),
  );
}
