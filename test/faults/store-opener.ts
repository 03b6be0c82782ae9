// Opens a store, makes one change, closes it; says on stdout how far it has come. `store-opener.ts DIRECTORY`
import { writeSync } from 'node:fs';
import { parsePrefix } from '../../common/text/prefix.ts';
import { systemClock } from '../../common/time/clock.ts';
import { openSqliteStore } from '../../controller/store/sqlite/sqlite-store.ts';

const [, , directory = ''] = process.argv;
const store = await openSqliteStore({ directory, create: true, clock: systemClock });
writeSync(1, 'opened\n');
await store.addClaims({
  actor: 'admin/opener',
  reason: `${Date.now()}`,
  prefixes: [parsePrefix('20.0.0.1')],
  action: 'block',
  origin: 'manual',
  selector: { kind: 'all' },
  expiresMs: 0,
  dryRun: false,
});
writeSync(1, 'committed\n');
await store.close();
writeSync(1, 'closed\n');
