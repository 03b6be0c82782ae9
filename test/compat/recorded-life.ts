// What happens to a host while it is recorded, and again when the record is played to a controller: every kind of message that the two
// exchange, and what operators see of it.
import { packEntries } from '../../common/entries/packed.ts';
import { type Prefix, parsePrefix } from '../../common/text/prefix.ts';
import type { Host__Output } from '../../proto/gen/fleetblock/v1/Host.ts';
import type { SyncFleet } from '../sync/fleet.ts';
import type { Operator } from '../sync/operator.ts';

/** Entries that the host's maps hold: the list that comes last does not fit. */
export const CAPACITY = 600;
/** Of the drop that the host reports. */
export const DROPPED = { source: '198.51.100.1', packets: 7, packetBytes: 64 };

const LIST_ROWS = 500;
const TOO_MANY_ROWS = 200;
const HOUR = 3_600_000;

/** The host, recorded or real. */
export interface LivingHost {
  readonly name: string;
  /** Opens a stream; resolves when it says that it holds what the controller has. */
  connect(): Promise<void>;
  /** Ends the stream. */
  cut(): Promise<void>;
  /** Resolves when the controller has pinged the host and was answered. */
  ponged(): Promise<void>;
}

/** What operators saw. */
export interface Seen {
  /** Hosts that proved a block, the end of one, a block with an end, and a block that was made while the host was away. */
  readonly proven: readonly number[];
  /** What the kernel does with a listed address, as the host says. */
  readonly lookup: string;
  /** Packets of a drop on the host. */
  readonly dropped: string;
  /** Why a list was refused. */
  readonly refused: string;
  readonly host: Pick<Host__Output, 'status' | 'entries'> & { readonly interfaces: readonly string[] };
}

/** Runs it all on a new fleet. */
export async function live({ operator }: SyncFleet, host: LivingHost): Promise<Seen> {
  const wait = null;
  await operator.block(['198.51.100.1', '198.51.100.0/24', '2001:db8::/48'], { wait });
  await operator.block(['203.0.113.0/24'], { monitor: true, wait });
  await operator.block(['198.51.100.99'], { action: 'ACTION_ALLOW', wait });
  await operator.importList('feed', [rows('10.1', LIST_ROWS)], { wait });
  await host.connect();
  const proven = [
    await operator.block(['192.0.2.77', '2001:db8:1::7']),
    await operator.unblock(['192.0.2.77']),
    await operator.block(['192.0.2.78'], { ttlMs: `${HOUR}` }),
  ];
  const { hosts } = await operator.check('198.51.100.1', host.name);
  const dropped = await firstDrop(operator);
  await host.ponged();
  await host.cut();
  await operator.block(['192.0.2.79'], { wait });
  await operator.unblock(['198.51.100.1'], { wait });
  await host.connect();
  proven.push(await operator.block(['192.0.2.79']));
  const { status, entries, interfaces } = await operator.host(host.name);
  const large = await operator.importList('large', [rows('10.2', TOO_MANY_ROWS)]);
  await host.cut();
  return {
    proven: proven.map((reply) => reply.hosts?.enforced ?? 0),
    lookup: `${hosts[0]?.realized} by ${hosts[0]?.entry}${hosts[0]?.problem}`,
    dropped,
    refused: large.hosts?.failed[0]?.code ?? '',
    host: { status, entries, interfaces: interfaces.map(({ name, mode }) => `${name} ${mode}`) },
  };
}

/** Of whatever host: how many packets of which source, once an operator watches. */
async function firstDrop(operator: Operator): Promise<string> {
  const call = operator.client.WatchDrops({});
  call.on('error', () => {});
  for await (const { drops } of call) {
    const [drop] = drops ?? [];
    if (drop === undefined) continue;
    call.cancel();
    return `${drop.packets} from ${drop.source.join('.')} on ${drop.interface}`;
  }
  throw new Error('the controller reported no drop');
}

/** Addresses of one /16, each its own row. */
function rows(network: string, count: number) {
  const prefixes = Array.from({ length: count }, (_, i): Prefix => parsePrefix(`${network}.${i >> 8}.${i & 255}`));
  return packEntries(prefixes.map((prefix) => ({ prefix, action: 'block' as const, ttlMs: 0 })));
}
