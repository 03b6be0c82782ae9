// What the documentation tells people to type is typed in the session that package.test.ts runs: a command or option that is documented
// new needs a line there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documentedIn, isTyped } from './documented.ts';
import { ROOT } from './install.ts';
import { AFTER_RESTORE, DETACH, RESTORE, SESSION, TYPED_BY_THE_LAB } from './session.ts';

test.each(['docs/cli.md', 'docs/integrate/feeds.md', 'README.md'])(
  'faults row 109: test/package/session.ts has every command and option of %s',
  (name) => {
    const typed = [...TYPED_BY_THE_LAB, ...[SESSION, RESTORE, AFTER_RESTORE, DETACH].flat().map(({ line }) => line)];
    const documented = documentedIn(readFileSync(join(ROOT, name), 'utf8'));
    expect(documented.length).toBeGreaterThan(10);
    expect(documented.filter((each) => !isTyped(each, typed))).toEqual([]);
  },
);

test('usages, their alternatives and lines for a shell are all found', () => {
  const found = documentedIn(
    '```\nfleetblock host list [--sorted] (-A | -l X) | drop A\nfleetblock lists\n             [--wide]\n```\n`fleetblock no`\n' +
      '```yaml\nfleetblock: no\n```\n```console\n$ fleetblock host list web\nsay fleetblock no\n```\n```sh\nfleetblock token make --bad | ssh x fleetblock-agent go --now   # why\n```\n',
  );
  expect(found.map(({ command, option }) => `${command} ${option ?? ''}`.trim())).toEqual([
    'fleetblock host list',
    'fleetblock host list --sorted',
    'fleetblock host list -A',
    'fleetblock host list -l',
    'fleetblock drop',
    'fleetblock lists',
    'fleetblock lists --wide',
    'fleetblock token make',
    'fleetblock token make --bad',
    'fleetblock-agent go',
    'fleetblock-agent go --now',
  ]);
});
