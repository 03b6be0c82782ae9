// What a block of one address looks like on the wire, and its ack: the floor sends the same bytes.
import { packEntries } from '../../common/entries/packed.ts';
import { protocol } from '../../common/rpc/proto.ts';
import { encodeDelta, encodeDeltaColumns } from '../../common/sync-wire/delta.ts';
import { parsePrefix } from '../../common/text/prefix.ts';

const epoch = '01234567-89ab-cdef-0123-456789abcdef';
const digest = new Uint8Array(8).fill(0x5a);
const SEAL = new Uint8Array(16).fill(0x5a);

export function blockMessage(): Buffer {
  const rows = packEntries([{ prefix: parsePrefix('20.0.0.1'), action: 'block', ttlMs: 0 }]);
  return encodeDelta(epoch, 1000n, 1001n, encodeDeltaColumns(rows, packEntries([])), { digest, seal: SEAL });
}

export function ackMessage(): Buffer {
  const ack = { storeEpoch: epoch, revision: '1001', digest, entries: 1000, kernelUs: 300 };
  return protocol.AgentService.service.Sync.requestSerialize({ ack });
}
