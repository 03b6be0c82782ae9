// What a block does not stop: prefixes, or parts of them, that an allow entry lets through on some hosts, be it a claim or an address
// that the host protects by itself. The allow entry wins in the kernel, so that no proof of the block is a proof of dropping.
import { listOfOrigin } from '../../common/text/origin.ts';
import { covers, formatPrefix, type Prefix } from '../../common/text/prefix.ts';
import { formatSelector, type Selector, selectorMatches } from '../../common/text/selector.ts';
import { Pacer } from '../../common/time/pacer.ts';
import type { AllowIndex, AllowLayer } from '../claims/allow-index.ts';
import type { Claim } from '../claims/claim.ts';
import { hasEnded } from '../claims/precedence.ts';
import { makesUp, PrefixSet } from '../claims/prefix-set.ts';
import type { HostRefusal, HostState } from '../fleet/host/host-state.ts';
import type { HostRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

export interface ExemptionDeps {
  readonly allowed: Pick<AllowIndex, 'layers'>;
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
  readonly prefix: Prefix;
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
/** Entries between two looks at the clock. */
const ROWS_BETWEEN_LOOKS = 1024;

/** How a block of `prefixes` fares on `hosts`, going by what is allowed now. */
export async function findExemptions(
  deps: ExemptionDeps,
  prefixes: readonly Prefix[],
  hosts: readonly HostRecord[],
): Promise<Exempted> {
  const asked = new Asked(prefixes);
  const pacer = new Pacer();
  const met = new Met();
  for (const layer of deps.allowed.layers()) {
    await pacer.pause();
    if (hosts.some((host) => selectorMatches(layer.selector, host))) await ofLayer(met, asked, layer, deps, pacer);
  }
  const names = new Names(deps.store, deps.wallMs());
  const byLayers = new ByLayers(met);
  const refusals = new Map<string, HostRefusal>();
  for (const host of hosts) {
    const own: Hit[] = [];
    const { protectedAddresses } = deps.stateOf(host.id);
    for (const { prefix, why } of protectedAddresses) own.push(...asked.meeting(prefix, { host, why }));
    await pacer.pause();
    const [first, ...others] = passing(met, byLayers.of(host), own);
    if (first) refusals.set(host.id, { code: 'ALLOWED', text: await refusalText(first, others.length, names) });
    for (const hit of own) if (!hit.whole) met.addPart(hit);
  }
  if (met.empty && refusals.size === 0) return NONE;
  return { refusals, warnings: await warningsOf(met, names) };
}

async function ofLayer(met: Met, asked: Asked, layer: AllowLayer, deps: ExemptionDeps, pacer: Pacer): Promise<void> {
  const { entries } = layer;
  const nowMs = deps.wallMs();
  for (const prefix of asked.prefixes) {
    for (const { row, length, expiresMs } of entries.covering(prefix))
      if (length < prefix.length && !hasEnded(expiresMs, nowMs))
        met.add({ prefix, entry: entries.prefixAt(prefix.family, row), whole: true, by: layer });
    await pacer.pause();
  }
  for (const family of [4, 6] as const)
    for (let row = 0; row < entries.countOf(family); row++) {
      if (!hasEnded(entries.expiryAt(family, row), nowMs))
        for (const hit of asked.around(entries.prefixAt(family, row), layer)) met.add(hit);
      if (row % ROWS_BETWEEN_LOOKS === 0) await pacer.pause();
    }
}

/** The prefixes that are blocked, to be found by an allow entry: those around it, and those inside it. */
class Asked {
  readonly prefixes: readonly Prefix[];
  readonly #set = new PrefixSet();
  /** By address: those inside an entry follow one another. */
  readonly #sorted: { readonly 4: Prefix[]; readonly 6: Prefix[] } = { 4: [], 6: [] };

  constructor(prefixes: readonly Prefix[]) {
    this.prefixes = prefixes;
    for (const prefix of prefixes) {
      this.#set.add(prefix.family, prefix.address, 0, prefix.length, 0);
      this.#sorted[prefix.family].push(prefix);
    }
    for (const family of [4, 6] as const) this.#sorted[family].sort((a, b) => Buffer.compare(a.address, b.address));
  }

  meeting(entry: Prefix, by: Hit['by']): Hit[] {
    return [...this.around(entry, by), ...this.#inside(entry, by)];
  }

  /** Those that are the entry or cover all of it. */
  around(entry: Prefix, by: Hit['by']): Hit[] {
    return this.#set.covering(entry).map(({ row, length }) => {
      return { prefix: this.#set.prefixAt(entry.family, row), entry, whole: length === entry.length, by };
    });
  }

  #inside(entry: Prefix, by: Hit['by']): Hit[] {
    const sorted = this.#sorted[entry.family];
    const hits: Hit[] = [];
    for (let at = firstFrom(sorted, entry.address); at < sorted.length; at++) {
      const prefix = sorted[at];
      if (!prefix || !covers(entry, { ...prefix, length: prefix.address.length * 8 })) break;
      if (prefix.length > entry.length) hits.push({ prefix, entry, whole: true, by });
    }
    return hits;
  }
}

/** Index of the first that does not come before `address`. */
function firstFrom(sorted: readonly Prefix[], address: Uint8Array): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = sorted[middle];
    if (found && Buffer.compare(found.address, address) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What layers allow of a prefix, and the parts that hosts let through by themselves. */
interface Meeting {
  readonly prefix: Prefix;
  readonly ofLayers: Hit[];
  /** The first parts, and how many there are. */
  readonly parts: Hit[];
  count: number;
}

class Met {
  /** By canonical text. */
  readonly #byPrefix = new Map<string, Meeting>();

  get empty(): boolean {
    return this.#byPrefix.size === 0;
  }

  all(): Iterable<Meeting> {
    return this.#byPrefix.values();
  }

  of(prefix: Prefix): Meeting | undefined {
    return this.#byPrefix.get(formatPrefix(prefix));
  }

  /** Of a layer. */
  add(hit: Hit): void {
    const { ofLayers } = hit.whole ? this.#meeting(hit.prefix) : this.addPart(hit);
    if (hit.whole || ofLayers.length < MAX_PARTS) ofLayers.push(hit);
  }

  addPart(hit: Hit): Meeting {
    const meeting = this.#meeting(hit.prefix);
    meeting.count++;
    if (meeting.parts.length < MAX_NAMED) meeting.parts.push(hit);
    return meeting;
  }

  #meeting(prefix: Prefix): Meeting {
    const key = formatPrefix(prefix);
    const known = this.#byPrefix.get(key) ?? { prefix, ofLayers: [], parts: [], count: 0 };
    this.#byPrefix.set(key, known);
    return known;
  }
}

/** A prefix that passes as a whole. */
interface Passing {
  readonly prefix: Prefix;
  readonly because: readonly Hit[];
}

/** What passes by layers alone: found once for all hosts that have the same. */
interface OfLayers {
  readonly layers: ReadonlySet<Hit['by']>;
  readonly passing: readonly Passing[];
}

class ByLayers {
  readonly #met: Met;
  readonly #layers: readonly AllowLayer[];
  readonly #known = new Map<string, OfLayers>();

  /** `met`: all that layers have. */
  constructor(met: Met) {
    this.#met = met;
    const all = [...met.all()].flatMap(({ ofLayers }) => ofLayers.flatMap(({ by }) => ('host' in by ? [] : [by])));
    this.#layers = [...new Set(all)];
  }

  of(host: HostRecord): OfLayers {
    const ours = this.#layers.filter(({ selector }) => selectorMatches(selector, host));
    const key = ours.map(({ id }) => id).join('\n');
    const known = this.#known.get(key) ?? this.#find(new Set<Hit['by']>(ours));
    this.#known.set(key, known);
    return known;
  }

  #find(layers: ReadonlySet<Hit['by']>): OfLayers {
    const passing = [...this.#met.all()].flatMap(({ prefix, ofLayers }) => {
      const because = wholeBy(
        prefix,
        ofLayers.filter(({ by }) => layers.has(by)),
      );
      return because ? [{ prefix, because }] : [];
    });
    return { layers, passing };
  }
}

