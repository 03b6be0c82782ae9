// Addresses that this host never drops, whatever it is told: without them one wrong block locks everybody out. Found anew
// every few seconds.
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { parseEndpoint } from '../common/endpoint.ts';
import { type PackedEntries, packEntries } from '../common/packed.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../common/prefix.ts';
import { defaultGateways } from './proc-net.ts';
import { SshSessions } from './ssh-sessions.ts';

export interface ProtectedAddress {
  readonly prefix: Prefix;
  /** `controller`, `gateway`, `resolver`, `own address`, `ssh session`, `setting`. */
  readonly why: string;
}

export interface ProtectedSources {
  /** HOST:PORT */
  readonly controller: string;
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
  // While the name does not resolve, the controller is where it was.
  #controller: string[] = [];
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
    this.#controller = await addressesOf(controller, this.#controller);
    const found = new Map<string, ProtectedAddress>();
    const add = (why: string, prefixes: readonly Prefix[]) => {
      for (const prefix of prefixes) {
        const key = formatPrefix(prefix);
        if (!found.has(key) && isUnicast(prefix)) found.set(key, { prefix, why });
      }
    };
    add('setting', always);
    add('controller', this.#controller.flatMap(readAddress));
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

async function addressesOf(controller: string, before: string[]): Promise<string[]> {
  const { host } = parseEndpoint(controller);
  if (isIP(host)) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return before;
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
