// A process that holds the datapath as an agent does: run by crash.test.ts, which kills it.
// holder.ts PIN_DIR OBJECT INTERFACE[,INTERFACE] CAPACITY PREFIX...: opens, reconciles, prints `ready`, stays until killed.
// With `--once` as the last argument it closes and ends instead of staying.
import { pino } from 'pino';
import { openXdpDatapath } from '../../../agent/datapath/xdp-datapath.ts';
import { tableOf } from '../tables-of.ts';

const once = process.argv.at(-1) === '--once';
const [pinDir, objectPath, interfaces, capacity, ...prefixes] = process.argv.slice(2, once ? -1 : undefined);
if (pinDir === undefined || objectPath === undefined || interfaces === undefined) process.exit(2);

const datapath = await openXdpDatapath({
  pinDir,
  objectPath,
  interfaces: interfaces.split(','),
  limits: { v4Addresses: Number(capacity), v6Addresses: 1000, prefixes: 1000 },
  logger: pino({ level: 'error' }, pino.destination(2)),
});
await datapath.reconcile(tableOf(...prefixes));
process.stdout.write('ready\n');
process.on('SIGTERM', () => {
  void datapath.closed().then(() => process.exit(0));
});
if (once) await datapath.closed();
else setInterval(() => undefined, 60_000);
