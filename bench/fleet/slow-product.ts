// The controller of slow.ts: prints its memory ten times during the changes. `slow-product.ts AGENTS DEAF CHANGES`
import { say } from '../../test/lab/line-program.ts';
import { SyncFleet, until } from '../../test/sync/fleet.ts';
import { startAgents } from './agents-of.ts';
import { DeafHost } from './deaf-host.ts';
import { memory } from './rig.ts';

const [, , agents = '0', deaf = '0', changes = '0'] = process.argv;
const fleet = await SyncFleet.start();
process.once('exit', () => fleet.removeFiles());
const identities = await fleet.enrollMany(Number(agents));
const reading = identities.slice(Number(deaf));
startAgents(fleet, reading, 1);
const { controller, store } = fleet.server;
const deafHosts = identities.slice(0, Number(deaf)).map((identity) => new DeafHost(fleet.address, identity));
await until('all connected', () => controller.hub.connected === identities.length, 120_000);
await until('all that read synced', () => (controller.hostCounts().synced ?? 0) >= reading.length, 120_000);

const BY = { actor: 'admin/bench', reason: 'a reason as long as people write them, more or less' };
const total = Number(changes);
for (let change = 0; change < total; change++) {
  if (change % (total / 10) === 0) say({ changes: change, ...memory() });
  const address = Uint8Array.of(20, 0, 0, (change >> 1) & 127);
  const claim = { ...BY, prefixes: [{ family: 4 as const, address, length: 32 }], origin: 'manual', dryRun: false };
  const selector = { kind: 'all' } as const;
  if (change % 2 === 0) await store.addClaims({ ...claim, action: 'block', selector, expiresMs: 0, monitor: false });
  else await store.removeClaims({ ...claim, action: 'block', selector });
  // As fast as the hosts that read can follow: it is not they who are to lag.
  if (change % 16 === 15)
    await controller.hub.prove(
      reading.map((host) => host.hostId),
      store.head,
      60_000,
    );
}
say({ changes: total, ...memory() });
const lagging = deafHosts.filter((host) => controller.hub.statusOf(host.identity.hostId) === 'lagging').length;
say({ done: true, lagging });
