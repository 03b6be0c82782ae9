// Talking to systemd must never hold a service, whether or not systemd listens; and a service whose work hangs must lose its watchdog.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Systemd } from '../../common/host/systemd.ts';
import { createLogger } from '../../common/logger.ts';
import { NotifySocket } from './notify-socket.ts';

let directory: string;
let stop: AbortController;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-notify-'));
  stop = new AbortController();
});

afterEach(() => {
  stop.abort();
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

/** Watchdog of one second: a check every half. */
function connect(socketPath: string): Promise<Systemd> {
  const env = { NOTIFY_SOCKET: socketPath, WATCHDOG_USEC: '1000000' };
  return Systemd.connect({ log: createLogger('test', 'silent'), signal: stop.signal, env });
}

describe.each(['/notify', '@fleetblock-test-notify'])('a service of systemd, by the socket %s', (name) => {
  let socket: NotifySocket;
  let systemd: Systemd;
  let read: number;

  beforeEach(async () => {
    read = 0;
    socket = new NotifySocket(name.startsWith('/') ? join(directory, name) : `${name}-${process.pid}`);
    vi.useFakeTimers();
    systemd = await connect(socket.path);
  });
  afterEach(() => socket.close());

  /** What has come since the last call. */
  const news = () => {
    const all = socket.received();
    const since = all.slice(read);
    read = all.length;
    return since;
  };

  it('says that it is ready, how it is, and that it stops', async () => {
    let revision = 5;
    systemd.ready({ check: async () => `at revision ${revision++}` });
    await vi.advanceTimersByTimeAsync(600);
    expect(news()).toEqual(['READY=1', 'WATCHDOG=1\nSTATUS=at revision 5', 'WATCHDOG=1\nSTATUS=at revision 6']);
    stop.abort();
    await vi.advanceTimersByTimeAsync(5000);
    expect(news()).toEqual(['STOPPING=1\nSTATUS=stopping']);
  });

  it('a check that hangs or fails loses the watchdog, and one that is well again has it back', async () => {
    let go = () => {};
    systemd.ready({
      check: () =>
        new Promise((resolve) => {
          go = () => resolve('well');
        }),
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(news()).toEqual(['READY=1']);
    go();
    await vi.advanceTimersByTimeAsync(0);
    expect(news()).toEqual(['WATCHDOG=1\nSTATUS=well']);

    systemd.ready({ check: () => Promise.reject(new Error('the disk is gone')) });
    await vi.advanceTimersByTimeAsync(500);
    go();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(news().slice(1)).toEqual([]);
    systemd.ready({ check: async () => 'well\nagain' });
    await vi.advanceTimersByTimeAsync(500);
    expect(news()).toEqual(['WATCHDOG=1\nSTATUS=well again']);
  });

  it('long work is no hang up to its limit', async () => {
    systemd.ready({ check: () => new Promise(() => {}), checkLimitMs: 2000 });
    await vi.advanceTimersByTimeAsync(1900);
    expect(news()).toEqual(['READY=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(news()).toEqual([]);
  });

  it('a socket that is not read holds nothing, and READY=1 is said again until there is room for it', async () => {
    const other = await connect(socket.path);
    other.ready({ check: async () => 'unread' });
    await vi.advanceTimersByTimeAsync(60_000);
    systemd.ready({ check: () => new Promise(() => {}) });
    const queued = news();
    expect(queued.length).toBeLessThan(120);
    expect(queued.filter((message) => message === 'READY=1')).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(news()).toContain('READY=1');
  });
});

it('without systemd, nothing is sent and nothing is waited for', async () => {
  const check = vi.fn(async () => 'well');
  const systemd = await Systemd.connect({ log: createLogger('test', 'silent'), signal: stop.signal, env: {} });
  systemd.ready({ check });
  expect(check).not.toHaveBeenCalled();
});
