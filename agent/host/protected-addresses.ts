// Addresses that this host never drops, whatever its list says: without them one wrong block locks everyone out. Looked for
// every few seconds.
import { type PackedEntries, packEntries } from '../../common/entries/packed.ts';
import { networkAddresses, readAddress } from '../../common/host/addresses.ts';
import { formatPrefix, type Prefix } from '../../common/text/prefix.ts';
import type { ControllerAddress } from './controller-address.ts';
import { SshSessions } from './ssh-sessions.ts';

/** A prefix that gets an allow row on this host, and the reason that `status` shows for it. */
export interface ProtectedAddress {
  readonly prefix: Prefix;
  /** `controller`, `gateway`, `resolver`, `own address`, `ssh session`, `setting`. */
  readonly why: string;
}

/** Where protected addresses come from, besides the system's own routes, resolvers and interfaces. */
export interface ProtectedSources {
  readonly controller: ControllerAddress;
  /** From the settings. */
  readonly always: readonly Prefix[];
  /** Local ports whose logged-in peers are protected. */
  readonly sshPorts: readonly number[];
}

/** `find` and `rows` look again at every source; `current` does not. */
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

  /** Checks everything. Without duplicates; the first reason stands. */
  async find(): Promise<readonly ProtectedAddress[]> {
    const { always, controller } = this.#sources;
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
    const { own, gateways, resolvers } = networkAddresses();
    add('gateway', gateways);
    add('resolver', resolvers);
    add('own address', own);
    add('ssh session', this.#ssh.peers().flatMap(readAddress));
    this.#current = [...found.values()];
    return this.#current;
  }

  /** As allow rows without an end. */
  async rows(): Promise<PackedEntries<'left'>> {
    const addresses = await this.find();
    return packEntries(addresses.map(({ prefix }) => ({ prefix, action: 'allow', ttlMs: 0 })));
  }
}

/** Loopback never comes in by an interface that has the program, and `::` or 0.0.0.0 is no host. */
function isUnicast({ family, address, length }: Prefix): boolean {
  if (family === 4)
    return address[0] !== 127 && (length > 0 || address[0] !== 0) && !address.every((byte) => byte === 0);
  return !address.every((byte, i) => byte === (i === 15 ? 1 : 0)) && !address.every((byte) => byte === 0);
}
