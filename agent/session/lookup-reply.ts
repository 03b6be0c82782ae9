// The answer to Lookup: what the kernel does with a source, read from its maps, in the words of the protocol.

import { clipped } from '../../common/agent-limits.ts';
import type { EntryTable } from '../../common/entries/entry-table.ts';
import { messageOf } from '../../common/errors.ts';
import { type Family, formatPrefix, maskAddress } from '../../common/text/prefix.ts';
import type { Lookup__Output } from '../../proto/gen/fleetblock/v1/Lookup.ts';
import type { LookupReply } from '../../proto/gen/fleetblock/v1/LookupReply.ts';
import type { Datapath } from '../datapath/datapath.ts';
import type { AgentClock } from '../host/boot-clock.ts';
import { decideByRows, plainBlockLength } from '../list/deciding-rows.ts';

/** What an answer is made of: the kernel's maps, and the table that names what the maps hold as bits. */
export interface LookupDeps {
  readonly datapath: Pick<Datapath, 'lookup' | 'interfaces'>;
  /** What the kernel should hold: it names entries that the kernel has as bits alone. */
  readonly table: EntryTable;
  readonly clock: AgentClock;
  /** Called with a source that the kernel treats differently from the table, unless a change is in progress. */
  readonly differs: (family: Family, address: Uint8Array) => void;
}

/** Always an answer: what cannot be read is reported in `problem`. */
export function lookupReply({ id, address }: Lookup__Output, deps: LookupDeps): LookupReply {
  try {
    const family = familyOf(address);
    if (family === undefined) return { id, problem: `an address of ${address.length} bytes is neither IPv4 nor IPv6` };
    // Nothing runs the program: whatever the maps say, packets pass.
    if (deps.datapath.interfaces().every(({ mode }) => mode === 'none')) return { id, verdict: 'pass' };
    const { verdict, length, hits, lastHitMs } = deps.datapath.lookup(family, address);
    if (decideByRows(deps.table, family, address, deps.clock.bootMs()).verdict !== verdict)
      deps.differs(family, address);
    const bits = verdict === 'drop' && length === undefined ? plainBlockLength(deps.table, family, address) : length;
    return {
      id,
      verdict: verdict === 'clear' ? 'pass' : verdict,
      entry: bits === undefined ? '' : formatPrefix({ family, address: maskAddress(address, bits), length: bits }),
      hits: `${hits}`,
      lastHitMs: `${lastHitMs === 0 ? 0 : unixMs(lastHitMs, deps.clock)}`,
    };
  } catch (error) {
    return { id, problem: clipped(`the maps cannot be read: ${messageOf(error)}`) };
  }
}

function familyOf(address: Uint8Array): Family | undefined {
  if (address.length === 4) return 4;
  return address.length === 16 ? 6 : undefined;
}

function unixMs(bootMs: number, clock: AgentClock): number {
  return Math.round(clock.wallMs() - (clock.bootMs() - bootMs));
}
