import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Action } from '../common/action.ts';
import { packEntries } from '../common/entries/packed.ts';
import { FleetblockError } from '../common/errors.ts';
import { FakeClock } from '../test/agent/fake-clock.ts';
import { TestAgent } from '../test/agent/harness.ts';
import { MemoryDatapath } from '../test/agent/memory-datapath.ts';
import { entry, listed, ReferenceView, welcome } from '../test/agent/reference.ts';
import type { ScriptedStream } from '../test/agent/scripted-stream.ts';
import { silent } from '../test/agent/silent.ts';
import { STATE_FILE, StateFile } from './list/record/state-file.ts';

let directory: string;
let clock: FakeClock;
let datapath: MemoryDatapath;
const running: TestAgent[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-agent-'));
  clock = new FakeClock();
  datapath = new MemoryDatapath({ bootMs: clock.bootMs });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
  rmSync(directory, { recursive: true, force: true });
});

function start(options: ConstructorParameters<typeof TestAgent>[0] = {}): TestAgent {
  const store = new StateFile({ directory, clock, log: silent });
  const agent = new TestAgent({ clock, datapath, store, ...options });
  running.push(agent);
  return agent;
}

async function stop(agent: TestAgent): Promise<void> {
  await agent.stop();
  running.splice(running.indexOf(agent), 1);
}

/** Brings an agent to the view by a snapshot. */
async function sync(agent: TestAgent, view: ReferenceView): Promise<ScriptedStream> {
  const { stream } = await agent.connection();
  stream.push(welcome(view.epoch), ...view.snapshot());
  expect((await stream.next()).ack).toMatchObject({ revision: `${view.revision}` });
  return stream;
}

