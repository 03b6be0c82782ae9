// A real agent process that is suspended while changes are made: real sockets fill up, and nothing else does.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LineProgram } from '../../lab/line-program.ts';
import { SyncFleet, until } from '../sync/fleet.ts';
import { identityFiles } from '../sync/simulated/identity-files.ts';

const CHANGES = 150;
/** Prefixes of one change: 150 changes are more than a stream's window takes. */
const PREFIXES = 100;

let fleet: SyncFleet;
let programs: LineProgram[];
beforeAll(async () => {
  // This is about a host that is only slow: none is let go for its silence, however slow the machine.
  fleet = await SyncFleet.start({ hub: { silenceLimitMs: 600_000 } });
  const files = identityFiles(fleet, await fleet.enrollMany(2), 2);
  const program = fileURLToPath(new URL('../sync/simulated/agents-program.ts', import.meta.url));
  programs = files.map((file) => new LineProgram(process.execPath, [program, fleet.address, file]));
  await until('both synced', () => fleet.server.controller.hostCounts().synced === 2, 60_000);
});
afterAll(async () => {
  await Promise.all(programs.map((program) => program.end()));
  await fleet.stop();
});

it('faults row 25: an agent that does not read is lagging, costs next to nothing, and catches up by one change', async () => {
  const [slow] = programs;
  const { controller, store } = fleet.server;
  const [slowId, quickId] = ['host0', 'host1'].map((name) => controller.registry.findByName(name)?.id ?? '');
  if (!slow || !slowId || !quickId) throw new Error('no hosts');
  await Promise.all(programs.map((program) => program.next()));
  const block = (change: number) =>
    store.addClaims({
      actor: 'admin/test',
      reason: '',
      prefixes: Array.from({ length: PREFIXES }, (_, i) => ({
        family: 4,
        address: Uint8Array.of(20, change >> 8, change & 255, i),
        length: 32,
      })),
      action: 'block',
      origin: 'manual',
      selector: { kind: 'all' },
      expiresMs: 0,
      dryRun: false,
    });
  slow.pause();
  for (let change = 0; change < CHANGES; change++) await block(change);
  expect(controller.hub.statusOf(slowId)).toBe('lagging');
  const caught = await controller.hub.prove([quickId], store.head, 60_000);
  expect(caught.enforced).toEqual([quickId]);
  expect(controller.hub.statusOf(slowId)).toBe('lagging');
  const acksBefore = await ackCount();
  slow.resume();
  expect((await controller.hub.prove([slowId], store.head, 60_000)).enforced).toEqual([slowId]);
  const digests = await Promise.all(programs.map(async (program) => Object.keys(Object(await program.ask('digests')))));
  expect(digests[0]).toEqual(digests[1]);
  // What was in the queue and on the way (64 at most), then everything else as one.
  expect((await ackCount()) - acksBefore).toBeLessThanOrEqual(65);
  const kinds = controller.events.since(0).filter((event) => event.hostId === slowId);
  expect(kinds.map((event) => event.kind)).toEqual(['host.connected', 'host.lagging', 'host.synced']);
});

/** Acks of changes sent as they came, of all hosts. */
async function ackCount(): Promise<number> {
  const [changes] = fleet.server.controller.hub.meter.metrics;
  const { values } = await changes.get();
  return Number(values.find(({ metricName }) => metricName?.endsWith('_count'))?.value ?? 0);
}
