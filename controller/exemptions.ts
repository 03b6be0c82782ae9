// What a block does not stop: prefixes, or parts of them, that an allow entry lets through on some hosts, be it a claim or an address
// that the host protects by itself. The allow entry wins in the kernel, so that no proof of the block is a proof of dropping.
import { formatPrefix, type Prefix } from '../common/prefix.ts';
import { formatSelector, type Selector, selectorMatches } from '../common/selector.ts';
import type { AllowIndex, AllowLayer } from './allow-index.ts';
import type { HostRefusal, HostState } from './hub/host-state.ts';
import { makesUp, PrefixSet } from './prefix-set.ts';
import { hasEnded } from './store/effective.ts';
import type { Claim, HostRecord } from './store/records.ts';
import type { Store } from './store/store.ts';

export interface ExemptionDeps {
  readonly allowed: AllowIndex;
  readonly store: Pick<Store, 'claims'>;
  readonly stateOf: (hostId: string) => HostState;
  readonly wallMs: () => number;
}

/** What a block of some prefixes does not do. */
export interface Exempted {
  /** Hosts on which at least one of the prefixes passes as a whole. */
  readonly refusals: ReadonlyMap<string, HostRefusal>;
  /** One sentence each: prefixes of which only parts pass. */
  readonly warnings: readonly string[];
}

/** An allow entry that meets one of the prefixes. */
interface Hit {
  readonly entry: Prefix;
  /** It covers all of the prefix; else it is a part. */
  readonly whole: boolean;
  readonly by: AllowLayer | { readonly host: HostRecord; readonly why: string };
}

const NONE: Exempted = { refusals: new Map(), warnings: [] };
/** Parts of one prefix that are looked at one by one; more are counted. */
const MAX_PARTS = 1000;
const MAX_NAMED = 3;
const MAX_WARNINGS = 20;
/** Allow entries that are worked on at a stretch. */
const SLICE_ROWS = 4096;

/** How a block of `prefixes` fares on `hosts`, going by what is allowed now. */
export async function findExemptions(
  deps: ExemptionDeps,
  prefixes: readonly Prefix[],
  hosts: readonly HostRecord[],
): Promise<Exempted> {
  const hits = new Hits(prefixes);
  for (const layer of deps.allowed.layers())
    if (hosts.some((host) => selectorMatches(layer.selector, host))) await ofLayer(hits, layer, deps.wallMs());
  for (const host of hosts)
    for (const { prefix, why } of deps.stateOf(host.id).protectedAddresses) hits.meet(prefix, { host, why });
  if (hits.byPrefix.size === 0) return NONE;
  const names = new Names(deps.store, deps.wallMs());
  return { refusals: await refusalsOf(hits, hosts, names), warnings: await warningsOf(hits, names) };
}

async function ofLayer(hits: Hits, layer: AllowLayer, nowMs: number): Promise<void> {
  const { entries } = layer;
  for (const prefix of hits.prefixes)
    for (const { row, length, expiresMs } of entries.covering(prefix))
      if (length < prefix.length && !hasEnded(expiresMs, nowMs))
        hits.add(prefix, { entry: entries.prefixAt(prefix.family, row), whole: true, by: layer });
  for (const family of [4, 6] as const)
    for (let row = 0; row < entries.countOf(family); row++) {
      if (row % SLICE_ROWS === SLICE_ROWS - 1) await new Promise((resolve) => setImmediate(resolve));
      if (hasEnded(entries.expiryAt(family, row), nowMs)) continue;
      hits.meetInside(entries.prefixAt(family, row), layer);
    }
}

class Hits {
  readonly prefixes: readonly Prefix[];
  /** By canonical text. */
  readonly byPrefix = new Map<string, { readonly prefix: Prefix; readonly hits: Hit[]; more: number }>();
  readonly #asked = new PrefixSet();

  constructor(prefixes: readonly Prefix[]) {
    this.prefixes = prefixes;
    for (const { family, address, length } of prefixes) this.#asked.add(family, address, 0, length, 0);
  }

  /** Any entry against all prefixes. */
  meet(entry: Prefix, by: Hit['by']): void {
    this.meetInside(entry, by);
    if (entry.length === entry.address.length * 8) return;
    const one = new PrefixSet();
    one.add(entry.family, entry.address, 0, entry.length, 0);
    for (const prefix of this.prefixes)
      if (entry.length < prefix.length && one.covering(prefix).length > 0) this.add(prefix, { entry, whole: true, by });
  }

