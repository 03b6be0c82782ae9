// The agent's session over real TLS: a scripted controller that restarts, hangs, does not read, or is an impostor.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { SyncDialer } from '../../agent/session/sync-dialer.ts';
import { patience } from '../../lab/patience.ts';
import { TestAgent } from './harness.ts';
import { entry, listed, ReferenceView, welcome } from './reference.ts';
import { ScriptedController } from './tls-controller.ts';

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function startController(): Promise<ScriptedController> {
  const controller = await ScriptedController.start();
  cleanUps.push(() => controller.stop());
  return controller;
}

function startAgent(address: string, controller: ScriptedController): TestAgent {
  const dialer = new SyncDialer();
  const agent = new TestAgent({
    dial: (signal) => dialer.dial(address, controller.identity, signal),
    random: Math.random,
  });
  cleanUps.push(() => agent.stop());
  return agent;
}

describe('session over TLS', () => {
  it('reconnect - a restarted controller gets the same revision and sends the difference', async () => {
    const controller = await startController();
    const view = new ReferenceView('e1');
    view.change([entry('192.0.2.1')]);
    const agent = startAgent(controller.address, controller);
    const first = await controller.connection();
    expect((await first.next()).hello).toMatchObject({ storeEpoch: '' });
    await first.push(welcome('e1'), ...view.snapshot());
    expect((await first.next()).ack).toMatchObject({ revision: '1', entries: '1' });
    controller.stop();
    await expect(first.next()).rejects.toThrow();
    const delta = view.change([entry('192.0.2.2')]);
    expect(listed(agent.datapath.held)).toEqual(['block 192.0.2.1/32']);
    await controller.listen();
    const second = await controller.connection();
    expect((await second.next()).hello).toMatchObject({ storeEpoch: 'e1', revision: '1', entries: '1' });
    await second.push(welcome('e1'), delta);
    expect((await second.next()).ack).toMatchObject({ revision: '2', entries: '2' });
  });

  it('reconnect - delays grow without a Welcome, with full jitter', async () => {
    const controller = await startController();
    startAgent(controller.address, controller);
    const times: number[] = [];
    for (let i = 0; i < 8; i++) {
      (await controller.connection()).end();
      times.push(performance.now());
    }
    // Bounds are 200, 400, ... ms: eight immediate attempts would take less than a tenth of what seven delays take.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(500);
  });

  it('faults row 26: 1 M entries come in chunks, and messages over the limit end the stream, not the agent', async () => {
    const controller = await startController();
    const agent = startAgent(controller.address, controller);
    const view = new ReferenceView('e1', 5n);
    view.fill(1_000_000);
    const first = await controller.connection();
    await first.next();
    await first.push(welcome('e1'), ...view.snapshot(40_000));
    expect((await first.next()).ack).toMatchObject({ revision: '5', entries: '1000000' });
    expect(agent.datapath.held.digest()).toEqual(view.table.digest());
    await first.push(...view.snapshot(1_000_000));
    await expect(first.next()).rejects.toThrow();
    const second = await controller.connection();
    expect((await second.next()).hello).toMatchObject({ revision: '5', entries: '1000000' });
  });

  it(
    'faults row 31: a connection that is open on this side only is given up',
    async () => {
      const controller = await startController();
      const proxy = await startProxy(controller.port);
      startAgent(`127.0.0.1:${proxy.port}`, controller);
      const first = await controller.connection();
      await first.next();
      await first.push(welcome('e1', { silenceLimitMs: 120_000, statusIntervalMs: 600_000 }));
      await first.nextStatus();
      proxy.hang();
      const second = await controller.connection();
      expect((await second.next()).hello).toBeTruthy();
    },
    patience(120_000),
  );

  it('does not talk to a controller of another fleet', async () => {
    const controller = await startController();
    const other = await startController();
    const agent = startAgent(other.address, controller);
    await expect.poll(() => agent.agent.problems.join(), { timeout: 5000 }).not.toBe('');
    expect(agent.agent.link).toBe('connecting');
  });
});

/** Passes bytes on until it is told to hang: connections then stay open and carry nothing; new ones work. */
async function startProxy(target: number): Promise<{ port: number; hang(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    hang: () => {
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
  };
}
