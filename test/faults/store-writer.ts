// Writes to a store until it is killed: several writers at once, each change two prefixes. Prints the number of a change once it is
// acknowledged. `store-writer.ts DIRECTORY FIRST`
import { writeSync } from 'node:fs';
import { parsePrefix } from '../../common/text/prefix.ts';
import { systemClock } from '../../common/time/clock.ts';
import { openSqliteStore } from '../../controller/store/sqlite/sqlite-store.ts';
import { pairOf } from './pairs.ts';

const [, , directory = '', first = '0'] = process.argv;
const WRITERS = 4;

const store = await openSqliteStore({ directory, create: true, clock: systemClock });
let next = Number(first);
async function write(): Promise<never> {
  for (;;) {
    const number = next++;
    await store.addClaims({
      actor: 'admin/writer',
      reason: `${number}`,
      prefixes: pairOf(number).map(parsePrefix),
      action: 'block',
      origin: 'manual',
      selector: { kind: 'all' },
      expiresMs: 0,
      dryRun: false,
    });
    writeSync(1, `${number}\n`);
  }
}
await Promise.all(Array.from({ length: WRITERS }, write));
