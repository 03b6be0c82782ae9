// unblock, allow, and what a controller refuses; against a scripted controller over mutual TLS.
import { describe, expect, test } from 'vitest';
import { FleetblockError } from '../../common/errors.ts';
import type { UnblockRequest__Output } from '../../proto/gen/fleetblock/v1/UnblockRequest.ts';
import { whole } from './support/replies.ts';
import { NOW, ScriptedCli } from './support/scripted-cli.ts';

const cli = ScriptedCli.forFile();
const fleetblock = (...args: string[]) => cli.fleetblock(args);

describe('unblock', () => {
  const claim = {
    prefix: '10.0.0.0/8',
    action: 'ACTION_BLOCK' as const,
    origin: 'list:drop',
    selector: { allHosts: true },
    reason: 'a bad net',
    actor: 'admin/alice',
    createdAtMs: Date.parse('2026-11-24T00:00:00Z'),
  };

  test('says what the block line says, the other way round', async () => {
    let asked: UnblockRequest__Output | undefined;
    cli.controller.script.unblock = (request) => {
      asked = request;
      return whole(request, 'REMOVED');
    };
    expect(await fleetblock('unblock', '192.168.1.100')).toEqual({
      exitCode: 0,
      stdout: 'unblocked 192.168.1.100/32 on 3/3 hosts in 9 ms (revision 42)\n',
      stderr: '',
    });
    expect(asked).toMatchObject({
      prefixes: ['192.168.1.100/32'],
      origin: 'manual',
      target: null,
      action: 'ACTION_BLOCK',
    });
  });

  test('what was not blocked is said plainly, and is no error', async () => {
    cli.controller.script.unblock = ({ prefixes }) => ({
      revision: 42,
      outcomes: prefixes.map((prefix) => ({ prefix, change: 'NOT_FOUND' })),
      hosts: { targeted: 3, enforced: 2 },
    });
    expect(await fleetblock('unblock', '192.168.1.100')).toEqual({
      exitCode: 0,
      stdout: '192.168.1.100/32 was not blocked\n',
      stderr: '',
    });
  });

  test('what still blocks it is named: the line does not claim that it is free', async () => {
    cli.controller.script.unblock = (request) => ({
      ...whole(request, 'REMOVED'),
      outcomes: [{ prefix: '10.1.2.3/32', change: 'REMOVED', stillBlockedBy: [claim] }],
    });
    expect(await fleetblock('unblock', '10.1.2.3')).toEqual({
      exitCode: 3,
      stdout: 'removed the manual claim on 10.1.2.3/32 on 3/3 hosts in 9 ms (revision 42), but it is still blocked\n',
      stderr:
        '10.1.2.3/32 is still blocked by 10.0.0.0/8 of list:drop on all, without end: a bad net\nto take it out of that list: fleetblock unblock 10.1.2.3/32 --origin list:drop\n',
    });
    const { stdout } = await fleetblock('unblock', '10.1.2.3', '-o', 'json');
    expect(JSON.parse(stdout)).toEqual({
      revision: 42,
      prefixes: ['10.1.2.3/32'],
      hosts: { targeted: 3, enforced: 3, pending: [], failed: [] },
      elapsedMs: 8.7,
      notFound: [],
      stillBlocked: [
        {
          prefix: '10.1.2.3/32',
          by: [
            {
              prefix: '10.0.0.0/8',
              action: 'block',
              origin: 'list:drop',
              selector: 'all',
              reason: 'a bad net',
              actor: 'admin/alice',
              createdAt: '2026-11-24T00:00:00.000Z',
              expiresAt: null,
            },
          ],
        },
      ],
    });
  });

  test('faults row 105: still blocked is another answer than free, on stdout and as exit code', async () => {
    cli.controller.script.unblock = () => ({
      revision: 42,
      outcomes: [{ prefix: '10.1.2.3/32', change: 'NOT_FOUND', stillBlockedBy: [claim] }],
      hosts: { targeted: 3, enforced: 3 },
    });
    for (const more of [[], ['--no-wait'], ['--dry-run']])
      expect(await fleetblock('unblock', '10.1.2.3', ...more)).toMatchObject({
        exitCode: 3,
        stdout: '10.1.2.3/32 is still blocked, but not by manual\n',
        stderr: expect.stringContaining('fleetblock unblock 10.1.2.3/32 --origin list:drop\n'),
      });
  });

  test('faults row 104: an exception of a list is reported as one, with the command that takes it back', async () => {
    let asked: UnblockRequest__Output | undefined;
    cli.controller.script.unblock = (request) => {
      asked = request;
      return whole(request, 'REMOVED');
    };
    expect(await fleetblock('unblock', '203.0.113.7', '--origin', 'list:drop', '-R', 'false positive')).toEqual({
      exitCode: 0,
      stdout: 'unblocked 203.0.113.7/32 on 3/3 hosts in 9 ms (revision 42)\n',
      stderr: 'list drop keeps this as an exception; to take it back: fleetblock lists include drop 203.0.113.7/32\n',
    });
    expect(asked).toMatchObject({ origin: 'list:drop', target: null, reason: 'false positive' });
    cli.controller.script.includeInList = ({ list, prefixes }) => {
      expect(list).toBe('drop');
      return whole({ prefixes }, 'ADDED');
    };
    expect((await fleetblock('lists', 'include', 'drop', '203.0.113.7')).stdout).toBe(
      'took back the exception of 203.0.113.7/32 on 3/3 hosts in 9 ms (revision 42)\n',
    );
    cli.controller.script.includeInList = ({ prefixes }) => ({
      outcomes: prefixes.map((prefix) => ({ prefix, change: 'NOT_FOUND' })),
    });
    expect((await fleetblock('lists', 'include', 'drop', '203.0.113.7/32')).stdout).toBe(
      '203.0.113.7/32 was no exception\n',
    );
  });

  test('faults row 104: the exceptions of a list are shown', async () => {
    const one = { prefix: '203.0.113.7/32', actor: 'admin/alice', reason: 'ticket', createdAtMs: NOW - 60_000 };
    cli.controller.script.listExceptions = () => [one];
    expect((await fleetblock('lists', 'exceptions', 'drop')).stdout).toBe(
      'PREFIX          SINCE   BY           REASON\n203.0.113.7/32  1m ago  admin/alice  ticket\n',
    );
    expect(await cli.json(['lists', 'exceptions', 'drop'])).toEqual([
      { prefix: '203.0.113.7/32', reason: 'ticket', actor: 'admin/alice', createdAt: '2026-11-24T11:59:00.000Z' },
    ]);
  });

  test('each prefix gets its own truth', async () => {
    cli.controller.script.unblock = () => ({
      revision: 7,
      outcomes: [
        { prefix: '192.0.2.1/32', change: 'REMOVED' },
        { prefix: '192.0.2.2/32', change: 'NOT_FOUND' },
        { prefix: '10.1.2.3/32', change: 'NOT_FOUND', stillBlockedBy: [claim] },
      ],
      hosts: { targeted: 1, enforced: 1 },
      elapsedMs: 3,
    });
    expect(await fleetblock('unblock', '192.0.2.1', '192.0.2.2', '10.1.2.3')).toEqual({
      exitCode: 3,
      stdout:
        'unblocked 192.0.2.1/32 on 1/1 hosts in 3 ms (revision 7)\n192.0.2.2/32 was not blocked\n10.1.2.3/32 is still blocked, but not by manual\n',
      stderr:
        '10.1.2.3/32 has no manual claim, but is still blocked by 10.0.0.0/8 of list:drop on all, without end: a bad net\nto take it out of that list: fleetblock unblock 10.1.2.3/32 --origin list:drop\n',
    });
  });
});

