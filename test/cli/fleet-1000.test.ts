// A fleet of a thousand hosts, a quarter of them away, on a terminal of 80 by 24.
import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Host } from '../../proto/gen/fleetblock/v1/Host.ts';
import { whole } from './support/replies.ts';
import { NOW, ScriptedCli } from './support/scripted-cli.ts';

const cli = ScriptedCli.forFile();
const name = (i: number) => `web-${String(i).padStart(4, '0')}.rack-12.example.net`;
const hosts: Host[] = Array.from({ length: 1000 }, (_, i) => ({
  name: name(i),
  labels: { env: i % 2 === 0 ? 'prod' : 'test' },
  status: i % 4 === 0 ? 'offline' : i === 501 ? 'degraded' : 'synced',
  revision: 1_000_000 + i,
  entries: 1_010_115,
  interfaces: [{ name: 'eth0', mode: 'native', problem: i === 501 || i === 502 ? 'eth0: no native XDP' : '' }],
  problems: i === 501 || i === 502 ? ['eth0: no native XDP'] : [],
  counters: { droppedPackets: i },
  lastSeenMs: NOW - i * 1000,
}));
const names = async (words: string[]) =>
  (await cli.json(['hosts', ...words])).map((host: { name: string }) => host.name);

beforeEach(() => {
  cli.controller.script.listHosts = () => ({ hosts, revision: 1_000_999 });
});

describe('hosts', () => {
  test('faults row 95: by name, labels and state', async () => {
    expect(await names([name(3), `${name(1)},${name(2)}`])).toEqual([name(1), name(2), name(3)]);
    expect(await names(['--status', 'offline', '-l', 'env=prod'])).toHaveLength(250);
    expect(await names(['--status', 'degraded', '--status', 'offline', '-l', 'env=test'])).toEqual([name(501)]);
    expect((await names(['--sort', 'dropped'])).slice(0, 2)).toEqual([name(999), name(998)]);
    const unknown = await cli.fleetblock(['hosts', 'web1']);
    expect(unknown).toMatchObject({
      exitCode: 1,
      stderr: 'fleetblock: there is no host web1: fleetblock hosts shows them all\n',
    });
    expect((await cli.fleetblock(['hosts', '--status', 'lagging'])).stderr).toBe('no host matches\n');
  });

  test('faults row 95: the worst first; a line is a line; what is wrong is said once', async () => {
    const { stdout, stderr } = await cli.fleetblock(['hosts'], { terminal: 80 });
    const lines = stripVTControlCharacters(stdout).trimEnd().split('\n');
    expect(lines).toHaveLength(1001);
    expect(lines[1]).toMatch(/^web-0000\S*… +offline /);
    expect(lines[251]).toMatch(/^web-0501\S*… +degraded /);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(stderr).toBe(`2 hosts (${name(501)}, ${name(502)}): eth0: no native XDP\n`);
  });
});

test.each([['watch'], ['hosts', '-w']])('faults row 95: %s %s is a screen', async (...words) => {
  const stop = new AbortController();
  let draws = 0;
  cli.controller.script.listHosts = () => {
    if (++draws === 2) stop.abort();
    return { hosts, revision: 1_000_999 };
  };
  const { stdout, exitCode } = await cli.fleetblock([...words, '--interval', '200ms'], {
    terminal: 80,
    signal: stop.signal,
  });
  expect(exitCode).toBe(0);
  const screen = stripVTControlCharacters(stdout.split('\u001b[H')[1] ?? '').split('\n');
  expect(screen.length).toBeLessThanOrEqual(24);
  for (const line of screen) expect(line.length).toBeLessThanOrEqual(80);
  expect(screen[0]).toBe('hosts      1,000: 749 synced, 1 degraded, 250 offline');
  expect(screen.join('\n')).toMatch(/\n\+ 749 synced, 1 degraded, 235 offline\n2 hosts \(.*(no native XDP|…)\n$/);
});

test('status names the first that are away', async () => {
  const { stdout } = await cli.fleetblock(['status']);
  expect(stdout).toContain(`\noffline    ${[0, 4, 8, 12, 16].map(name).join(', ')} and 245 more\n`);
  expect(stdout).toContain(`\ndegraded   ${name(501)}\n`);
});

test('doctor counts instead of repeating; JSON has every host', async () => {
  const { stdout, exitCode } = await cli.fleetblock(['doctor']);
  expect(exitCode).toBe(1);
  expect(stdout.trimEnd().split('\n')).toHaveLength(3 + 4);
  expect(stdout).toMatch(/\nok +host +748 hosts \(web-0001\S+, web-0002\S+, web-0003\S+, \.\.\.\) are synced\n/);
  expect(stdout).toMatch(
    /\nfailed +host +250 hosts \(web-0000.*\) are offline: see systemctl status fleetblock-agent there\n/,
  );
  expect(await cli.json(['doctor'])).toHaveLength(1003);
});

test('faults row 95: what is pending is one line a kind, and the proof comes last', async () => {
  const away = hosts
    .filter(({ status }) => status === 'offline')
    .map((host) => ({ name: host.name ?? '', status: 'offline' }));
  cli.controller.script.block = (request) => ({
    ...whole(request),
    hosts: {
      targeted: 1000,
      enforced: 745,
      pending: [...away, { name: name(1), status: 'lagging' }, { name: name(2), status: 'lagging' }],
      failed: [3, 5, 6].map((i) => ({ name: name(i), code: 'CAPACITY', text: 'the maps hold 1000 entries' })),
    },
  });
  const { stdout, stderr, exitCode } = await cli.fleetblock(['block', '192.0.2.1', '-A']);
  expect(exitCode).toBe(3);
  expect(stdout).toBe('blocked 192.0.2.1/32 on 745/1000 hosts in 9 ms (revision 42)\n');
  expect(stderr).toBe(
    [
      `failed: 3 hosts refused it (${name(3)}, ${name(5)}, ${name(6)}): CAPACITY: the maps hold 1000 entries`,
      `pending: 250 offline (${name(0)}, ${name(4)}, ${name(8)}, ...): they take the change when they reconnect`,
      `pending: 2 lagging (${name(1)}, ${name(2)}): no proof within 10s, it is still being sent`,
      '',
    ].join('\n'),
  );
});
