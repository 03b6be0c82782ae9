import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DropEvents } from '../../proto/gen/fleetblock/v1/DropEvents.ts';
import { FakeClock } from '../../test/agent/fake-clock.ts';
import { MemoryDatapath } from '../../test/agent/memory-datapath.ts';
import type { DropEvent } from '../datapath/datapath.ts';
import { DropReports } from './drop-reports.ts';

let clock: FakeClock;
let datapath: MemoryDatapath;
let sent: DropEvents[];
let room: () => Promise<void>;
let reports: DropReports;

beforeEach(() => {
  vi.useFakeTimers();
  clock = new FakeClock();
  datapath = new MemoryDatapath({ bootMs: clock.bootMs });
  sent = [];
  room = () => Promise.resolve();
  reports = new DropReports({
    datapath,
    clock,
    send: (events) => {
      sent.push(events);
      return room();
    },
    failed: (error) => {
      throw error;
    },
  });
});
afterEach(() => {
  reports.stop();
  vi.useRealTimers();
});

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    clock.advance(100);
    await vi.advanceTimersByTimeAsync(100);
  }
}

function drop(last: number, packets: number, more: Partial<DropEvent> = {}): void {
  const event = { bootMs: clock.boot, address: Uint8Array.of(192, 0, 2, last), interfaceIndex: 2, packets };
  for (const listener of datapath.listeners) listener({ ...event, packetBytes: 100, monitored: false, ...more });
}

describe('reports of drops', () => {
  it('asks the kernel while drops are watched, and only then', async () => {
    expect(datapath.listeners.size).toBe(0);
    reports.watch({ intervalMs: 200, rows: 10 });
    reports.watch({ intervalMs: 500, rows: 10 });
    expect(datapath.listeners.size).toBe(1);
    await pass(2000);
    expect(sent).toEqual([]);
    reports.watch({ intervalMs: 0, rows: 0 });
    expect(datapath.listeners.size).toBe(0);
  });

  it('leaves out what the kernel kept from before the watch', async () => {
    const bootMs = clock.boot;
    await pass(1000);
    reports.watch({ intervalMs: 200, rows: 10 });
    drop(1, 1, { bootMs });
    await pass(200);
    expect(sent).toEqual([]);
    drop(2, 3);
    await pass(200);
    expect(sent).toMatchObject([{ rows: [row(2, '3', '300', {})] }]);
  });

  it('gathers by source, interface and fate, the most packets first, and names what it does not tell', async () => {
    datapath.counted = { droppedPackets: 1_000_000n, monitoredPackets: 50n };
    reports.watch({ intervalMs: 200, rows: 2 });
    drop(1, 1);
    drop(1, 1);
    drop(2, 256);
    drop(3, 1, { interfaceIndex: 9, monitored: true });
    datapath.counted = { droppedPackets: 1_000_300n, monitoredPackets: 51n };
    await pass(200);
    expect(sent).toEqual([
      {
        rows: [
          row(2, '256', '25600', { lastAgoMs: '200' }),
          // The monitored one is the third: it is among what is not told.
          row(1, '2', '200', { lastAgoMs: '200' }),
        ],
        unreportedPackets: '43',
      },
    ]);
    drop(3, 1, { interfaceIndex: 9, monitored: true });
    datapath.counted = { droppedPackets: 1_000_300n, monitoredPackets: 52n };
    await pass(200);
    expect(sent[1]).toMatchObject({
      rows: [{ interface: 'interface 9', monitored: true, packets: '1' }],
      unreportedPackets: '0',
    });
  });

  it('reported and unreported together are all that was dropped, although samples run ahead of the counters', async () => {
    datapath.counted = { droppedPackets: 0n, monitoredPackets: 0n };
    reports.watch({ intervalMs: 100, rows: 5 });
    let dropped = 0n;
    for (const [told, counted] of [
      [256, 100n],
      [0, 100n],
      [256, 500n],
      [1, 30n],
    ] as const) {
      if (told > 0) drop(1, told);
      dropped += counted;
      datapath.counted = { droppedPackets: dropped, monitoredPackets: 0n };
      await pass(100);
    }
    const sum = sent.reduce(
      (total, { rows = [], unreportedPackets }) =>
        total + rows.reduce((packets, each) => packets + Number(each.packets), Number(unreportedPackets)),
      0,
    );
    expect(sum).toBe(Number(dropped));
  });

  it('a slow connection makes batches fewer: nothing piles up, sources are bounded', async () => {
    let go = () => {};
    room = () => new Promise((resolve) => (go = resolve));
    reports.watch({ intervalMs: 100, rows: 1 });
    drop(1, 1);
    await pass(100);
    expect(sent).toHaveLength(1);
    for (let source = 0; source < 200; source++) drop(source, 1);
    datapath.counted = { droppedPackets: 201n, monitoredPackets: 0n };
    await pass(1000);
    expect(sent).toHaveLength(1);
    go();
    await pass(200);
    expect(sent[1]).toMatchObject({ rows: [{ packets: '1' }], unreportedPackets: '199' });
  });
});

function row(last: number, packets: string, bytes: string, more: object) {
  return { source: Uint8Array.of(192, 0, 2, last), interface: 'eth0', packets, bytes, monitored: false, ...more };
}
