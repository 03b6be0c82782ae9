// A controller some of whose hosts do not read: prints its memory ten times during the changes. `slow-controller.ts AGENTS DEAF CHANGES
// PREFIXES`: PREFIXES in each change
import { say } from '../../../lab/line-program.ts';
import { memory } from '../../../lab/memory.ts';
import { SyncFleet, until } from '../fleet.ts';
import { startAgents, startDeafHosts } from './start-agents.ts';

const [, , agents = '0', deaf = '0', changes = '0', perChange = '1'] = process.argv;
const fleet = await SyncFleet.start();
process.once('exit', () => fleet.removeFiles());
const identities = await fleet.enrollMany(Number(agents));
const reading = identities.slice(Number(deaf));
startAgents(fleet, reading, 1);
const { controller, store } = fleet.server;
const deafHosts = identities.slice(0, Number(deaf));
startDeafHosts(fleet, deafHosts);
await until('all connected', () => controller.hub.connected === identities.length, 120_000);
await until('all that read synced', () => (controller.hostCounts().synced ?? 0) >= reading.length, 120_000);

const BY = { actor: 'admin/bench', reason: 'a reason as long as people write them, more or less' };
const total = Number(changes);
for (let change = 0; change < total; change++) {
  if (change % (total / 10) === 0) say({ changes: change, ...memory() });
  const prefixes = Array.from({ length: Number(perChange) }, (_, i) => ({
    family: 4 as const,
    address: Uint8Array.of(20, (change >> 1) & 127, i >> 8, i & 255),
    length: 32,
  }));
  const claim = { ...BY, prefixes, origin: 'manual', dryRun: false };
  const selector = { kind: 'all' } as const;
  if (change % 2 === 0) await store.addClaims({ ...claim, action: 'block', selector, expiresMs: 0 });
  else await store.removeClaims({ ...claim, action: 'block', selector });
  // As fast as the hosts that read can follow: they are not the ones that should lag.
  if (change % 16 === 15)
    await controller.hub.prove(
      reading.map((host) => host.hostId),
      store.head,
      60_000,
    );
}
say({ changes: total, ...memory() });
const lagging = deafHosts.filter(({ hostId }) => controller.hub.statusOf(hostId) === 'lagging').length;
say({ done: true, lagging });
