// The controller of AwayFleet. `away-controller.ts LISTEN`, then lines: `enroll HOSTS PROCESSES` (files with their identities),
// `change COUNT`, `online`, `synced HOSTS MILLISECONDS` (how long it took).
import { answerLines, say } from '../lab/line-program.ts';
import { SyncFleet, until } from './fleet.ts';
import { identityFiles } from './identity-files.ts';

const fleet = await SyncFleet.start({ listen: process.argv[2] ?? '127.0.0.1' });
process.once('exit', () => fleet.removeFiles());
const { controller, store } = fleet.server;
let changes = 0;

async function change(): Promise<void> {
  const address = Uint8Array.of(20, 0, (changes >> 8) & 255, changes++ & 255);
  await store.addClaims({
    actor: 'admin/test',
    reason: '',
    prefixes: [{ family: 4, address, length: 32 }],
    action: 'block',
    origin: 'manual',
    selector: { kind: 'all' },
    expiresMs: 0,
    monitor: false,
    dryRun: false,
  });
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
      return controller.hub.connected;
    case 'digest': {
      const [host] = controller.registry.live();
      return Buffer.from(controller.views.digestFor(host?.id ?? '')).toString('hex');
    }
    case 'synced': {
      const started = performance.now();
      // Proven by acks that carry the digest.
      await until('all synced', () => controller.hostCounts().synced === Number(first), Number(second));
      return performance.now() - started;
    }
    default:
      throw new Error(`what is ${line}?`);
  }
});
