// What a terminal shows while a change waits for hosts, and when the wait is interrupted.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type HostIdentity, SimulatedHost, SyncFleet, until } from '../sync/fleet.ts';
import { type RunOptions, runHere } from './support/cli.ts';

const ONE_OF_TWO = '1/2 hosts hold it ...';
/** The line is taken away. */
const CLEARED = '\r\u001b[K';

let fleet: SyncFleet;
let first: SimulatedHost;
let second: HostIdentity;
beforeAll(async () => {
  fleet = await SyncFleet.start();
  first = await fleet.agent('host0');
  second = await fleet.enroll('host1');
});
afterAll(async () => {
  await first?.stop();
  await fleet?.stop();
});
beforeEach(async () => {
  await until('host0 is synced', async () => (await fleet.operator.host('host0')).status === 'synced');
});

function fleetblock(words: string, options: RunOptions = {}) {
  const env = {
    FLEETBLOCK_CONFIG: join(fleet.directory, 'data/operators/admin.yaml'),
    FLEETBLOCK_CONTROLLER: fleet.address,
    TERM: 'xterm',
  };
  return runHere(words.split(' '), { env, ...options });
}

/** Runs it at a terminal; `act` once the line is there. */
function typed(words: string, act: () => void, options: RunOptions = {}) {
  let acted = false;
  const onWords = (stderr: string) => {
    if (acted || !stderr.includes(ONE_OF_TWO)) return;
    acted = true;
    act();
  };
  return fleetblock(words, { person: true, onWords, ...options });
}

const list = () => {
  const path = join(fleet.directory, 'list.txt');
  writeFileSync(path, '198.51.100.1\n198.51.100.2\n');
  return path;
};

test.each([
  ['block 203.0.113.1 -A --wait=all --timeout 60s', /^blocked 203\.0\.113\.1\/32 on 2\/2 hosts/],
  ['import LIST --list waits -A --wait=all --timeout 60s', /^imported list waits: 2 entries .*on 2\/2 hosts/],
])('faults row 125: a terminal shows how many hosts hold a change, until the rest do: %s', async (words, done) => {
  let late: SimulatedHost | undefined;
  const { stdout, stderr, exitCode } = await typed(words.replace('LIST', list()), () => {
    late = new SimulatedHost(fleet.address, second);
  });
  await late?.stop();
  expect(stdout).toMatch(done);
  expect(stderr).toContain(`\r\u001b[K${ONE_OF_TWO}`);
  expect(stderr.endsWith(CLEARED)).toBe(true);
  expect(exitCode).toBe(0);
});

test.each(['203.0.113.2', '203.0.113.3 -o json'])(
  'faults row 125: pipes and JSON get no such line: block %s',
  async (words) => {
    const person = words.includes('json');
    const { stderr, exitCode } = await fleetblock(`block ${words} -A --wait=all --timeout 1s`, { person });
    expect(stderr).toMatch(/^pending: host1 is offline[^\r]*\n$/);
    expect(exitCode).toBe(3);
  },
);

test('faults row 126: Ctrl-C while hosts are waited for says that the change is committed, and as which revision', async () => {
  const run = new AbortController();
  const { stdout, stderr, exitCode } = await typed('block 203.0.113.4 -A --wait=all --timeout 60s', () => run.abort(), {
    signal: run.signal,
  });
  const { head } = fleet.server.store;
  expect(stderr).toContain(
    `${CLEARED}fleetblock: interrupted: the change is committed (revision ${head}) and still goes to the hosts: see fleetblock hosts\n`,
  );
  expect(stdout).toBe('');
  expect(exitCode).toBe(1);
  expect((await fleet.operator.entries({ prefix: '203.0.113.4' })).map(({ prefix }) => prefix)).toEqual([
    '203.0.113.4/32',
  ]);
});