/** What passes on a host that has these layers and protects addresses of its own. */
function passing(met: Met, { layers, passing: already }: OfLayers, own: readonly Hit[]): readonly Passing[] {
  if (own.length === 0) return already;
  const byPrefix = Map.groupBy(own, ({ prefix }) => formatPrefix(prefix));
  for (const { prefix } of already) byPrefix.delete(formatPrefix(prefix));
  const more = [...byPrefix.values()].flatMap((hits) => {
    const [{ prefix } = { prefix: undefined }] = hits;
    if (!prefix) return [];
    const ofLayers = met.of(prefix)?.ofLayers.filter(({ by }) => layers.has(by)) ?? [];
    const because = wholeBy(prefix, [...ofLayers, ...hits]);
    return because ? [{ prefix, because }] : [];
  });
  return [...already, ...more];
}

/** The hits by which all of the prefix passes, if it does. */
function wholeBy(prefix: Prefix, hits: readonly Hit[]): readonly Hit[] | undefined {
  const whole = hits.find((hit) => hit.whole);
  if (whole) return [whole];
  const entries = hits.map(({ entry }) => entry);
  return makesUp(prefix, entries) ? hits : undefined;
}

async function refusalText({ prefix, because }: Passing, others: number, names: Names): Promise<string> {
  const more = others > 0 ? ` (and ${others} more of the prefixes)` : '';
  return `${formatPrefix(prefix)}${more} goes on passing here: ${await named(because, names, 0)}; an allow entry wins over every block`;
}

async function warningsOf(met: Met, names: Names): Promise<string[]> {
  const warnings: string[] = [];
  for (const { prefix, parts, count } of met.all()) {
    if (count === 0) continue;
    if (warnings.length === MAX_WARNINGS) {
      warnings.push('parts of more prefixes go on passing: see fleetblock allow list');
      break;
    }
    warnings.push(`parts of ${formatPrefix(prefix)} go on passing: ${await named(parts, names, count - parts.length)}`);
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
    const origins = listOfOrigin(list) !== undefined ? [list] : await this.#origins(entry, selector);
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
