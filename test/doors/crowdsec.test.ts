// A real CrowdSec decides, and every host drops: what comes, what goes, two decisions on one address, and a LAPI that is away.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD, GOOD, Lab, OTHER } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';
import { RealLapi } from './real-lapi.ts';

const reason = Lab.whyNot();

describe.skipIf(reason)(`CrowdSec as a source${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  let lapi: RealLapi;
  beforeAll(async () => {
    lab = await Lab.create();
    await lab.startHosts();
    lapi = await RealLapi.start(lab);
    const key = join(lab.directory, 'lapi.key');
    await writeFile(key, await lapi.cscli('bouncers', 'add', 'fleetblock', '-o', 'raw'), { mode: 0o600 });
    const words = ['--format', 'crowdsec', '--key-file', key, '--allow-private', '--all-hosts'];
    const added = await lab.fleetblock('feed', 'add', 'crowdsec', lapi.url, ...words);
    if (added.exitCode !== 0) throw new Error(added.stderr);
  });
  afterAll(async () => {
    await lapi?.stop();
    await lab?.close();
  });

  const reach = (source: string) =>
    Promise.all(lab.hosts.map((host) => lab.attacker.reaches(source, host.address, { count: 1 })));
  const all = (source: string, passes: boolean) =>
    until(`${source} to be ${passes ? 'passed' : 'dropped'} by all`, async () =>
      (await reach(source)).every((each) => each === passes) ? true : undefined,
    );
  const feed = async (): Promise<{ rows: number; error: string | null }> =>
    JSON.parse(JSON.stringify(await lab.json(0, 'feed', 'show', 'crowdsec')));

  test('a ban there is dropped on every host, and passes when it is deleted', async () => {
    await lapi.cscli('decisions', 'add', '-i', BAD, '-d', '4h');
    await all(BAD, false);
    expect(await reach(GOOD)).toEqual([true, true, true]);
    await lapi.cscli('decisions', 'delete', '-i', BAD);
    await all(BAD, true);
  });

  test('of two decisions on one address one goes: it stays dropped', async () => {
    await lapi.cscli('decisions', 'add', '-i', BAD, '-d', '4h', '-R', 'one');
    await lapi.cscli('decisions', 'add', '-i', BAD, '-d', '1h', '-R', 'two');
    await lapi.cscli('decisions', 'add', '-i', OTHER, '-d', '1h');
    await all(OTHER, false);
    const long = (await lapi.decisions()).find(({ value, scenario }) => value === BAD && scenario === 'one');
    await lapi.cscli('decisions', 'delete', '--id', `${long?.id}`);
    // What comes after it has been heard of.
    await lapi.cscli('decisions', 'delete', '-i', OTHER);
    await all(OTHER, true);
    expect(await reach(BAD)).toEqual([false, false, false]);
    await lapi.cscli('decisions', 'delete', '-i', BAD);
    await all(BAD, true);
  });

  test('a LAPI that is killed ends nothing; what it decides when it is back is heard', async () => {
    await lapi.cscli('decisions', 'add', '-i', BAD, '-d', '4h');
    await all(BAD, false);
    await lapi.stop('SIGKILL');
    await until('the feed to say so', async () => ((await feed()).error !== null ? true : undefined));
    expect(await reach(BAD)).toEqual([false, false, false]);
    await lapi.run();
    await lapi.cscli('decisions', 'add', '-i', OTHER, '-d', '4h');
    await all(OTHER, false);
    expect(await reach(BAD)).toEqual([false, false, false]);
    expect((await feed()).error).toBeNull();
  });

  test('a controller that was away hears what came and went meanwhile', async () => {
    await lab.stopController('SIGKILL');
    await lapi.cscli('decisions', 'delete', '-i', OTHER);
    await lapi.cscli('decisions', 'add', '-i', GOOD, '-d', '4h');
    await lab.startController();
    await all(GOOD, false);
  });

  test('20,000 decisions at once', async () => {
    const file = join(lab.directory, 'decisions.json');
    const rows = Array.from({ length: 20_000 }, (_, i) => {
      return { duration: '4h', scope: 'ip', type: 'ban', value: `20.1.${i >> 8}.${i & 255}`, reason: 'many' };
    });
    await writeFile(file, JSON.stringify(rows));
    // CrowdSec's own database is locked for as long as it imports, also for those who ask.
    await lab.fleetblock('feed', 'pause', 'crowdsec');
    await lapi.cscli('decisions', 'import', '-i', file);
    await lab.fleetblock('feed', 'resume', 'crowdsec');
    await until('all of them in every kernel', async () => {
      const hosts = await lab.hostRows();
      return hosts.every(({ entries, status }) => entries >= 20_000 && status === 'synced') ? true : undefined;
    });
  });
});
