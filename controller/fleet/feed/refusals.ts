// Why a host is not fed what it should have, in words that name what to do.
import type { Revision } from '../../../common/revision.ts';
import type { HostRefusal } from '../host/host-state.ts';

/** The host's kernel keeps what it holds until an operator resyncs it. `epoch`: the store that the host says it follows. */
export function otherStore(epoch: string): HostRefusal {
  return {
    code: 'EPOCH_MISMATCH',
    text: `it holds the list of another store (epoch ${epoch.slice(0, 8)}): if a backup was restored on purpose, run fleetblock host resync`,
  };
}

/** `claimed`: as the host says, without a valid seal. `head`: the newest revision of the store. */
export function impossibleRevision(claimed: Revision, head: Revision): HostRefusal {
  return {
    code: 'IMPOSSIBLE_REVISION',
    text: `it says that it holds revision ${claimed}, the store ends at ${head}, and it shows no proof: if commits were lost, restore a backup; else run fleetblock host resync for it`,
  };
}
