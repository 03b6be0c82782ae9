import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLogger } from '../../common/logger.ts';
import { askAgent, LocalSocket } from './local-socket.ts';

let stateDir = '';
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'fleetblock-socket-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

it('restores the socket when it is removed, and removes it at the end', async () => {
  const socket = new LocalSocket({
    stateDir,
    log: createLogger('test', 'silent'),
    handle: (command) => ({ command }),
    lookMs: 20,
  });
  await socket.serve();
  for (let round = 0; round < 3; round++) {
    expect(await askAgent(stateDir, 'status')).toEqual({ command: 'status' });
    rmSync(join(stateDir, 'agent.sock'));
    await vi.waitFor(async () => expect(await askAgent(stateDir, 'status')).toEqual({ command: 'status' }), 30_000);
  }
  expect(socket.problem).toBe('');
  socket.close();
  expect(existsSync(join(stateDir, 'agent.sock'))).toBe(false);
});