describe('allow', () => {
  test('add and rm', async () => {
    const actions: string[] = [];
    cli.controller.script.block = (request) => {
      actions.push(request.action);
      return whole(request);
    };
    cli.controller.script.unblock = (request) => {
      actions.push(request.action);
      return whole(request, 'REMOVED');
    };
    const { stdout } = await fleetblock('allow', 'add', '198.51.100.0/24', '--all-hosts');
    expect(stdout).toBe('allowed 198.51.100.0/24 on 3/3 hosts in 9 ms (revision 42)\n');
    const removed = await fleetblock('allow', 'rm', '198.51.100.0/24');
    expect(removed.stdout).toBe('stopped allowing 198.51.100.0/24 on 3/3 hosts in 9 ms (revision 42)\n');
    expect(actions).toEqual(['ACTION_ALLOW', 'ACTION_ALLOW']);
  });
});

describe('what the controller refuses', () => {
  test.each([
    ['PERMISSION_DENIED', 4, 'the role viewer may not block'],
    ['FAILED_PRECONDITION', 4, '0.0.0.0/0 is wider than /8: an admin may add --force'],
    ['UNAUTHENTICATED', 4, 'these credentials were revoked'],
    ['INVALID_ARGUMENT', 2, 'a reason is at most 1,000 characters'],
    ['NOT_FOUND', 1, 'there is no host nobody: see fleetblock hosts'],
    ['RESOURCE_EXHAUSTED', 1, 'the disk of the controller is full'],
    ['UNAVAILABLE', 5, 'the controller is stopping'],
  ] as const)('%s ends with exit code %i and its text', async (code, exitCode, text) => {
    cli.controller.script.block = () => {
      throw new FleetblockError(code, text);
    };
    expect(await fleetblock('block', '192.0.2.1', '--all-hosts')).toEqual({
      exitCode,
      stdout: '',
      stderr: `fleetblock: ${text}\n`,
    });
  });
});
