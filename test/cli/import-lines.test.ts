// What the guard of a real controller refuses in an import is named by the line of the operator's own file.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SyncFleet } from '../sync/fleet.ts';
import { runHere } from './support/cli.ts';

let fleet: SyncFleet;
beforeAll(async () => {
  fleet = await SyncFleet.start();
});
afterAll(() => fleet?.stop());

const decision = (value: string) => ({ duration: '4h', scope: 'ip', value });

const FILES: readonly [string, string, string[], number][] = [
  [
    'plain',
    'list.netset',
    ['# a comment', '', '2001:db8::1', '198.51.100.1', '127.0.0.1 # loopback', '198.51.100.2'],
    5,
  ],
  ['plain, IPv6 after IPv4', 'six.txt', ['2001:db8::1', 'fe80::/64', '198.51.100.1', '198.51.100.2'], 2],
  [
    'cscli CSV',
    'list.csv',
    ['duration,scope,value,reason', '4h,ip,198.51.100.1,"two', 'lines"', '4h,range,10.0.0.0/7,x'],
    4,
  ],
  ['cscli JSON', 'list.json', [JSON.stringify([decision('198.51.100.1'), decision('224.0.0.1')], null, 2)], 7],
];

test.each(FILES)('faults row 16: %s', async (_what, name, lines, line) => {
  const file = join(fleet.directory, name);
  // Many good rows after it: what is refused comes in the first of several messages.
  const rest = name.endsWith('t')
    ? Array.from({ length: 70_000 }, (_, i) => `20.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)
    : [];
  writeFileSync(file, `${[...lines, ...rest].join('\n')}\n`);
  const { exitCode, stderr } = await runHere(['import', file, '--list', 'x', '--all-hosts'], {
    env: {
      FLEETBLOCK_CONFIG: join(fleet.directory, 'data', 'operators', 'admin.yaml'),
      FLEETBLOCK_CONTROLLER: fleet.address,
    },
  });
  expect(stderr).toContain(`refused: ${file} line ${line}: `);
  expect(exitCode).toBe(4);
  expect(await fleet.server.store.lists()).toEqual([]);
});

test('a row of a later message is named by its line, too', async () => {
  const rows = Array.from({ length: 140_000 }, (_, i) => `20.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  rows[139_000] = '169.254.1.1';
  const { stderr } = await runHere(['import', '-', '--list', 'x', '--all-hosts'], {
    stdin: `# head\n${rows.join('\n')}`,
    env: {
      FLEETBLOCK_CONFIG: join(fleet.directory, 'data', 'operators', 'admin.yaml'),
      FLEETBLOCK_CONTROLLER: fleet.address,
    },
  });
  expect(stderr).toContain('refused: stdin line 139002: 169.254.1.1/32 covers link-local');
});
