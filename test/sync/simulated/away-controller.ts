// The controller of AwayFleet. `away-controller.ts LISTEN`, then lines: `enroll HOSTS PROCESSES` (files with their identities),
// `change COUNT`, `online`, `digest` (of the first host's view), `synced HOSTS MILLISECONDS` (how long it took), `storm HOSTS`.
import { answerLines, say } from '../../../lab/line-program.ts';
import { SyncFleet, until } from '../fleet.ts';
import { identityFiles } from './identity-files.ts';

const fleet = await SyncFleet.start({ listen: process.argv[2] ?? '127.0.0.1' });
process.once('exit', () => fleet.removeFiles());
let changes = 0;

async function change(): Promise<void> {
  const address = Uint8Array.of(20, 0, (changes >> 8) & 255, changes++ & 255);
  await fleet.server.store.addClaims({
    actor: 'admin/test',
    reason: '',
    prefixes: [{ family: 4, address, length: 32 }],
    action: 'block',
    origin: 'manual',
    selector: { kind: 'all' },
    expiresMs: 0,
    dryRun: false,
  });
}

/** An operator's call over TLS, milliseconds. */
async function call(): Promise<number> {
  const started = performance.now();
  await fleet.operator.entries({ host: 'host0' });
  return performance.now() - started;
}

/** Calls one after the other until `work` is over. */
async function callsDuring(work: Promise<unknown>): Promise<number[]> {
  let over = false;
  void work.finally(() => {
    over = true;
  });
  const times: number[] = [];
  while (!over) times.push(await call());
  await work;
  return times;
}

/** Another controller takes the place of this one: all hosts come back at once. */
async function storm(hosts: number): Promise<object> {
  const before: number[] = [];
  for (let i = 0; i < 20; i++) before.push(await call());
  const started = performance.now();
  const sinceMs = Date.now();
  await fleet.restart();
  const { controller } = fleet.server;
  const during = await callsDuring(until('all synced', () => controller.hostCounts().synced === hosts, 480_000));
  const tookMs = performance.now() - started;
  const events = controller.events.since(0).filter(({ kind }) => kind === 'host.connected');
  return { before, during, tookMs, connectedMs: events.map(({ atMs }) => atMs - sinceMs) };
}

say('ready');
await answerLines(async (line) => {
  const [verb, first = '0', second = '0'] = line.split(' ');
  switch (verb) {
    case 'enroll':
      return {
        address: fleet.address,
        files: identityFiles(fleet, await fleet.enrollMany(Number(first)), Number(second)),
      };
    case 'change':
      for (let i = 0; i < Number(first); i++) await change();
      return changes;
    case 'online':
      return fleet.server.controller.hub.connected;
    case 'digest': {
      const { controller } = fleet.server;
      const [host] = controller.registry.live();
      return Buffer.from(controller.views.digestFor(host?.id ?? '')).toString('hex');
    }
    case 'synced': {
      const { controller } = fleet.server;
      const started = performance.now();
      // Proven by acks that carry the digest.
      await until('all synced', () => controller.hostCounts().synced === Number(first), Number(second));
      return performance.now() - started;
    }
    case 'storm':
      return storm(Number(first));
    default:
      throw new Error(`what is ${line}?`);
  }
});
