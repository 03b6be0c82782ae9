// A process that holds the datapath as an agent does: run by lifecycle-crash.test.ts, which kills it.
// holder.ts PIN_DIR OBJECT INTERFACE[,INTERFACE] CAPACITY PREFIX...: opens, reconciles, prints `ready`, stays until killed.
import { pino } from 'pino';
import { openXdpDatapath } from '../../agent/datapath/xdp-datapath.ts';
import { tableOf } from './tables-of.ts';

const [pinDir, objectPath, interfaces, capacity, ...prefixes] = process.argv.slice(2);
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
setInterval(() => undefined, 60_000);
