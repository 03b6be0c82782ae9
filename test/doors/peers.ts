// Programs of Debian's packages that stand on the other side of a door: unpacked by scripts/peers.sh, never installed.
import { join } from 'node:path';

/** Where they are unpacked. */
const PEERS = join(import.meta.dirname, '../../build/peers');

/** The path of a program, such as `usr/bin/cscli`. */
export function peer(path: string): string {
  return join(PEERS, path);
}
