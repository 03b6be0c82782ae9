// Rows of JSON of any shape, by a pointer to them (RFC 6901, with * for every element of an array): the operator knows what they are.
import type { JsonItem } from '../json-items.ts';
import { bad, type Rows } from '../rows.ts';

/** The addresses in the array, or the members, that `pointer` names. @throws FleetblockError INVALID_ARGUMENT: nothing stands there */
export function readPointer(items: Iterable<JsonItem>, pointer: string, rows: Rows): void {
  const keys = pointer.split('/').slice(1);
  const wanted = pathOf(keys);
  const parent = pathOf(keys.slice(0, -1));
  const member = unescaped(keys.at(-1) ?? '');
  for (const { path, line, value, members } of items) {
    if (path === `${wanted}[]` || (value !== undefined && path === wanted))
      rows.at(line, () => {
        if (value === undefined)
          throw bad(`an object stands at ${pointer}: write ${pointer}/*/NAME for a member of it`);
        rows.prefixOrRange(value);
      });
    else if (value === undefined && path === parent && member !== '*') {
      const text = members.get(member);
      // The elements of an array come by themselves.
      if (text === undefined || text === 'null') rows.leaveOut(`nothing at ${pointer}`);
      else if (text !== '[') rows.at(line, () => rows.prefixOrRange(text));
    }
  }
  if (rows.columns.count === 0 && rows.findings.count === 0) throw bad(`nothing stands at ${pointer}`);
}

/** As JsonItem has it: `data[].ip`. */
function pathOf(keys: readonly string[]): string {
  return keys.reduce(
    (path, key) => (key === '*' ? `${path}[]` : `${path}${path === '' ? '' : '.'}${unescaped(key)}`),
    '',
  );
}

function unescaped(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
