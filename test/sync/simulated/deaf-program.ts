// A process full of hosts that read nothing: what piles up at their end is not the controller's. `deaf-program.ts HOST:PORT IDENTITIES.json`
import { readFileSync } from 'node:fs';
import { DeafHost } from './deaf-host.ts';

const [, , address = '', path = ''] = process.argv;
const identities: unknown = JSON.parse(readFileSync(path, 'utf8'));
if (!Array.isArray(identities)) throw new Error(`${path} holds no identities`);
for (const identity of identities) new DeafHost(address, Object(identity));
// Its parent is gone.
process.stdin.once('end', () => process.exit(0)).resume();
