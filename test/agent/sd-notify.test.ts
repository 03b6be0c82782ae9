// Talking to systemd must never hold the agent, whether or not systemd listens.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { notifyReady, notifySystemd } from '../../agent/datapath/native/sd-notify.ts';
import { until } from '../datapath/network.ts';
import { NotifySocket } from './notify-socket.ts';

let directory: string;
let systemd: NotifySocket;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-notify-'));
  systemd = new NotifySocket(join(directory, 'notify'));
});

afterEach(() => {
  systemd.close();
  rmSync(directory, { recursive: true });
});

/** Until the queue of the socket is full. @returns how many went in */
function fill(): number {
  let sent = 0;
  while (sent < 10_000 && notifySystemd('WATCHDOG=1', systemd.path)) sent++;
  return sent;
}

it('an unread socket takes what it can, and the rest is given up at once', () => {
  const sent = fill();
  expect(sent).toBeLessThan(10_000);
  expect(systemd.received()).toHaveLength(sent);
  expect(notifySystemd('STOPPING=1', systemd.path)).toBe(true);
});

it('READY=1 is said again until there is room for it', async () => {
  const sent = fill();
  notifyReady(new AbortController().signal, { NOTIFY_SOCKET: systemd.path });
  expect(systemd.received()).toHaveLength(sent);
  await until(() => systemd.received().includes('READY=1'), 10_000, 'READY=1');
});
