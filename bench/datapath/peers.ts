// Other ways to block the same addresses on the attacked end of the rig, where they are installed. What takes long to load is
// loaded once, and only hooked in and out between measurements.
import { execa } from 'execa';
import { library } from '../../agent/datapath/libbpf/library.ts';
import { LibbpfMap } from '../../agent/datapath/libbpf/map.ts';
import type { FamilyColumns } from '../../common/entries/packed.ts';
import type { Contender, LoadName, Undo } from './contender.ts';
import { ATTACKED } from './rig.ts';

/** xdp-filter's own limit. */
const XDP_FILTER_ENTRIES = 10_000;
const XDP_FILTER_MAP = '/sys/fs/bpf/xdp-filter/filter_ipv4';
/** MAP_FLAG_SRC of xdp-filter: match by source. */
const MATCH_SOURCE = 1n;

const ALL_ADDRESSES = 1_000_000;
const TABLE = 'fbbench';

async function isInstalled(command: string): Promise<boolean> {
  return (await execa('sh', ['-c', `command -v ${command}`], { reject: false })).exitCode === 0;
}

/** xdp-filter with the list's first 10,000 addresses; for the clean load it drops what is not listed. */
export async function xdpFilterContenders(list: FamilyColumns): Promise<Contender[]> {
  if (!(await isInstalled('xdp-filter'))) return [];
  return [
    { name: 'xdp-filter, its 10,000', loads: ['few'], attach: () => xdpFilter(list, 'allow') },
    { name: 'xdp-filter, clean', loads: ['clean'], attach: () => xdpFilter(list, 'deny') },
  ];
}

async function xdpFilter(columns: FamilyColumns, policy: 'allow' | 'deny'): Promise<Undo> {
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

/** nftables sets on the ingress hook of the interface. `list`: its addresses come before its prefixes. */
export async function nftContenders(list: FamilyColumns): Promise<Contender[]> {
  if (!(await isInstalled('nft'))) return [];
  const set = async (name: string, rows: number, flags: string, loads: readonly LoadName[]): Promise<Contender> => {
    const table = `${TABLE}${rows}${flags === '' ? '' : 'i'}`;
    const elements = texts(list, rows).join(', ');
    const listed = `set listed { type ipv4_addr; ${flags} elements = { ${elements} } }`;
    await execa('nft', ['-f', '-'], { input: `table netdev ${table} { ${listed}\n }\n` });
    const chain = `chain ingress { type filter hook ingress device ${ATTACKED} priority 0; ip saddr @listed drop; drop; }`;
    return {
      name,
      loads,
      attach: async () => {
        await execa('nft', ['-f', '-'], { input: `table netdev ${table} { ${chain}\n }\n` });
        return async () => {
          await execa('nft', ['-f', '-'], {
            input: `flush chain netdev ${table} ingress\ndelete chain netdev ${table} ingress\n`,
          });
        };
      },
    };
  };
  return [
    await set('nft ingress set of 10,000', XDP_FILTER_ENTRIES, '', ['few']),
    await set('nft ingress set of 1 M', ALL_ADDRESSES, '', ['few', 'all']),
    await set('nft interval set of 1 M + 10,000', list.count, 'flags interval; auto-merge;', [
      'few',
      'all',
      'prefixes',
    ]),
  ];
}

/** ipset and plain rules in iptables' raw table, the first place where it sees a packet. */
export async function iptablesContenders(list: FamilyColumns): Promise<Contender[]> {
  if (!(await isInstalled('iptables-restore'))) return [];
  const rule = (...match: string[]) => ['-i', ATTACKED, ...match, '-j', 'DROP'];
  const found: Contender[] = [
    { name: 'iptables raw, 1 rule', loads: ['few'], attach: () => hooked(rule('-s', '0.0.0.0/0')) },
  ];
  for (const rows of [1_000, 10_000]) {
    const chain = `fb${rows}`;
    const rules = texts(list, rows).map((address) => `-A ${chain} -s ${address} -j DROP`);
    await restore(['*raw', `:${chain} - [0:0]`, ...rules, `-A ${chain} -j DROP`, 'COMMIT']);
    found.push({
      name: `iptables raw, ${rows.toLocaleString('en')} rules`,
      loads: ['few'],
      attach: () => hooked(['-i', ATTACKED, '-j', chain]),
    });
  }
  if (!(await isInstalled('ipset'))) return found;
  const input = [
    `create ${TABLE} hash:ip maxelem ${ALL_ADDRESSES} hashsize ${1 << 19}`,
    // The list's first address is 0.0.0.0, which a hash:ip cannot hold.
    ...texts(list, ALL_ADDRESSES).flatMap((address) => (address === '0.0.0.0' ? [] : [`add ${TABLE} ${address}`])),
  ];
  await execa('ipset', ['restore'], { input: `${input.join('\n')}\n` });
  found.push({
    name: 'ipset hash:ip of 1 M in raw',
    loads: ['few', 'all'],
    attach: () => hooked(rule('-m', 'set', '--match-set', TABLE, 'src')),
  });
  return found;
}

async function restore(lines: readonly string[]): Promise<void> {
  await execa('iptables-restore', ['--noflush'], { input: `${lines.join('\n')}\n` });
}

async function hooked(rule: readonly string[]): Promise<Undo> {
  await execa('iptables', ['-t', 'raw', '-A', 'PREROUTING', ...rule]);
  return async () => {
    await execa('iptables', ['-t', 'raw', '-D', 'PREROUTING', ...rule]);
  };
}

/** The first rows as text. */
function texts(columns: FamilyColumns, rows: number): string[] {
  return Array.from({ length: rows }, (_, row) => {
    const length = columns.lengths[row] ?? 32;
    const address = columns.addresses.subarray(row * 4, row * 4 + 4).join('.');
    return length === 32 ? address : `${address}/${length}`;
  });
}
