// Who bans what on every host, as of one revision: what bouncers and firewalls, which are no hosts, are served from.
import { addressBytes, columnsOf, FAMILIES, FLAG_ALLOW, type PackedEntries } from '../../../common/entries/packed.ts';
import { filterRows } from '../../../common/entries/rows.ts';
import { hasEnded, laterEnd } from '../../../common/precedence.ts';
import type { Revision } from '../../../common/revision.ts';
import { listOrigin } from '../../../common/text/origin.ts';
import { formatPrefix, maskAddress, type Prefix } from '../../../common/text/prefix.ts';
import { selectorMatches } from '../../../common/text/selector.ts';
import { Pacer } from '../../../common/time/pacer.ts';
import { listLayer } from '../../claims/layers.ts';
import { ExceptionSet } from '../../claims/lists/exception-set.ts';
import type { Store } from '../../store/store.ts';
import type { Layer } from '../../views/layer.ts';
import type { Views } from '../../views/views.ts';

/** What one origin, or several, ban. `expiresMs`: Unix milliseconds, 0 for no end; `origin` and `reason` are of the one that ends last. */
export interface Ban {
  readonly prefix: Prefix;
  readonly expiresMs: number;
  readonly origin: string;
  readonly reason: string;
}

/** A list whose rows ban. */
export interface BanList {
  readonly origin: string;
  readonly reason: string;
  readonly layer: Layer;
}

/** What a host without a name and labels would have: what is for single hosts, or for a label, is not for readers that have none. */
export const NO_HOST = { id: '', name: '', labels: {} };

/** Reads go to `store.aside`. `careful` says what has ended. */
export interface StandingDeps {
  readonly store: Pick<Store, 'aside' | 'lists' | 'touchedSince' | 'head' | 'follow'>;
  readonly views: Pick<Views, 'layersLike' | 'revision'>;
  readonly careful: { wallMs(): number };
}

/** Lists are looked up as they are now, claims as they were read. Whatever changed after `revision` may be in it or not. */
export class Standing {
  readonly revision: Revision;
  readonly lists: readonly BanList[];
  /** Origins of all lists whose rows ban, also those that have none. */
  readonly origins: ReadonlySet<string>;
  /** By prefix. */
  readonly claims: ReadonlyMap<string, readonly Ban[]>;
  readonly allowed: readonly Prefix[];
  /** The same, to be asked. */
  readonly allowedSet: ExceptionSet;
  readonly #nowMs: () => number;

  private constructor(of: Omit<Standing, 'ban' | 'banAbove' | 'served' | 'allows' | 'live'>, nowMs: () => number) {
    this.revision = of.revision;
    this.lists = of.lists;
    this.origins = of.origins;
    this.claims = of.claims;
    this.allowed = of.allowed;
    this.allowedSet = of.allowedSet;
    this.#nowMs = nowMs;
  }

  static async read({ store, views, careful }: StandingDeps): Promise<Standing> {
    const { revision } = views;
    const layers = new Map(views.layersLike(NO_HOST).map((layer) => [layer.id, layer]));
    const claims = new Map<string, Ban[]>();
    const allowed: Prefix[] = [];
    for await (const batch of store.aside.claims({ host: NO_HOST, actions: ['block', 'allow'] }))
      for (const claim of batch) {
        if (hasEnded(claim.expiresMs, careful.wallMs())) continue;
        const text = formatPrefix(claim.prefix);
        if (claim.action === 'allow') allowed.push(claim.prefix);
        else claims.set(text, [...(claims.get(text) ?? []), claim]);
      }
    const lists: BanList[] = [];
    const origins = new Set<string>();
    for (const { name, selector, action, reason } of await store.lists()) {
      const layer = layers.get(listLayer(name, selector).id);
      if (action === 'block' && selectorMatches(selector, NO_HOST)) origins.add(listOrigin(name));
      if (layer && action === 'block') lists.push({ origin: listOrigin(name), reason, layer });
      if (layer && action === 'allow') allowed.push(...(await allowedIn(layer.packed(), careful.wallMs())));
    }
    const allowedSet = new ExceptionSet(allowed);
    return new Standing({ revision, lists, origins, claims, allowed, allowedSet }, () => careful.wallMs());
  }