  /** An entry against the prefixes that are as wide as it, or wider. */
  meetInside(entry: Prefix, by: Hit['by']): void {
    for (const { row, length } of this.#asked.covering(entry))
      this.add(this.#asked.prefixAt(entry.family, row), { entry, whole: length === entry.length, by });
  }

  add(prefix: Prefix, hit: Hit): void {
    const key = formatPrefix(prefix);
    const known = this.byPrefix.get(key) ?? { prefix, hits: [], more: 0 };
    this.byPrefix.set(key, known);
    if (hit.whole || known.hits.length < MAX_PARTS) known.hits.push(hit);
    else known.more++;
  }
}

async function refusalsOf(hits: Hits, hosts: readonly HostRecord[], names: Names): Promise<Map<string, HostRefusal>> {
  const refusals = new Map<string, HostRefusal>();
  for (const host of hosts) {
    const passing: { prefix: Prefix; because: readonly Hit[] }[] = [];
    for (const { prefix, hits: all } of hits.byPrefix.values()) {
      const ours = all.filter(({ by }) => ('host' in by ? by.host === host : selectorMatches(by.selector, host)));
      const whole = ours.find((hit) => hit.whole);
      if (whole) passing.push({ prefix, because: [whole] });
      else if (
        makesUp(
          prefix,
          ours.map((hit) => hit.entry),
        )
      )
        passing.push({ prefix, because: ours });
    }
    const [first] = passing;
    if (first) refusals.set(host.id, { code: 'ALLOWED', text: await refusalText(first, passing.length - 1, names) });
  }
  return refusals;
}

async function refusalText(
  { prefix, because }: { prefix: Prefix; because: readonly Hit[] },
  others: number,
  names: Names,
): Promise<string> {
  const more = others > 0 ? ` (and ${others} more of the prefixes)` : '';
  return `${formatPrefix(prefix)}${more} goes on passing here: ${await named(because, names, 0)}; an allow entry wins over every block`;
}

async function warningsOf(hits: Hits, names: Names): Promise<string[]> {
  const warnings: string[] = [];
  for (const { prefix, hits: all, more } of hits.byPrefix.values()) {
    const parts = all.filter((hit) => !hit.whole);
    if (parts.length === 0) continue;
    if (warnings.length === MAX_WARNINGS) {
      warnings.push('parts of more prefixes go on passing: see fleetblock allow list');
      break;
    }
    warnings.push(`parts of ${formatPrefix(prefix)} go on passing: ${await named(parts, names, more)}`);
  }
  return warnings;
}

/** `198.51.100.7/32 (allowed by manual on all), 192.168.1.1/32 (own address of host1) and 3 more`. */
async function named(hits: readonly Hit[], names: Names, uncounted: number): Promise<string> {
  const shown = await Promise.all(hits.slice(0, MAX_NAMED).map((hit) => names.of(hit)));
  const more = hits.length + uncounted - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Who says an allow entry: looked up once, because a thousand hosts have the same. */
class Names {
  readonly #known = new Map<string, Promise<string>>();
  readonly #store: Pick<Store, 'claims'>;
  readonly #nowMs: number;

  constructor(store: Pick<Store, 'claims'>, nowMs: number) {
    this.#store = store;
    this.#nowMs = nowMs;
  }

  of({ entry, by }: Hit): Promise<string> {
    const text = formatPrefix(entry);
    if ('host' in by) return Promise.resolve(`${text} (protected by ${by.host.name} itself: ${by.why})`);
    const key = `${by.id} ${text}`;
    const known = this.#known.get(key) ?? this.#ofLayer(entry, by);
    this.#known.set(key, known);
    return known;
  }

  async #ofLayer(entry: Prefix, { id, selector }: AllowLayer): Promise<string> {
    const [list = ''] = id.split(' ');
    const origins = list.startsWith('list:') ? [list] : await this.#origins(entry, selector);
    return `${formatPrefix(entry)} (allowed by ${origins.join(', ')} on ${formatSelector(selector)})`;
  }

  async #origins(entry: Prefix, selector: Selector): Promise<string[]> {
    const wanted = formatSelector(selector);
    const says = (claim: Claim) =>
      claim.prefix.length === entry.length &&
      formatSelector(claim.selector) === wanted &&
      !hasEnded(claim.expiresMs, this.#nowMs);
    const origins: string[] = [];
    for await (const batch of this.#store.claims({ action: 'allow', covering: entry }))
      origins.push(...batch.filter(says).map((claim) => claim.origin));
    return origins;
  }
}
