import { afterEach, describe, expect, it } from 'vitest';
import { packEntries } from '../../common/entries/packed.ts';
import { toWire } from '../../common/entries/wire.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import type { ControllerMessage } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import { TestAgent } from '../../test/agent/harness.ts';
import { MemoryDatapath } from '../../test/agent/memory-datapath.ts';
import { entry, listed, ReferenceView, welcome } from '../../test/agent/reference.ts';
import { DatapathError } from '../datapath/datapath.ts';

const running: TestAgent[] = [];

function start(...args: ConstructorParameters<typeof TestAgent>): TestAgent {
  const agent = new TestAgent(...args);
  running.push(agent);
  return agent;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

/** An agent that holds `view` and is connected. */
async function synced(view: ReferenceView, ...args: ConstructorParameters<typeof TestAgent>) {
  const agent = start(...args);
  const { stream } = await agent.connection();
  stream.push(welcome(view.epoch), ...view.snapshot());
  expect((await stream.next()).ack).toMatchObject({ revision: `${view.revision}` });
  return { agent, stream };
}

describe('session', () => {
  it('says hello with nothing, takes a snapshot, acks what the datapath holds', async () => {
    const view = new ReferenceView('e1', 7n);
    view.change([entry('192.0.2.1'), entry('198.51.100.0/24'), entry('2001:db8::/32')]);
    const agent = start();
    const { stream, hello } = await agent.connection();
    expect(hello).toMatchObject({ protocol: 1, storeEpoch: '', revision: '0', capacity: '2000000', bootId: 'boot-1' });
    stream.push(welcome('e1'), ...view.snapshot());
    const { ack } = await stream.next();
    expect(ack).toMatchObject({ storeEpoch: 'e1', revision: '8', entries: '3' });
    expect(new Uint8Array(ack?.digest ?? [])).toEqual(view.table.digest());
    expect(listed(agent.datapath.held)).toEqual(['block 192.0.2.1/32', 'block 198.51.100.0/24', 'block 2001:db8::/32']);
  });

  it('applies pipelined deltas in order, each acked once, empty ones too', async () => {
    const view = new ReferenceView('e1');
    const { agent, stream } = await synced(view);
    stream.push(
      view.change([entry('192.0.2.1')]),
      view.change([entry('192.0.2.2')], [entry('192.0.2.1')]),
      view.change([]),
    );
    const acks = [await stream.next(), await stream.next(), await stream.next()].map((message) => message.ack);
    expect(acks.map((ack) => ack?.revision)).toEqual(['1', '2', '3']);
    expect(acks[2]?.kernelUs).toBe('0');
    expect(listed(agent.datapath.held)).toEqual(['block 192.0.2.2/32']);
  });

  it('applies the parts of a large delta as one revision', async () => {
    const view = new ReferenceView('e1');
    const { agent, stream } = await synced(view);
    const { delta } = view.change([entry('192.0.2.1'), entry('192.0.2.2')]);
    const one = new ReferenceView('x').change([entry('192.0.2.1')]).delta?.adds ?? null;
    const two = new ReferenceView('x').change([entry('192.0.2.2')]).delta?.adds ?? null;
    stream.push({ delta: { ...delta, adds: one, more: true, digest: new Uint8Array(0) } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(listed(agent.datapath.held)).toEqual([]);
    stream.push({ delta: { ...delta, adds: two } });
    expect((await stream.next()).ack).toMatchObject({ revision: '1', entries: '2' });
    expect(listed(agent.datapath.held)).toEqual(['block 192.0.2.1/32', 'block 192.0.2.2/32']);
  });

  it('answers ping with pong', async () => {
    const { stream } = await synced(new ReferenceView('e1'));
    stream.push({ ping: { nonce: '42' } });
    expect((await stream.next()).pong).toEqual({ nonce: '42' });
  });

  it('answers every lookup with what the datapath holds, or with why it cannot', async () => {
    const view = new ReferenceView('e1');
    view.change([
      entry('192.0.2.0/24'),
      entry('192.0.2.7', { ttlMs: 60_000 }),
      entry('198.51.100.0/24', { action: 'monitor' }),
      entry('203.0.113.0/24'),
      entry('203.0.113.9', { action: 'allow' }),
      entry('2001:db8::/32'),
    ]);
    const { agent, stream } = await synced(view);
    const lastDropMs = agent.clock.bootMs() - 5000;
    agent.datapath.sources = [{ family: 4, address: Uint8Array.of(192, 0, 2, 1), packets: 12n, lastDropMs }];
    let id = 0;
    const lookedUp = async (address: Uint8Array) => {
      stream.push({ lookup: { id: `${++id}`, address } });
      const { lookupReply } = await stream.next();
      expect(lookupReply?.id).toBe(`${id}`);
      return lookupReply;
    };
    const decided = async (address: string) => {
      const reply = await lookedUp(parsePrefix(address).address);
      expect(reply?.problem).toBe('');
      return `${reply?.verdict} ${reply?.entry}`;
    };
    expect(await lookedUp(Uint8Array.of(192, 0, 2, 1))).toMatchObject({
      verdict: 'drop',
      entry: '192.0.2.0/24',
      hits: '12',
      lastHitMs: `${agent.clock.wallMs() - 5000}`,
    });
    expect(await decided('192.0.2.7')).toBe('drop 192.0.2.7/32');
    expect(await decided('198.51.100.9')).toBe('monitor 198.51.100.0/24');
    expect(await decided('203.0.113.9')).toBe('allow 203.0.113.9/32');
    expect(await decided('2001:db8::1')).toBe('drop 2001:db8::/32');
    expect(await decided('192.0.3.1')).toBe('pass ');
    agent.datapath.failNextLookup = new DatapathError('KERNEL', 'EBADF');
    expect(await lookedUp(Uint8Array.of(192, 0, 2, 1))).toMatchObject({
      verdict: '',
      problem: expect.stringContaining('EBADF'),
    });
    expect(await lookedUp(Uint8Array.of(1, 2, 3))).toMatchObject({
      verdict: '',
      problem: expect.stringContaining('3 bytes'),
    });
    agent.datapath.interfaceStates = [{ name: 'eth0', index: 0, mode: 'none', problem: 'gone' }];
    expect(await decided('192.0.2.1')).toBe('pass ');
  });

  it('names the sources that it dropped within the last minute in its status, the most packets first', async () => {
    const { agent, stream } = await synced(new ReferenceView('e1'));
    agent.datapath.sources = Array.from({ length: 31 }, (_, i) => ({
      family: 4,
      address: Uint8Array.of(192, 0, 2, i),
      packets: BigInt(i),
      // The one with the most packets has stopped.
      lastDropMs: agent.clock.bootMs() - (i === 30 ? 61_000 : 0),
    }));
    agent.agent.reconciler.standing.touch();
    const { topSources } = await stream.status((status) => status.topSources.length > 0);
    expect(topSources.map(({ packets }) => packets)).toEqual(Array.from({ length: 20 }, (_, i) => `${29 - i}`));
    expect(new Uint8Array(topSources[0]?.address ?? [])).toEqual(Uint8Array.of(192, 0, 2, 29));
  });

  it('refuses, and keeps what it holds', async () => {
    const view = new ReferenceView('e1', 10n);
    view.change([entry('192.0.2.1')]);
    const { agent, stream } = await synced(view);
    const { delta } = new ReferenceView('e1', 11n).change([entry('192.0.2.9')]);
    const refused = async (message: object) => {
      stream.push({ delta: { ...delta, ...message } });
      const { nack } = await stream.next();
      return `${nack?.code} ${nack?.revision}`;
    };
    expect(await refused({ fromRevision: '10', toRevision: '12' })).toBe('SEQUENCE 12');
    expect(await refused({ fromRevision: '12', toRevision: '13' })).toBe('SEQUENCE 13');
    expect(await refused({ fromRevision: '8', toRevision: '9' })).toBe('REVISION_REGRESSION 9');
    expect(await refused({ storeEpoch: 'e2' })).toBe('EPOCH_MISMATCH 12');
    expect(await refused({ digest: new Uint8Array(8) })).toBe('DIGEST 12');
    expect(await refused({ adds: { v4Addresses: new Uint8Array(3), v4Lengths: Uint8Array.of(32) } })).toBe(
      'MALFORMED 12',
    );
    expect(
      await refused({
        adds: { v4Addresses: Uint8Array.of(10, 0, 0, 5), v4Lengths: Uint8Array.of(8), v4Flags: Uint8Array.of(0) },
      }),
    ).toBe('MALFORMED 12');
    agent.datapath.failNext = new DatapathError('KERNEL', 'EFAULT');
    expect(await refused({ ...view.change([entry('192.0.2.2')]).delta })).toBe('KERNEL 12');
    expect(listed(agent.datapath.held)).toEqual(['block 192.0.2.1/32']);
    expect(agent.agent.reconciler.held).toMatchObject({ epoch: 'e1', revision: 11n, entries: 1 });
    // The very same change is welcome once the kernel takes it.
    const again = new ReferenceView('e1', 11n);
    again.table.addAll(view.table.pack());
    stream.push({ delta: { ...again.change([entry('192.0.2.2')]).delta } });
    expect((await stream.next()).ack).toMatchObject({ revision: '12', entries: '2' });
  });

  it('refuses what does not fit, at the beginning of a snapshot and in a delta', async () => {
    const datapath = (agentBoot: () => number) => new MemoryDatapath({ capacity: 2, bootMs: agentBoot });
    const view = new ReferenceView('e1');
    const { agent, stream } = await synced(view, { datapath: datapath(() => 1_000_000) });
    stream.push(view.change([entry('192.0.2.1'), entry('192.0.2.2'), entry('192.0.2.3')]));
    expect((await stream.next()).nack).toMatchObject({ code: 'CAPACITY', revision: '1' });
    stream.push(...view.snapshot());
    expect((await stream.next()).nack).toMatchObject({ code: 'CAPACITY', revision: '1' });
    stream.push({ ping: { nonce: '1' } });
    expect((await stream.next()).pong).toBeTruthy();
    expect(agent.datapath.held.size).toBe(0);
  });

  it('faults row 43: takes a loose delta on top of what it holds, and stays at its revision', async () => {
    const datapath = (agentBoot: () => number) => new MemoryDatapath({ capacity: 2, bootMs: agentBoot });
    const view = new ReferenceView('e1');
    const { agent, stream } = await synced(view, { datapath: datapath(() => 1_000_000) });
    const loose = (change: ControllerMessage) => ({
      delta: { ...change.delta, fromRevision: '0', digest: Buffer.alloc(0), loose: true },
    });
    const many = [entry('192.0.2.1'), entry('192.0.2.2'), entry('192.0.2.3'), entry('192.0.2.4')];
    stream.push(view.change(many));
    expect((await stream.next()).nack).toMatchObject({ code: 'CAPACITY', revision: '1' });
    stream.push(loose(view.change([entry('198.51.100.1')])));
    expect((await stream.next()).ack).toMatchObject({ revision: '2', entries: '1' });
    expect(agent.agent.reconciler.held).toMatchObject({ revision: 0n, digest: agent.datapath.held.digest() });
    // What is too much by itself is refused like any other, and so is what is held already.
    stream.push(loose(view.change([entry('198.51.100.2'), entry('198.51.100.3')])));
    expect((await stream.next()).nack).toMatchObject({ code: 'CAPACITY', revision: '3' });
    // Removes of what was refused weigh nothing, and what the loose delta added is no surprise.
    view.change([], [...many, entry('198.51.100.2'), entry('198.51.100.3')]);
    const removes = packEntries([...many, entry('198.51.100.2'), entry('198.51.100.3')]);
    const all = {
      storeEpoch: 'e1',
      fromRevision: '0',
      toRevision: '4',
      adds: toWire(packEntries([entry('198.51.100.1')])),
    };
    stream.push({ delta: { ...all, removes: toWire(removes), digest: view.table.digest() } });
    expect((await stream.next()).ack).toMatchObject({ revision: '4', entries: '1' });
    stream.push(loose({ delta: { ...all, toRevision: '4' } }));
    expect((await stream.next()).nack).toMatchObject({ code: 'SEQUENCE', revision: '4' });
  });

  it('faults row 44: refuses a delta in parts without rows before they pile up', async () => {
    const view = new ReferenceView('e1');
    const { agent, stream } = await synced(view);
    const part = { storeEpoch: 'e1', fromRevision: '0', toRevision: '1', more: true };
    for (let i = 0; i < 1000; i++) stream.push({ delta: part });
    expect((await stream.next()).nack).toMatchObject({ code: 'MALFORMED', revision: '1' });
    stream.push({ delta: { ...part, more: false } }, { ping: { nonce: '1' } });
    expect((await stream.next()).pong).toBeTruthy();
    expect(agent.agent.reconciler.held.revision).toBe(0n);
  });

  it('faults row 26: a snapshot that is cut mid-way changes nothing', async () => {
    const view = new ReferenceView('e1', 1n);
    view.change([entry('192.0.2.1')]);
    const { agent, stream } = await synced(view);
    view.change([entry('192.0.2.2'), entry('192.0.2.3'), entry('192.0.2.4')], [entry('192.0.2.1')]);
    stream.push(...view.snapshot(1).slice(0, -1));
    stream.push({ ping: { nonce: '1' } });
    await stream.next();
    stream.close();
    const { stream: second, hello } = await agent.connection();
    expect(hello).toMatchObject({ storeEpoch: 'e1', revision: '2', entries: '1' });
    expect(listed(agent.datapath.held)).toEqual(['block 192.0.2.1/32']);
    second.push(welcome('e1'), ...view.snapshot(1));
    expect((await second.next()).ack).toMatchObject({ revision: '3', entries: '3' });
  });

  it('faults row 23: an older backup is not taken silently, but by command', async () => {
    const view = new ReferenceView('e1', 10n);
    view.change([entry('192.0.2.1')]);
    const { agent, stream } = await synced(view);
    const restored = new ReferenceView('e2', 5n);
    restored.change([entry('198.51.100.1')]);
    stream.push(...restored.snapshot());
    expect((await stream.next()).nack).toMatchObject({ code: 'EPOCH_MISMATCH', revision: '6' });
    expect(listed(agent.datapath.held)).toEqual(['block 192.0.2.1/32']);
    // An operator orders it at the controller ...
    stream.push(...restored.snapshot(2, { resync: true }));
    expect((await stream.next()).ack).toMatchObject({ storeEpoch: 'e2', revision: '6' });
    expect(listed(agent.datapath.held)).toEqual(['block 198.51.100.1/32']);
    // ... or on the host.
    const other = new ReferenceView('e3', 1n);
    other.change([entry('203.0.113.1')]);
    agent.agent.resync();
    const second = await agent.connection();
    expect(second.hello).toMatchObject({ storeEpoch: '', revision: '0' });
    second.stream.push(welcome('e3'), ...other.snapshot());
    expect((await second.stream.next()).ack).toMatchObject({ storeEpoch: 'e3', revision: '2' });
    expect(listed(agent.datapath.held)).toEqual(['block 203.0.113.1/32']);
    // Once: the next stranger is refused again.
    second.stream.push(...restored.snapshot());
    expect((await second.stream.next()).nack).toMatchObject({ code: 'EPOCH_MISMATCH' });
  });

  it('reconnects and resumes by revision', async () => {
    const view = new ReferenceView('e1');
    const { agent, stream } = await synced(view);
    stream.close();
    const { stream: second, hello } = await agent.connection();
    expect(hello).toMatchObject({ storeEpoch: 'e1', revision: '0' });
    second.push(welcome('e1'), view.change([entry('192.0.2.1')]));
    expect((await second.next()).ack).toMatchObject({ revision: '1' });
  });

  it('back-pressure - a controller that reads nothing does not make status messages pile up', async () => {
    const { agent, stream } = await synced(new ReferenceView('e1'));
    let read = () => {};
    stream.room = new Promise((resolve) => {
      read = resolve;
    });
    const statuses = () => stream.sent.filter((message) => message.status).length;
    const before = statuses();
    for (let i = 0; i < 100; i++) {
      agent.agent.reconciler.standing.touch();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(statuses() - before).toBe(1);
    stream.room = Promise.resolve();
    read();
    await expect.poll(() => statuses() - before).toBe(2);
  });

  it('drops a controller that does not begin with Welcome or speaks another protocol', async () => {
    const agent = start();
    const { stream } = await agent.connection();
    stream.push({ ping: { nonce: '1' } });
    const { stream: second } = await agent.connection();
    expect(stream.closed).toBe(true);
    second.push(welcome('e1', { protocol: 2 }));
    await agent.connection();
    expect(agent.agent.problems.join()).toContain('install the same version');
  });

  it('faults row 31: drops a stream that has gone silent', async () => {
    const agent = start();
    const { stream } = await agent.connection();
    stream.push(welcome('e1', { silenceLimitMs: 1000 }));
    await agent.connection();
    expect(stream.closed).toBe(true);
  });
});