  /** What is said on this very prefix by origins that are `wanted`; allow entries are not asked. */
  ban(prefix: Prefix, wanted: (origin: string) => boolean): Ban | undefined {
    const { family, address, length } = prefix;
    const said = [...(this.claims.get(formatPrefix(prefix)) ?? [])];
    for (const { layer, origin, reason } of this.lists) {
      const effect = layer.effectOf({ family, address, offset: 0, length, allow: false });
      if (effect) said.push({ prefix, origin, reason, expiresMs: effect.expiresMs });
    }
    return said
      .filter((each) => wanted(each.origin) && this.live(each.expiresMs))
      .reduce<Ban | undefined>(lastOf, undefined);
  }

  /** The same of all prefixes that cover this one, and of itself. */
  banAbove({ family, address, length }: Prefix, wanted: (origin: string) => boolean): Ban | undefined {
    let found: Ban | undefined;
    for (let bits = 0; bits <= length; bits++) {
      const ban = this.ban({ family, address: maskAddress(address, bits), length: bits }, wanted);
      if (ban) found = lastOf(found, ban);
    }
    return found;
  }

  /** What is served for this very prefix: a ban that meets no allow entry, or a piece of one that has an allow entry inside. */
  served(prefix: Prefix, wanted: (origin: string) => boolean): Ban | undefined {
    if (this.allows(prefix)) return undefined;
    const own = this.ban(prefix, wanted);
    const parent = { ...prefix, length: prefix.length - 1, address: maskAddress(prefix.address, prefix.length - 1) };
    // No allow entry covers it: there is one beside it.
    const around = prefix.length > 0 && this.allows(parent) ? this.banAbove(parent, wanted) : undefined;
    return own && around ? lastOf(own, around) : (own ?? (around && { ...around, prefix }));
  }

  /** Whether an allow entry is inside the prefix, covers it or is it. */
  allows({ family, address, length }: Prefix): boolean {
    return this.allowedSet.family(family).meets(address, 0, length);
  }

  /** Whether what ends then has not ended. */
  live(expiresMs: number): boolean {
    return !hasEnded(expiresMs, this.#nowMs());
  }
}

/** The one that ends last; of two that end together the first. */
export function lastOf(a: Ban | undefined, b: Ban): Ban {
  return a && (a.expiresMs === b.expiresMs || laterEnd(a.expiresMs, b.expiresMs) === a.expiresMs) ? a : b;
}

/** One row. `expiresMs` is on the clock of its columns. */
export interface PrefixRow {
  readonly prefix: Prefix;
  readonly allow: boolean;
  readonly expiresMs: number;
}

/** Rows of packed columns as prefixes of their own memory, with their ends. */
export function* prefixesIn(rows: PackedEntries): Generator<PrefixRow> {
  for (const family of FAMILIES) {
    const { count, addresses, lengths, flags, timesMs } = columnsOf(rows, family);
    const width = addressBytes(family);
    for (let row = 0; row < count; row++) {
      const address = addresses.slice(row * width, (row + 1) * width);
      const allow = ((flags[row] ?? 0) & FLAG_ALLOW) !== 0;
      yield { prefix: { family, address, length: lengths[row] ?? 0 }, allow, expiresMs: timesMs[row] ?? 0 };
    }
  }
}

async function allowedIn(rows: PackedEntries<'unix'>, nowMs: number): Promise<Prefix[]> {
  const { pause } = new Pacer();
  const prefixes: Prefix[] = [];
  const allows = filterRows(rows, (_, { flags, timesMs }, row) => {
    return ((flags[row] ?? 0) & FLAG_ALLOW) !== 0 && !hasEnded(timesMs[row] ?? 0, nowMs);
  });
  for (const { prefix } of prefixesIn(allows)) {
    prefixes.push(prefix);
    await pause();
  }
  return prefixes;
}
