// What may not be blocked without an admin's override: so much, or such addresses, that the fleet would lock its owners out.
// The hosts' own allow entries protect their addresses in the kernel in any case.

import { ACTIONS, type Action } from '../../../common/action.ts';
import { addressBytes, type FamilyColumns, type PackedEntries } from '../../../common/entries/packed.ts';
import { FleetblockError } from '../../../common/errors.ts';
import { covers, formatPrefix, type Prefix, parsePrefix } from '../../../common/text/prefix.ts';
import { AddressIndex } from './address-index.ts';

/** Shorter prefixes cover too much of the Internet for one command. */
const SHORTEST = { 4: 8, 6: 19 } as const;

/** Of all plain blocks of one caller together, as if they were one prefix of this length: many wide ones are no better than one. */
export const WIDEST_SUM = { 4: 6, 6: 17 } as const;

/** Of all rows of one list. Wider than that of one caller's blocks: the networks of one country come to a twelfth of IPv4. */
export const WIDEST_LIST = { 4: 2, 6: 10 } as const;

/** Refused prefixes that are told one by one. */
const MAX_TOLD = 20;

/** An address that a block may not meet. */
export interface Protected {
  readonly prefix: Prefix;
  /** For the refusal: `the controller's own address 192.0.2.1`. */
  readonly what: string;
}

/** What the controller's own machine needs: its addresses, gateways and resolvers. */
export interface LocalNetwork {
  addresses(): readonly Protected[];
}

const SPECIAL: readonly Protected[] = [
  ['127.0.0.0/8', 'loopback'],
  ['::1', 'loopback'],
  ['169.254.0.0/16', 'link-local addresses'],
  ['fe80::/10', 'link-local addresses'],
  ['224.0.0.0/4', 'multicast'],
  ['ff00::/8', 'multicast'],
  ['255.255.255.255', 'the broadcast address'],
  ['0.0.0.0/8', 'the unspecified address'],
  ['::', 'the unspecified address'],
].map(([text = '', what = '']) => ({ prefix: parsePrefix(text), what }));

/** How the fleet is reached. `from`: address and port of who asks. */
export interface FleetReach {
  addresses(from: string): Iterable<Protected>;
}

/** Lives as long as the controller; each request takes its own `look`. */
export class Guard {
  readonly #local: LocalNetwork;
  readonly #fleet: FleetReach;

  /** `fleet`: how hosts and operators are reached. Default: nobody is there. */
  constructor(local: LocalNetwork, fleet: FleetReach = { addresses: () => [] }) {
    this.#local = local;
    this.#fleet = fleet;
  }

