// Settings of the controller that depend on each other.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Actions, buildProgram, type RunSettings } from './config.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-config-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function settingsOf(args: readonly string[]): Promise<RunSettings | undefined> {
  let found: RunSettings | undefined;
  const ignore = async () => {};
  const actions: Actions = {
    ...{ backup: ignore, credentials: ignore, health: ignore, init: ignore, restore: ignore, rotate: ignore },
    run: async (settings) => {
      found = settings;
    },
  };
  await buildProgram(actions).exitOverride().parseAsync(args, { from: 'user' });
  return found;
}

describe('HTTP', () => {
  it('is not served unless it is said where', async () => {
    expect((await settingsOf(['run']))?.http).toBeUndefined();
    for (const flag of [['--http-plain'], ['--http-cert', 'a', '--http-key', 'b']])
      await expect(settingsOf(['run', ...flag])).rejects.toThrow('say --http');
  });

  it('is served with a certificate and its key, with the own one, or with none', async () => {
    const at = ['run', '--http', '127.0.0.1:7444'];
    const listen = { host: '127.0.0.1', port: 7444 };
    expect((await settingsOf(at))?.http).toEqual({ listen, files: undefined, plain: false });
    expect((await settingsOf([...at, '--http-plain']))?.http).toEqual({ listen, files: undefined, plain: true });
    const files = ['--http-cert', 'c.pem', '--http-key', 'k.pem'];
    expect((await settingsOf([...at, ...files]))?.http).toMatchObject({
      files: { certificate: 'c.pem', key: 'k.pem' },
    });
    await expect(settingsOf([...at, '--http-cert', 'c.pem'])).rejects.toThrow('give both');
    await expect(settingsOf([...at, ...files, '--http-plain'])).rejects.toThrow('leave out');
  });

  it('can stand in the file that all commands read', async () => {
    const file = join(directory, 'controller.yaml');
    writeFileSync(file, 'listen: 127.0.0.1:7443\nhttp: 127.0.0.1:7444\nhttp-plain: true\n');
    expect((await settingsOf(['run', '--config', file]))?.http).toMatchObject({ plain: true });
    await settingsOf(['init', '--config', file]);
    await settingsOf(['backup', 'x', '--config', file]);
    writeFileSync(file, 'htpp: 127.0.0.1:7444\n');
    await expect(settingsOf(['init', '--config', file])).rejects.toThrow('htpp is not a setting');
  });
});
