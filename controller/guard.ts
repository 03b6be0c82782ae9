// What may not be blocked without an admin's override: so much, or such addresses, that the fleet would lock its owners out.
// The hosts' own allow entries protect their addresses in the kernel all the same.
import { FleetblockError } from '../common/errors.ts';
import { addressBytes, type FamilyColumns, type PackedEntries } from '../common/packed.ts';
import { covers, type Family, formatPrefix, type Prefix, parsePrefix } from '../common/prefix.ts';
import { type LocalNetwork, type Protected, systemNetwork } from './local-network.ts';
import type { ClaimAction } from './store/records.ts';

/** Shorter prefixes cover too much of the Internet for one command. */
const SHORTEST = { 4: 8, 6: 19 } as const;

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

export class Guard {
  readonly #local: LocalNetwork;

  constructor(local: LocalNetwork = systemNetwork) {
    this.#local = local;
  }

  /**
   * @returns why the claim is refused, or undefined. Monitor-only claims drop nothing: the caller need not ask.
   * An allow entry is refused only for its width: it would let everything through.
   */
  refusal(prefix: Prefix, action: ClaimAction): string | undefined {
    const shortest = SHORTEST[prefix.family];
    if (prefix.length < shortest)
      return `${formatPrefix(prefix)} is wider than /${shortest}: that is ${share(prefix)} of all IPv${prefix.family} addresses`;
    if (action === 'allow') return undefined;
    const hit = this.#protected().find((each) => covers(prefix, each.prefix) || covers(each.prefix, prefix));
    return hit && `${formatPrefix(prefix)} covers ${hit.what}`;
  }

  /** The same for a million rows. @returns the first that is refused, with its place (from 0), or undefined. */
  firstRefusal(entries: PackedEntries, action: ClaimAction): { row: number; refusal: string } | undefined {
    const guarded = this.#protected();
    let before = 0;
    for (const family of [4, 6] as const) {
      const columns = family === 4 ? entries.v4 : entries.v6;
      const ours = action === 'allow' ? [] : guarded.filter((each) => each.prefix.family === family);
      const row = suspiciousRow(columns, family, ours);
      if (row >= 0) {
        const width = addressBytes(family);
        const address = columns.addresses.slice(row * width, (row + 1) * width);
        const refusal = this.refusal({ family, address, length: columns.lengths[row] ?? 0 }, action);
        if (refusal !== undefined) return { row: before + row, refusal };
      }
      before += columns.count;
    }
    return undefined;
  }

  #protected(): readonly Protected[] {
    return [...SPECIAL, ...this.#local.addresses()];
  }

  /** @throws FleetblockError FAILED_PRECONDITION, naming what would be cut off. */
  assertAllowed(prefix: Prefix, action: ClaimAction): void {
    const refusal = this.refusal(prefix, action);
    if (refusal !== undefined)
      throw new FleetblockError('FAILED_PRECONDITION', `refused: ${refusal}; an admin may override with --force`);
  }
}

/** The first row that is too wide or overlaps a protected prefix; -1 for none. No object a row. */
function suspiciousRow(columns: FamilyColumns, family: Family, guarded: readonly Protected[]): number {
  const width = addressBytes(family);
  const shortest = SHORTEST[family];
  for (let row = 0; row < columns.count; row++) {
    const length = columns.lengths[row] ?? 0;
    if (length < shortest) return row;
    for (const { prefix } of guarded)
      if (sameBits(columns.addresses, row * width, prefix.address, Math.min(length, prefix.length))) return row;
  }
  return -1;
}

/** Are the first `bits` equal? */
function sameBits(a: Uint8Array, offset: number, b: Uint8Array, bits: number): boolean {
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (a[offset + i] !== b[i]) return false;
  const rest = bits & 7;
  return rest === 0 || (((a[offset + whole] ?? 0) ^ (b[whole] ?? 0)) & (0xff << (8 - rest)) & 0xff) === 0;
}

function share(prefix: Prefix): string {
  return prefix.length === 0 ? 'all' : `1/${2 ** prefix.length}`;
}
