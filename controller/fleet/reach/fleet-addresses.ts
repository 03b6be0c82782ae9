// The addresses over which the fleet is reached: where its open calls come from, and what its hosts say is theirs. A block of one of
// them on all hosts may cut hosts and operators off from the controller, whose own machine may run an agent.
import { isIP } from 'node:net';
import { covers, formatAddress, type Prefix, parsePrefix } from '../../../common/text/prefix.ts';
import type { Protected } from '../../claims/guard/guard.ts';
import type { ProtectedPrefix } from '../host/host-state.ts';

/** Who holds a call open, and from where. */
export interface Connected {
  /** As audit records have it: `operator/carl`. */
  readonly who: string;
  /** Address and port, as grpc-js names peers. */
  readonly from: string;
  /** With an API key: whoever has found one may call from anywhere. */
  readonly byKey: boolean;
}

/** Both are read at every call, so a block is judged by who is connected at that moment. */
export interface FleetAddressesDeps {
  readonly connected: () => Iterable<Connected>;
  /** How people call `who`; asked on a hit only. Default: as it is. */
  readonly nameOf?: (who: string) => string;
  /** Every host's name and what it never drops. */
  readonly hosts: () => Iterable<{ readonly name: string; readonly protects: readonly ProtectedPrefix[] }>;
}

/** Of one host's own addresses; more are not counted. */
const MAX_OWN = 64;
/** Texts of peers that are remembered as parsed. */
const MAX_PARSED = 100_000;

/**
 * A host's report and a call with an API key count only for private addresses. With public ones a lying host, or whoever has found a
 * key, could keep an attacker from being blocked everywhere: of a host's, only the one that it is connected from counts.
 */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].map(parsePrefix);

const isPrivate = (prefix: Prefix) => PRIVATE.some((range) => covers(range, prefix));

/** The sentence is made only on a hit: there is one per host, for every block. */
class Reached implements Protected {
  readonly prefix: Prefix;
  readonly #how: () => string;

  constructor(prefix: Prefix, how: () => string) {
    this.prefix = prefix;
    this.#how = how;
  }

  get what(): string {
    return `${text(this.prefix)}, ${this.#how()}`;
  }
}

/** What the guard refuses to block unless an admin forces it. */
export class FleetAddresses {
  readonly #deps: FleetAddressesDeps;
  readonly #parsed = new Map<string, Prefix>();

  constructor(deps: FleetAddressesDeps) {
    this.#deps = deps;
  }

  /** All of them as single addresses, the asking caller's own first. `from`: where the caller is; empty: nowhere. */
  *addresses(from: string): Generator<Protected> {
    const own = this.#peer(from);
    if (own) yield { prefix: own, what: `your own address ${text(own)}` };
    const { connected, hosts, nameOf = (who: string) => who } = this.#deps;
    for (const { who, from: peer, byKey } of connected()) {
      const prefix = this.#peer(peer);
      if (prefix && (!byKey || isPrivate(prefix)))
        yield new Reached(prefix, () => `from where ${nameOf(who)} is connected`);
    }
    for (const { name, protects } of hosts()) {
      let left = MAX_OWN;
      for (const { prefix, why } of protects) {
        if (why !== 'own address' || prefix.length !== prefix.address.length * 8) continue;
        if (!isPrivate(prefix) || left-- <= 0) continue;
        yield new Reached(prefix, () => `an own address of ${name}`);
      }
    }
  }

  /** The address of a peer; undefined for what is none (a Unix socket). */
  #peer(from: string): Prefix | undefined {
    const known = this.#parsed.get(from);
    if (known !== undefined) return known;
    if (this.#parsed.size >= MAX_PARSED) this.#parsed.clear();
    const address = from.slice(0, Math.max(0, from.lastIndexOf(':'))).replace(/%.*$/, '');
    const prefix = isIP(address) === 0 ? undefined : parsePrefix(address);
    if (prefix) this.#parsed.set(from, prefix);
    return prefix;
  }
}

function text({ family, address }: Prefix): string {
  return formatAddress(family, address);
}
