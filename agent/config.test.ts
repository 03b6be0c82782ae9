import { describe, expect, it } from 'vitest';
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
    resync: note('resync'),
    doctor: note('doctor'),
  };
  const program = buildProgram(actions);
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: () => {} });
  await program.parseAsync(args, { from: 'user' });
  return call;
}

describe('the settings of the commands', () => {
  it.each(['join', 'run', 'detach', 'status', 'resync', 'doctor'])('%s takes the shared set', async (command) => {
    const args = command === 'join' ? ['controller:7443'] : [];
    expect((await called(command, ...args, ...SHARED))?.command).toBe(command);
  });

  it('uses those that mean something to the command', async () => {
    expect((await called('detach', ...SHARED))?.settings).toEqual({ pinDir: '/sys/fs/bpf/other' });
    expect((await called('doctor', ...SHARED))?.settings).toMatchObject({ interfaces: ['eth0', 'eth1'] });
    expect((await called('doctor'))?.settings).toMatchObject({ interfaces: [] });
  });
});
