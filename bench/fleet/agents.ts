// A process full of simulated hosts: the real agent over real TLS, on the memory datapath. `agents.ts HOST:PORT IDENTITIES.json`
// Prints `ready` once all are running; ends with its standard input.
import { readFileSync } from 'node:fs';
import { SimulatedHost } from '../../test/sync/fleet.ts';

const [, , address = '', path = ''] = process.argv;
const identities: unknown = JSON.parse(readFileSync(path, 'utf8'));
if (!Array.isArray(identities)) throw new Error(`${path} holds no identities`);
for (const identity of identities) new SimulatedHost(address, Object(identity));
console.log('ready');
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));
