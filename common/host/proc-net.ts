// What the kernel says of this process's network namespace in /proc/net: gateways and established connections.
import { readFileSync } from 'node:fs';
import { FAMILIES } from '../entries/packed.ts';
import { systemCode } from '../errors.ts';
import { type Family, formatAddress } from '../text/prefix.ts';

/** Reads a file below /proc; handed in so that tests have their own. Missing files are empty. */
export type ReadProc = (path: string) => string;

/** Below the real /proc. Empty for what is missing or may not be read. @throws Error any other failure */
export const readProc: ReadProc = (path) => {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch (error) {
    // No IPv6 in the kernel, or a process that has ended.
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(systemCode(error) ?? '')) return '';
    throw error;
  }
};

const RTF_UP = 1;
const RTF_GATEWAY = 2;
const ESTABLISHED = '01';
const NO_ADDRESS = '0'.repeat(32);

/** Names of the interfaces that the default routes go through, in the order of the kernel's tables. */
export function defaultRouteInterfaces(read: ReadProc = readProc): string[] {
  const v4 = rows(read('net/route'), 1).flatMap(([device = '', destination, , flags, , , , mask]) =>
    destination === '00000000' && mask === '00000000' && isUp(flags) ? [device] : [],
  );
  // The unreachable default route of every namespace is on lo.
  const v6 = rows(read('net/ipv6_route'), 0).flatMap(([destination, length, , , , , , , flags, device = '']) =>
    destination === NO_ADDRESS && length === '00' && isUp(flags) && device !== 'lo' ? [device] : [],
  );
  return [...new Set([...v4, ...v6])];
}

function isUp(flags = '0'): boolean {
  return (Number.parseInt(flags, 16) & RTF_UP) !== 0;
}

/** Addresses of the routers that the default routes go through. */
export function defaultGateways(read: ReadProc = readProc): string[] {
  const v4 = rows(read('net/route'), 1)
    .filter(([, destination, , flags, , , , mask]) => {
      const bits = Number.parseInt(flags ?? '0', 16);
      return destination === '00000000' && mask === '00000000' && (bits & RTF_UP) !== 0 && (bits & RTF_GATEWAY) !== 0;
    })
    .flatMap(([, , gateway]) => kernelAddress(4, gateway ?? '') ?? []);
  // Destination, its length, source, its length, next hop, metric, counters, flags, device; no heading.
  const v6 = rows(read('net/ipv6_route'), 0)
    .filter(([destination, length, , , hop]) => destination === NO_ADDRESS && length === '00' && hop !== NO_ADDRESS)
    .flatMap(([, , , , hop]) => (hop ? formatAddress(6, Buffer.from(hop, 'hex')) : []));
  return [...v4, ...v6];
}

/** An established TCP connection. `peer`: the remote address, without its port. */
export interface Connection {
  readonly peer: string;
  readonly localPort: number;
  /** Names the socket in /proc/PID/fd. */
  readonly inode: string;
}

/** Established TCP connections of local ports in `ports`. */
export function connectionsOn(ports: ReadonlySet<number>, read: ReadProc = readProc): Connection[] {
  return FAMILIES.flatMap((family) =>
    rows(read(family === 4 ? 'net/tcp' : 'net/tcp6'), 1).flatMap((fields) => {
      const [, local = '', remote = '', state, , , , , , inode = ''] = fields;
      const localPort = Number.parseInt(local.split(':')[1] ?? '', 16);
      const peer = kernelAddress(family, remote.split(':')[0] ?? '');
      return state === ESTABLISHED && ports.has(localPort) && peer ? [{ peer, localPort, inode }] : [];
    }),
  );
}

/** An address as /proc/net prints it: 32-bit words in this machine's byte order, each as a number. */
function kernelAddress(family: Family, hex: string): string | undefined {
  if (hex.length !== (family === 4 ? 8 : 32)) return undefined;
  const bytes = Buffer.from(hex, 'hex');
  if (LITTLE_ENDIAN) bytes.swap32();
  return formatAddress(family, bytes);
}

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

function rows(text: string, headings: number): string[][] {
  return text
    .split('\n')
    .slice(headings)
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/));
}
