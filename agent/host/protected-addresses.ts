// Addresses that this host never drops, whatever it is told: without them one wrong block locks everybody out. Found anew
// every few seconds.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type PackedEntries, packEntries } from '../../common/entries/packed.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../../common/text/prefix.ts';
import type { ControllerAddress } from './controller-address.ts';
import { defaultGateways } from './proc-net.ts';
import { SshSessions } from './ssh-sessions.ts';

export interface ProtectedAddress {
  readonly prefix: Prefix;
  /** `controller`, `gateway`, `resolver`, `own address`, `ssh session`, `setting`. */
  readonly why: string;
}

export interface ProtectedSources {
  readonly controller: ControllerAddress;
  /** From the settings. */
  readonly always: readonly Prefix[];
  /** Local ports whose logged-in peers are protected. */
  readonly sshPorts: readonly number[];
  /** Default /etc/resolv.conf and the file behind systemd-resolved's stub. */
  readonly resolverFiles?: readonly string[];
}

const RESOLVER_FILES = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'];

export class ProtectedAddresses {
  readonly #sources: ProtectedSources;
  readonly #ssh: SshSessions;
  #current: readonly ProtectedAddress[] = [];

  constructor(sources: ProtectedSources) {
    this.#sources = sources;
    this.#ssh = new SshSessions(sources.sshPorts);
  }

  /** As of the last look. */
  get current(): readonly ProtectedAddress[] {
    return this.#current;
  }

  /** Looks at everything. Without duplicates; the first reason stands. */
  async find(): Promise<readonly ProtectedAddress[]> {
    const { always, controller, resolverFiles = RESOLVER_FILES } = this.#sources;
    await controller.look();
    const found = new Map<string, ProtectedAddress>();
    const add = (why: string, prefixes: readonly Prefix[]) => {
      for (const prefix of prefixes) {
        const key = formatPrefix(prefix);
        if (!found.has(key) && isUnicast(prefix)) found.set(key, { prefix, why });
      }
    };
    add('setting', always);
    add('controller', controller.addresses.flatMap(readAddress));
    add('gateway', defaultGateways().flatMap(readAddress));
    add('resolver', resolverFiles.flatMap(nameservers).flatMap(readAddress));
    add(
      'own address',
      Object.values(networkInterfaces())
        .flatMap((each) => each ?? [])
        .flatMap(({ address }) => readAddress(address)),
    );
    add('ssh session', this.#ssh.peers().flatMap(readAddress));
    this.#current = [...found.values()];
    return this.#current;
  }

  /** As allow rows without an end. */
  async rows(): Promise<PackedEntries> {
    const addresses = await this.find();
    return packEntries(addresses.map(({ prefix }) => ({ prefix, allow: true, monitor: false, ttlMs: 0 })));
  }
}

function nameservers(path: string): string[] {
  try {
    return [...readFileSync(path, 'utf8').matchAll(/^\s*nameserver\s+(\S+)/gm)].flatMap(([, address]) => address ?? []);
  } catch {
    // Not every host has both files, some have neither.
    return [];
  }
}

/** Zone ids (`fe80::1%eth0`) are dropped: a packet's source has none. */
function readAddress(text: string): Prefix[] {
  const [address = ''] = text.split('%');
  return isIP(address) ? [parsePrefix(address)] : [];
}

/** Loopback never comes in by an interface that has the program, and `::` or 0.0.0.0 is nobody. */
function isUnicast({ family, address, length }: Prefix): boolean {
  if (family === 4)
    return address[0] !== 127 && (length > 0 || address[0] !== 0) && !address.every((byte) => byte === 0);
  return !address.every((byte, i) => byte === (i === 15 ? 1 : 0)) && !address.every((byte) => byte === 0);
}
