// Other ways to block the same addresses on the attacked end of the rig, where they are installed.
import { execa } from 'execa';
import { library } from '../../agent/datapath/libbpf/library.ts';
import { LibbpfMap } from '../../agent/datapath/libbpf/map.ts';
import type { FamilyColumns } from '../../common/packed.ts';
import { ATTACKED } from './rig.ts';

/** xdp-filter's own limit. */
export const XDP_FILTER_ENTRIES = 10_000;
const XDP_FILTER_MAP = '/sys/fs/bpf/xdp-filter/filter_ipv4';
/** MAP_FLAG_SRC of xdp-filter: match by source. */
const MATCH_SOURCE = 1n;

/** What must be undone to take a peer off again. */
export type Undo = () => Promise<void>;

export async function isInstalled(command: string): Promise<boolean> {
  return (await execa('sh', ['-c', `command -v ${command}`], { reject: false })).exitCode === 0;
}

/** xdp-filter with the list's first addresses. `allow`: lets unlisted packets pass; `deny`: drops them, for the clean load. */
export async function xdpFilter(columns: FamilyColumns, policy: 'allow' | 'deny'): Promise<Undo> {
  await execa('xdp-filter', ['load', '-m', 'native', '-p', policy, '-f', 'ipv4', ATTACKED]);
  const fd = library().objGet(XDP_FILTER_MAP);
  if (fd < 0) throw new Error(`cannot open ${XDP_FILTER_MAP}`);
  const map = new LibbpfMap(fd, 'filter_ipv4');
  const value = new Uint8Array(map.lookupBytes);
  const view = new DataView(value.buffer);
  for (let at = 0; at < value.length; at += 8) view.setBigUint64(at, MATCH_SOURCE, true);
  for (let row = 0; row < XDP_FILTER_ENTRIES; row++) map.update(columns.addresses.slice(row * 4, row * 4 + 4), value);
  map.close();
  return async () => {
    await execa('xdp-filter', ['unload', '-a'], { reject: false });
  };
}

/** An nft set on the ingress hook of the interface, of the list's first `entries` addresses. */
export async function nftIngress(columns: FamilyColumns, entries: number): Promise<Undo> {
  const addresses = Array.from({ length: entries }, (_, row) =>
    columns.addresses.subarray(row * 4, row * 4 + 4).join('.'),
  );
  const script = `table netdev fbbench {
  set listed { type ipv4_addr; elements = { ${addresses.join(', ')} } }
  chain ingress { type filter hook ingress device ${ATTACKED} priority 0; ip saddr @listed drop; drop; }
}
`;
  await execa('nft', ['-f', '-'], { input: script });
  return async () => {
    await execa('nft', ['delete', 'table', 'netdev', 'fbbench']);
  };
}

/** One rule in the raw table that drops all that comes in: the least that iptables can do. */
export async function iptablesRaw(): Promise<Undo> {
  const rule = ['PREROUTING', '-i', ATTACKED, '-s', '0.0.0.0/0', '-j', 'DROP'];
  await execa('iptables', ['-t', 'raw', '-A', ...rule]);
  return async () => {
    await execa('iptables', ['-t', 'raw', '-D', ...rule]);
  };
}
