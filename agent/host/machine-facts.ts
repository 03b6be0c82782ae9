// What tells this machine from one that has a copy of its state directory: told to the controller as hashes that mean nothing elsewhere.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { AGENT_LIMITS } from '../../common/agent-limits.ts';

/** `facts`: 16 bytes of SHA-256 each, of the machine id and of the interfaces' MAC addresses, keyed with the host's id. */
export interface MachineFacts {
  /** Inode of this process's network namespace; 0n: not known. */
  readonly networkNamespace: bigint;
  readonly facts: readonly Uint8Array[];
}

const FACT_BYTES = 16;

/** As of now: an interface has to be up and have an address to be known. `hostId` goes into the hashes: two fleets, or two hosts of one machine, have nothing to compare. */
export function machineFacts(hostId: string, interfaces: readonly string[]): MachineFacts {
  const known = networkInterfaces();
  const texts = [machineId(), ...interfaces.map((name) => known[name]?.[0]?.mac ?? '')];
  const facts = texts
    .filter((text) => text !== '' && !/^[0:]+$/.test(text))
    .slice(0, AGENT_LIMITS.machineFacts)
    .map((text) => createHash('sha256').update(`${hostId}\0${text}`).digest().subarray(0, FACT_BYTES));
  return { networkNamespace: namespaceInode(), facts };
}

function namespaceInode(): bigint {
  try {
    return statSync('/proc/self/ns/net', { bigint: true }).ino;
  } catch {
    // A /proc that hides it: not known.
    return 0n;
  }
}

function machineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim();
  } catch {
    // Containers and small systems have none.
    return '';
  }
}