  /** What is protected now. `from`: address and port of who asks. */
  look(from = ''): GuardLook {
    return new GuardLook([...SPECIAL, ...this.#local.addresses()], [...this.#fleet.addresses(from)]);
  }
}

/** A row that an import must leave out or be refused for. */
export interface RefusedRow {
  /** Place in the entries, from 0: IPv4 rows first. */
  readonly row: number;
  readonly prefix: Prefix;
  readonly refusal: string;
}

/** The guard as it stands at one moment: for one request, however many prefixes it has. */
export class GuardLook {
  readonly #ranges: readonly Protected[];
  readonly #fleet: readonly Protected[];
  #index: AddressIndex | undefined;
  #asked = 0;

  /** `fleet`: single addresses, as many as there are. */
  constructor(ranges: readonly Protected[], fleet: readonly Protected[]) {
    this.#ranges = ranges;
    this.#fleet = fleet;
  }

  /** @returns why the claim is refused, or undefined */
  refusal(prefix: Prefix, action: Action): string | undefined {
    const { guard } = ACTIONS[action];
    if (guard === 'nothing') return undefined;
    const shortest = SHORTEST[prefix.family];
    if (prefix.length < shortest)
      return `${formatPrefix(prefix)} is wider than /${shortest}: that is ${share(prefix)} IPv${prefix.family} addresses`;
    if (guard === 'width') return undefined;
    const hit =
      this.#ranges.find((each) => covers(prefix, each.prefix) || covers(each.prefix, prefix)) ??
      this.#firstOfFleet(prefix);
    return hit && `${formatPrefix(prefix)} covers ${hit.what}`;
  }

  /** The rows that are refused, at most `limit` of them, in order. A million rows are looked at without an object each. */
  refusals(entries: PackedEntries, action: Action, limit = Number.POSITIVE_INFINITY): RefusedRow[] {
    const refused: RefusedRow[] = [];
    const { guard } = ACTIONS[action];
    if (guard === 'nothing') return refused;
    const addresses = guard === 'width and addresses';
    for (const family of [4, 6] as const) {
      const columns = family === 4 ? entries.v4 : entries.v6;
      const width = addressBytes(family);
      const ranges = addresses ? this.#ranges.filter((each) => each.prefix.family === family) : [];
      const firsts = firstBytes(ranges);
      for (let row = 0; row < columns.count && refused.length < limit; row++) {
        const length = columns.lengths[row] ?? 0;
        const suspicious =
          length < SHORTEST[family] ||
          (firsts[columns.addresses[row * width] ?? 0] === 1 && meetsAny(columns, row * width, length, ranges)) ||
          (addresses && this.#indexed().anyInside(family, columns.addresses, row * width, length));
        if (!suspicious) continue;
        const prefix: Prefix = { family, address: columns.addresses.slice(row * width, (row + 1) * width), length };
        const refusal = this.refusal(prefix, action);
        if (refusal !== undefined) refused.push({ row: family === 4 ? row : entries.v4.count + row, prefix, refusal });
      }
    }
    return refused;
  }

  /** One prefix alone is looked for by walking: sorting the whole fleet is for more of them. */
  #firstOfFleet({ family, address, length }: Prefix): Protected | undefined {
    const isWorthIt = ++this.#asked > 1;
    if (isWorthIt && !this.#indexed().anyInside(family, address, 0, length)) return undefined;
    return this.#fleet.find((each) => covers({ family, address, length }, each.prefix));
  }

  #indexed(): AddressIndex {
    this.#index ??= new AddressIndex(this.#fleet.map(({ prefix }) => prefix));
    return this.#index;
  }

  /** @throws FleetblockError FAILED_PRECONDITION, naming what the first would cut off; its details have the others too */
  assertAllowed(prefixes: readonly Prefix[], action: Action): void {
    const refused = prefixes.flatMap((prefix, i) => {
      const text = this.refusal(prefix, action);
      return text === undefined ? [] : { row: i + 1, prefix: formatPrefix(prefix), text };
    });
    const [first] = refused;
    if (!first) return;
    const advice = 'an admin may override with --force';
    const details = { refused: refused.slice(0, MAX_TOLD), refusedCount: refused.length, advice };
    throw new FleetblockError('FAILED_PRECONDITION', `refused: ${first.text}; ${advice}`, { details });
  }
}

/** First bytes that a prefix of at least 8 bits must have to meet one of them: most rows of a list have none of these. */
function firstBytes(ranges: readonly Protected[]): Uint8Array {
  const firsts = new Uint8Array(256);
  for (const { prefix } of ranges) {
    const first = prefix.address[0] ?? 0;
    firsts.fill(1, first, first + 2 ** Math.max(0, 8 - prefix.length));
  }
  return firsts;
}

function meetsAny(columns: FamilyColumns, offset: number, length: number, ranges: readonly Protected[]): boolean {
  for (const { prefix } of ranges)
    if (sameBits(columns.addresses, offset, prefix.address, Math.min(length, prefix.length))) return true;
  return false;
}

/** Are the first `bits` equal? */
function sameBits(a: Uint8Array, offset: number, b: Uint8Array, bits: number): boolean {
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (a[offset + i] !== b[i]) return false;
  const rest = bits & 7;
  return rest === 0 || (((a[offset + whole] ?? 0) ^ (b[whole] ?? 0)) & (0xff << (8 - rest)) & 0xff) === 0;
}

function share(prefix: Prefix): string {
  return prefix.length === 0 ? 'all' : `1/${2 ** prefix.length} of all`;
}
