import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type Actions, buildProgram } from './config.ts';

const SHARED = ['--state-dir', '/tmp/state', '--pin-dir', '/sys/fs/bpf/other', '--interface', 'eth0,eth1'];

/** What a command was called with. */
async function called(...args: string[]): Promise<{ command: string; settings: object } | undefined> {
  let call: { command: string; settings: object } | undefined;
  const note = (command: string) => (settings: object) => {
    call = { command, settings };
    return Promise.resolve();
  };
  const actions: Actions = {
    join: note('join'),
    run: note('run'),
    detach: note('detach'),
    status: note('status'),
    health: note('health'),
    resync: note('resync'),
    report: note('report'),
    doctor: note('doctor'),
  };
  const program = buildProgram(actions);
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: () => {} });
  await program.parseAsync(args, { from: 'user' });
  return call;
}

describe('the settings of the commands', () => {
  it.each(['join', 'run', 'detach', 'status', 'health', 'resync', 'doctor'])(
    '%s takes the shared set',
    async (command) => {
      const args = command === 'join' ? ['controller:7443'] : [];
      expect((await called(command, ...args, ...SHARED))?.command).toBe(command);
    },
  );

  it('uses those that mean something to the command', async () => {
    expect((await called('detach', ...SHARED))?.settings).toEqual({
      stateDir: '/tmp/state',
      pinDir: '/sys/fs/bpf/other',
      interfaces: ['eth0', 'eth1'],
    });
    expect((await called('doctor', ...SHARED))?.settings).toMatchObject({ interfaces: ['eth0', 'eth1'] });
    expect((await called('doctor'))?.settings).toMatchObject({ interfaces: [] });
  });

  it('detaches everything unless a flag says from where: the settings of the service do not narrow it', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'fleetblock-config-')), 'agent.yaml');
    writeFileSync(file, 'interface: eth0\n');
    vi.stubEnv('FLEETBLOCK_INTERFACE', 'eth0');
    try {
      expect((await called('detach', '--config', file))?.settings).toMatchObject({ interfaces: [] });
      expect((await called('detach', '--config', file, '--interface', 'eth1'))?.settings).toMatchObject({
        interfaces: ['eth1'],
      });
      expect((await called('run', '--config', file))?.settings).toMatchObject({ interfaces: ['eth0'] });
      await expect(called('detach', '--interface', ',')).rejects.toThrow('name at least one');
    } finally {
      vi.unstubAllEnvs();
      rmSync(dirname(file), { recursive: true });
    }
  });
});