describe('agent', () => {
  it('faults row 15: after a reboot the recorded list is in the kernel before the network is used', async () => {
    const view = new ReferenceView('e1', 3n);
    view.change([entry('192.0.2.1'), entry('198.51.100.0/24', { ttlMs: 60_000 })]);
    const first = start();
    await sync(first, view);
    await stop(first);
    clock.reboot(10_000);
    datapath = new MemoryDatapath({ bootMs: clock.bootMs });
    let heldAtDial: string[] = [];
    const store = new StateFile({ directory, clock, log: silent });
    const second = new TestAgent({ clock, datapath, store, onDial: () => (heldAtDial = listed(datapath.held)) });
    running.push(second);
    const { hello } = await second.connection();
    expect(heldAtDial).toEqual(['block 192.0.2.1/32', 'block 198.51.100.0/24']);
    expect(hello).toMatchObject({ storeEpoch: 'e1', revision: '4', entries: '2' });
    expect(datapath.held.v4.expiryOf(datapath.held.v4.rowOf(Uint8Array.of(198, 51, 100, 0), 0, 24, false))).toBe(
      clock.boot + 50_000,
    );
  });

  it('what ends by its own time while the controller is away is logged, and told when it is back', async () => {
    const view = new ReferenceView('e1', 3n);
    view.change([entry('192.0.2.1', { ttlMs: 60_000 }), entry('2001:db8::/32', { ttlMs: 61_000 }), entry('192.0.2.3')]);
    const lines: object[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
    const first = start({ protectIntervalMs: 20, log });
    const stream = await sync(first, view);
    expect((await first.agent.status()).problems).toEqual([]);
    // Entries end while there is a controller: it takes them away itself, and needs no report.
    clock.advance(60_500);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(lines).toEqual([]);
    stream.close();
    const { hello } = await first.connection();
    expect(hello.endedAlone).toMatchObject({ entries: '1', prefixes: ['192.0.2.1/32'], lastAgoMs: '500' });
    clock.advance(1000);
    await vi.waitFor(
      () =>
        expect(lines).toContainEqual(
          expect.objectContaining({
            msg: 'entries have ended by their own time while the controller was away',
            entries: 2,
            prefixes: ['192.0.2.1/32', '2001:db8::/32'],
          }),
        ),
      { timeout: 30_000, interval: 10 },
    );
  });

  it('what ends while the controller is dialed is reported as well: it may be what kept the controller away', async () => {
    const view = new ReferenceView('e1', 3n);
    view.change([entry('192.0.2.1', { ttlMs: 60_000 })]);
    let dials = 0;
    const first = start({ onDial: () => void (++dials === 2 && clock.advance(60_500)) });
    (await sync(first, view)).close();
    const { hello } = await first.connection();
    expect(hello.endedAlone).toMatchObject({ entries: '1', prefixes: ['192.0.2.1/32'] });
  });

  it('without a usable record leaves pinned maps alone until the snapshot has come', async () => {
    const view = new ReferenceView('e1', 3n);
    view.change([entry('192.0.2.1'), entry('192.0.2.2')]);
    const first = start();
    await sync(first, view);
    await stop(first);
    const path = join(directory, STATE_FILE);
    const bytes = readFileSync(path);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const second = start({
      protectedRows: async () => packEntries([entry('10.0.0.1', { action: 'allow' })]),
      protectIntervalMs: 10,
      auditIntervalMs: 10,
    });
    const { stream, hello } = await second.connection();
    expect(hello).toMatchObject({ storeEpoch: '', revision: '0', entries: '0' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(listed(datapath.held)).toEqual(['block 192.0.2.1/32', 'block 192.0.2.2/32']);
    expect(second.agent.problems.join()).toContain('set aside');
    view.change([entry('192.0.2.3')], [entry('192.0.2.1')]);
    stream.push(welcome('e1'), ...view.snapshot());
    expect((await stream.next()).ack).toMatchObject({ revision: '5', entries: '2' });
    expect(listed(datapath.held)).toEqual(['allow 10.0.0.1/32', 'block 192.0.2.2/32', 'block 192.0.2.3/32']);
    await expect.poll(() => second.agent.problems).toEqual([]);
  });

  it('finds drift, repairs it and reports it', async () => {
    const view = new ReferenceView('e1');
    view.change([entry('192.0.2.1')]);
    const agent = start({ auditIntervalMs: 20 });
    const stream = await sync(agent, view);
    datapath.held.removeAll(packEntries([entry('192.0.2.1')]));
    datapath.held.addLeft(packEntries([entry('203.0.113.9')]), 0);
    const status = await stream.status(({ driftRepairs }) => driftRepairs !== '0');
    expect(status).toMatchObject({ driftRepairs: '1', revision: '1', entries: '1' });
    expect(listed(datapath.held)).toEqual(['block 192.0.2.1/32']);
  });

  it('faults row 20: protected addresses are allowed in the kernel and are none of the view', async () => {
    const view = new ReferenceView('e1');
    view.change([entry('10.0.0.0/8')]);
    let ownRows = [entry('10.0.0.1', { action: 'allow' })];
    const agent = start({ protectedRows: async () => packEntries(ownRows), protectIntervalMs: 10 });
    const stream = await sync(agent, view);
    expect(listed(datapath.held)).toEqual(['allow 10.0.0.1/32', 'block 10.0.0.0/8']);
    stream.push(
      view.change([entry('10.0.0.1', { action: 'allow', ttlMs: 60_000 }), entry('10.0.0.2', { action: 'allow' })]),
    );
    const { ack } = await stream.next();
    expect(ack).toMatchObject({ entries: '3' });
    expect(new Uint8Array(ack?.digest ?? [])).toEqual(view.table.digest());
    ownRows = [];
    // What the view says of the address shows again, with its end.
    const expiry = () => datapath.held.v4.expiryOf(datapath.held.v4.rowOf(Uint8Array.of(10, 0, 0, 1), 0, 32, true));
    await expect.poll(expiry).toBe(clock.boot + 60_000);
    expect(listed(datapath.held)).toEqual(['allow 10.0.0.1/32', 'allow 10.0.0.2/32', 'block 10.0.0.0/8']);
  });

  it('faults row 24: an agent that cannot write its record continues, acks and says so', async () => {
    const view = new ReferenceView('e1');
    view.change([entry('192.0.2.1')]);
    const agent = start({ store: new StateFile({ directory: '/dev/null', clock, log: silent }) });
    const stream = await sync(agent, view);
    stream.push(view.change([entry('192.0.2.2')]));
    expect((await stream.next()).ack).toMatchObject({ revision: '2', entries: '2' });
    expect(listed(datapath.held)).toEqual(['block 192.0.2.1/32', 'block 192.0.2.2/32']);
    expect((await stream.status(({ problems }) => problems.length > 0)).problems.join()).toContain(
      'cannot read or write',
    );
  });

  it('faults row 30: a wall clock that is set by a day moves no end', async () => {
    const view = new ReferenceView('e1');
    const agent = start();
    const stream = await sync(agent, view);
    clock.wall += 86_400_000;
    stream.push(view.change([entry('192.0.2.1', { ttlMs: 60_000 })]));
    await stream.next();
    clock.wall -= 2 * 86_400_000;
    await stop(agent);
    const again = start();
    await again.connection();
    expect(datapath.held.v4.expiryOf(0)).toBe(clock.boot + 60_000);
  });

  it('faults row 55: a host whose certificate is not accepted any more says how to enroll it again, once in the log', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line) => lines.push(line) });
    let dials = 0;
    const refused = () => {
      dials++;
      throw new FleetblockError('UNAUTHENTICATED', 'host web1 was revoked');
    };
    const { agent } = start({ log, onDial: refused });
    await vi.waitFor(() => expect(dials).toBeGreaterThan(2), { timeout: 30_000, interval: 10 });
    const how = /host web1 was revoked.*fleetblock-agent join --replace.*token create --host NAME --keep-identity/;
    expect(agent.problems).toEqual([expect.stringMatching(how)]);
    expect(lines.filter((line) => how.test(line))).toHaveLength(1);
  });

  it('faults row 23: that the list is of another store is said on this host; to the fleet the controller says it, once', async () => {
    const first = start();
    await sync(first, new ReferenceView('e1', 3n));
    await stop(first);
    const second = start();
    const { agent } = second;
    const { stream } = await second.connection();
    stream.push(welcome('e2'));
    const told = await stream.status(() => agent.link === 'connected');
    expect(agent.problems).toEqual([expect.stringContaining('fleetblock-agent resync')]);
    expect(told.problems).toEqual([]);
  });

  it('faults row 28: whatever is cut, killed and refused, every revision is applied once, in order, and digests end up equal', async () => {
    const arbEntry = fc.record({
      prefix: fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.0/24', '10.0.0.1', '2001:db8::1', '2001:db8::/32'),
      action: fc.constantFrom<Action>('block', 'allow'),
      ttlMs: fc.constantFrom(0, 0, 5000),
    });
    const arbStep = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('change' as const),
          adds: fc.array(arbEntry),
          removes: fc.array(arbEntry),
          sent: fc.boolean(),
        }),
      },
      { weight: 1, arbitrary: fc.constant({ kind: 'cut' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'half a snapshot' as const }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(100, 100_000) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(arbStep, { maxLength: 20 }), async (steps) => {
        rmSync(join(directory, STATE_FILE), { force: true });
        datapath = new MemoryDatapath({ bootMs: clock.bootMs });
        const view = new ReferenceView('e1', 1n);
        const ownRows = packEntries([entry('192.0.2.1', { action: 'allow' })]);
        const open = () => start({ protectedRows: async () => ownRows, protectIntervalMs: 3_600_000 });
        let agent = open();
        let stream = (await agent.connection()).stream;
        let acked = 0n;
        // As the controller does: a hello that it cannot continue from gets a snapshot.
        const catchUp = async () => {
          stream.push(welcome('e1'), ...view.snapshot());
          await answer();
        };
        const answer = async () => {
          const { ack, nack } = await stream.next();
          expect(nack).toBeFalsy();
          const revision = BigInt(ack?.revision ?? 0);
          expect(revision).toBeGreaterThanOrEqual(acked);
          acked = revision;
          expect(new Uint8Array(ack?.digest ?? [])).toEqual(view.table.digest());
        };
        const reconnect = async () => {
          const next = await agent.connection();
          stream = next.stream;
          // Nothing that was acked is forgotten, by a kill least of all.
          if (acked > 0n) expect(BigInt(next.hello.revision)).toBe(acked);
          await catchUp();
        };
        await catchUp();
        for (const step of steps) {
          switch (step.kind) {
            case 'change': {
              const rows = (list: typeof step.adds) => list.map(({ prefix, ...more }) => entry(prefix, more));
              const delta = view.change(rows(step.adds), rows(step.removes));
              stream.push(delta);
              await answer();
              if (step.sent) {
                // The same again is a gap, refused whole.
                stream.push(delta);
                expect((await stream.next()).nack?.code).toMatch(/SEQUENCE/);
              }
              break;
            }
            case 'cut':
              stream.close();
              await reconnect();
              break;
            case 'restart':
              await stop(agent);
              agent = open();
              await reconnect();
              break;
            case 'half a snapshot': {
              const messages = view.snapshot(1);
              stream.push(...messages.slice(0, messages.length - 1));
              stream.push({ ping: { nonce: '1' } });
              expect((await stream.next()).pong).toBeTruthy();
              stream.close();
              await reconnect();
              break;
            }
            case 'wait':
              clock.advance(step.ms);
          }
          expect(agent.agent.reconciler.held.digest).toEqual(view.table.digest());
          expect(datapath.held.digest()).toEqual(agent.agent.reconciler.table.digest());
        }
        await stop(agent);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
