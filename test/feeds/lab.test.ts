// A feed of a real controller, from a server that has an address of the Internet as far as the lab goes, to the kernel of a real host.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD, GOOD, Lab } from '../../lab/lab.ts';
import { Program, until } from '../../lab/program.ts';

const reason = Lab.whyNot();
const SERVER = '203.0.113.200';

describe.skipIf(reason)(`a feed in the lab${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  let server: Program;
  beforeAll(async () => {
    lab = await Lab.create({ hosts: 1 });
    await lab.startHosts();
    await lab.runAtController(['ip', 'address', 'add', `${SERVER}/32`, 'dev', 'lo']);
    await list('192.0.2.1\n');
    server = new Program({
      namespace: lab.controllerStation.namespace,
      command: [process.execPath, join(import.meta.dirname, 'list-server.ts'), `${SERVER}:8080`, lab.directory],
      logFile: join(lab.directory, 'list-server.log'),
    });
    await until('the server listens', async () => (await server.log()).includes('listening') || undefined);
  });
  afterAll(async () => {
    await server?.end('SIGKILL');
    await lab?.close();
  });

  const list = (text: string) => writeFile(join(lab.directory, 'list.txt'), text);
  const reaches = (source: string) => lab.attacker.reaches(source, lab.host(1).address, { count: 2 });
  const held = () => lab.synced().then(() => lab.hostRow('host1'));

  test('what is listed is dropped, what is listed no more passes', async () => {
    await until('an answer', async () => (await reaches(BAD)) || undefined);
    await list(`# a feed\n192.0.2.1\n${BAD}\n`);
    const added = await lab.fleetblock('feed', 'add', 'web', `http://${SERVER}:8080/list.txt`, '--all-hosts');
    expect(added.stdout).toBe('took feed web: 2 entries (2 new, 0 removed)');
    expect(await held()).toMatchObject({ entries: 2 });
    expect(await reaches(BAD)).toBe(false);
    expect(await reaches(GOOD)).toBe(true);
    await list('192.0.2.1\n');
    const { stdout } = await lab.fleetblock('feed', 'refresh', 'web');
    expect(stdout).toBe('took feed web: 1 entry (0 new, 1 removed)');
    await held();
    await until('an answer', async () => (await reaches(BAD)) || undefined);
  });

  test('a controller that was killed goes on from what it knew', async () => {
    await list(`192.0.2.1\n${BAD}\n`);
    await lab.fleetblock('feed', 'refresh', 'web');
    const before = await lab.json(0, 'feed', 'show', 'web');
    await lab.stopController('SIGKILL');
    await lab.startController();
    expect(await lab.json(0, 'feed', 'show', 'web')).toEqual(before);
    const revision = (await held()).revision;
    expect((await lab.fleetblock('feed', 'refresh', 'web')).stdout).toBe('feed web is unchanged');
    expect((await server.log()).trim().split('\n').at(-1)).toBe('304 /list.txt');
    expect((await held()).revision).toBe(revision);
    expect(await reaches(BAD)).toBe(false);
  });

  test('what is held is said, and what was there before stays in the kernel', async () => {
    await list('');
    const { stdout, stderr, exitCode } = await lab.fleetblock('feed', 'refresh', 'web');
    expect([stdout, exitCode]).toEqual(['held feed web, 0 entries: it is empty, and had 2 entries', 3]);
    expect(stderr).toMatch(/fleetblock feed refresh web --accept/);
    expect((await lab.fleetblock('feed', 'list')).stdout).toMatch(/^web +held +2 .*it is empty, and had 2 entries/m);
    expect((await lab.fleetblock('events', '--last', '5')).stdout).toMatch(/feed web is held/);
    expect(await reaches(BAD)).toBe(false);
    expect((await lab.fleetblock('feed', 'refresh', 'web', '--accept')).stdout).toMatch(/^took feed web: 0 entries/);
    await held();
    await until('an answer', async () => (await reaches(BAD)) || undefined);
  });

  test.each([
    `http://127.0.0.1:8080/list.txt`,
    `http://${SERVER}:8080/to/http://127.0.0.1:8080/list.txt`,
    `http://${SERVER}:8080/to/http://169.254.169.254/latest/meta-data`,
    `http://${SERVER}:8080/to/http://[::1]:8080/`,
    `http://${SERVER}:8080/to/http://localhost:8080/`,
    `http://${SERVER}:8080/to/http://192.168.1.10:7443/`,
  ])('no feed reaches what only the controller can: %s', async (url) => {
    const { stdout, exitCode } = await lab.fleetblock('feed', 'add', 'inside', url, '--all-hosts', '--dry-run');
    expect(stdout).toMatch(/^feed inside failed: .* is no address of the Internet: an admin may allow it/);
    expect(exitCode).toBe(1);
    expect((await lab.fleetblock('feed', 'list')).stdout).not.toMatch(/inside/);
  });

  test('removed, it takes its list along', async () => {
    await list(`192.0.2.1\n${BAD}\n`);
    await lab.fleetblock('feed', 'refresh', 'web');
    const { stdout } = await lab.fleetblock('feed', 'rm', 'web', '-R', 'over');
    expect(stdout).toBe('removed feed web and 2 entries');
    expect((await lab.fleetblock('audit', '--subject', 'web')).stdout).toMatch(/feed\.remove/);
    await held();
    await until('an answer', async () => (await reaches(BAD)) || undefined);
  });
});
