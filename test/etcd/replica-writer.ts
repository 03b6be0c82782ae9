// One replica that changes its store until it is killed, several writers at once, each change two prefixes. Prints the number of a change
// once it is acknowledged. `replica-writer.ts DIRECTORY OPTIONS_FILE PREFIX FIRST`
import { readFileSync, writeSync } from 'node:fs';
import { parsePrefix } from '../../common/text/prefix.ts';
import { systemClock } from '../../common/time/clock.ts';
import { EtcdClient } from '../../controller/store/etcd/client/etcd-client.ts';
import { openEtcdStore } from '../../controller/store/etcd/replica/store.ts';
import { pairOf } from '../faults/pairs.ts';

const [, , directory = '', optionsFile = '', prefix = '', first = '0'] = process.argv;
const WRITERS = 4;

const client = new EtcdClient(JSON.parse(readFileSync(optionsFile, 'utf8')));
const store = await openEtcdStore({ directory, client, prefix, clock: systemClock });
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
