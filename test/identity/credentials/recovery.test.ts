// When every admin's certificate is lost: new credentials on the controller's machine, while it runs and while it does not.
import { readFileSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CONTROLLER_NAME } from '../../../common/rpc/channel.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import { systemClock } from '../../../common/time/clock.ts';
import { makeCredentials } from '../../../controller/server/make-credentials.ts';
import { channelOptions, clientCredentials } from '../../../lab/grpc-channel.ts';
import { RunningFleet } from '../running.ts';

let running: RunningFleet;
beforeAll(async () => {
  running = await RunningFleet.start();
});
afterAll(() => running.stop());

async function make(name: string, role = 'admin', ttlMs = 86_400_000): Promise<string> {
  const out = join(running.dataDir, 'operators', `${name}.yaml`);
  await makeCredentials({ dataDir: running.dataDir, name, role, ttlMs, out, clock: systemClock });
  return out;
}

async function listTokens(path: string): Promise<string> {
  const { currentContext, contexts } = parse(readFileSync(path, 'utf8'));
  const { ca, certificate, key } = contexts[currentContext];
  const identity = { rootCertificate: ca, certificateChain: certificate, privateKey: key };
  const client = new protocol.IdentityService(
    running.address,
    clientCredentials(identity),
    channelOptions(CONTROLLER_NAME),
  );
  const code = await new Promise<string>((resolve) =>
    client
      .ListTokenChunks({}, { deadline: Date.now() + 5000 })
      .on('error', () => {})
      .on('status', ({ code }) => resolve(status[code] ?? ''))
      .resume(),
  );
  client.close();
  return code;
}

describe('credentials made locally', () => {
  it('work, whether they were made before the controller ran or while it runs', async () => {
    await running.release();
    const before = await make('before');
    await running.serve();
    expect(statSync(before).mode & 0o777).toBe(0o600);
    expect(await listTokens(before)).toBe('OK');
    const during = await make('during');
    expect(await listTokens(during)).toBe('OK');
    expect(await listTokens(await make('watcher', 'viewer'))).toBe('PERMISSION_DENIED');
    const operators = await running.store.operators();
    expect(operators.map(({ name }) => name).sort()).toEqual(['admin', 'before', 'during', 'watcher']);
  });

  it('have the same limits', async () => {
    await expect(make('x', 'root')).rejects.toThrow(/one of viewer, operator and admin/);
    await expect(make('a b')).rejects.toThrow(/an operator's name is/);
    await expect(make('y', 'admin', 3_600_000)).rejects.toThrow(/12h to 30d/);
  });

  it('come by a socket that only the owner of the directory can reach, and that survives nonsense', async () => {
    const path = join(running.dataDir, 'admin.sock');
    expect(statSync(running.dataDir).mode & 0o777).toBe(0o700);
    for (const words of ['', 'nonsense', '{"command":"drop"}', 'x'.repeat(100_000)]) {
      const socket = createConnection(path);
      socket.on('error', () => undefined);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.end(words);
      socket.resume();
      await closed;
    }
    expect(await listTokens(await make('after'))).toBe('OK');
  });
});
