// What something else undoes on a host, as the agent sees, mends and tells it; the kernel's part is in test/datapath/lifecycle/undone.test.ts.
import { existsSync, mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../test/agent/fake-clock.ts';
import { TestAgent } from '../../test/agent/harness.ts';
import { MemoryDatapath } from '../../test/agent/memory-datapath.ts';
import { entry, listed, ReferenceView, welcome } from '../../test/agent/reference.ts';
import { silent } from '../../test/agent/silent.ts';
import { Lapses } from './lapses.ts';
import { STATE_FILE, StateFile } from './record/state-file.ts';

const PATIENCE = { timeout: 30_000, interval: 10 };

let directory: string;
let clock: FakeClock;
let datapath: MemoryDatapath;
const running: TestAgent[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-undone-'));
  clock = new FakeClock();
  datapath = new MemoryDatapath({ bootMs: clock.bootMs });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
  rmSync(directory, { recursive: true, force: true });
});

async function synced(view: ReferenceView, options: ConstructorParameters<typeof TestAgent>[0] = {}) {
  const agent = new TestAgent({ clock, datapath, lookIntervalMs: 3_600_000, ...options });
  running.push(agent);
  const { stream } = await agent.connection();
  stream.push(welcome(view.epoch), ...view.snapshot());
  expect((await stream.next()).ack).toMatchObject({ revision: `${view.revision}` });
  return { agent, stream };
}

function someView(): ReferenceView {
  const view = new ReferenceView('e1', 7n);
  view.change([entry('192.0.2.1'), entry('198.51.100.0/24')]);
  return view;
}

const address = Uint8Array.of(192, 0, 2, 1);

describe('what is undone behind the agent', () => {
  it('faults row 49: a change to the maps is found without an audit, shown until it is repaired, and told with its time', async () => {
    const { agent, stream } = await synced(someView(), { lookIntervalMs: 10 });
    const problems: string[] = [];
    agent.agent.reconciler.standing.onChange(() => problems.push(...agent.agent.problems));
    await agent.agent.reconciler.look();
    datapath.held.v4.delete(address, 0, 32, false);
    const status = await stream.status(({ lapses }) => lapses.length > 0);
    expect(listed(datapath.held)).toEqual(['block 192.0.2.1/32', 'block 198.51.100.0/24']);
    expect(status).toMatchObject({ driftRepairs: '1', lapses: [{ kind: 'DRIFT' }] });
    expect(status.lapses[0]?.text).toContain('1 place');
    expect(problems.join()).toContain('not what they should be');
    await stream.status((later) => later.problems.length === 0 && later.lapses.length > 0);
  });

  it('faults row 50: a lookup that meets a kernel at odds with the list has it repaired at once', async () => {
    const { stream } = await synced(someView());
    datapath.held.v4.delete(address, 0, 32, false);
    stream.push({ lookup: { id: '1', address } });
    expect((await stream.next()).lookupReply).toMatchObject({ verdict: 'pass' });
    const { lapses } = await stream.status((status) => status.lapses.length > 0);
    expect(lapses).toMatchObject([{ kind: 'DRIFT' }]);
    stream.push({ lookup: { id: '2', address } });
    expect((await stream.next()).lookupReply).toMatchObject({ verdict: 'drop' });
  });

  it('faults row 50: a lookup that agrees with the list starts nothing', async () => {
    const { agent, stream } = await synced(someView());
    const reconciled = vi.spyOn(datapath, 'reconcile');
    stream.push({ lookup: { id: '1', address } });
    await stream.next();
    await agent.agent.reconciler.suspect(4, address);
    expect(reconciled).not.toHaveBeenCalled();
  });

  it('faults row 51: a record that was removed, replaced or lost with its directory is written again, whole', async () => {
    const view = someView();
    const store = new StateFile({ directory, clock, log: silent });
    const { agent, stream } = await synced(view, { store });
    const path = join(directory, STATE_FILE);
    await vi.waitFor(() => expect(existsSync(path)).toBe(true), PATIENCE);
    const undo = [
      () => unlinkSync(path),
      () => rmSync(directory, { recursive: true }),
      () => {
        writeFileSync(`${path}.other`, 'x');
        renameSync(`${path}.other`, path);
      },
    ];
    for (const [i, each] of undo.entries()) {
      each();
      stream.push(view.change([entry(`192.0.2.${10 + i}`)]));
      await stream.next();
      await agent.agent.reconciler.look();
      await vi.waitFor(() => expect(store.problem).toBe(''), PATIENCE);
      const stored = await new StateFile({ directory, clock, log: silent }).load();
      expect(stored?.held.revision).toBe(view.revision);
      expect(stored && listed(stored.table)).toEqual(listed(datapath.held));
    }
  });

  it('faults row 52: a detach that did not reach the controller is reported by the next agent, until it was received', async () => {
    let told = 0;
    const mark = { atMs: clock.wallMs() - 60_000, interfaces: ['eth0'], everything: true };
    const agent = new TestAgent({ clock, datapath, detached: { mark, told: () => told++ } });
    running.push(agent);
    const first = await agent.connection();
    expect(first.hello.detached).toEqual({ agoMs: '60000', interfaces: ['eth0'], everything: true, leaving: false });
    first.stream.close();
    const second = await agent.connection();
    expect(second.hello.detached).toMatchObject({ agoMs: '60000' });
    second.stream.push(welcome('e1'));
    await vi.waitFor(() => expect(told).toBe(1), PATIENCE);
    second.stream.close();
    expect((await agent.connection()).hello.detached).toBeNull();
  });

  it('a lapse is reported in every status of a minute, with the same id, and at most 16 of them', () => {
    let now = 0;
    const lapses = new Lapses(() => now);
    for (let i = 0; i < 20; i++) lapses.add({ kind: 'unprotected', text: `${i}`, atMostMs: 86.2 });
    now = 5000;
    const first = lapses.told();
    expect(first).toHaveLength(16);
    expect(first[0]).toMatchObject({ kind: 'UNPROTECTED', text: '4', atMostMs: '87', agoMs: '5000' });
    now += 59_999;
    expect(lapses.told().map(({ id }) => id)).toEqual(first.map(({ id }) => id));
    now += 1;
    expect(lapses.told()).toEqual([]);
  });
});
