// What readers that are no hosts are served: every ban, what changed since a revision, what covers an address. An allow entry is never
// inside what is served: a ban around one is served in pieces.
import { EntryTable } from '../../../common/entries/entry-table.ts';
import type { PackedEntries } from '../../../common/entries/packed.ts';
import type { Revision } from '../../../common/revision.ts';
import { covers, formatPrefix, maskAddress, type Prefix } from '../../../common/text/prefix.ts';
import { Pacer } from '../../../common/time/pacer.ts';
import { ExceptionSet } from '../../claims/lists/exception-set.ts';
import type { Touched } from '../../store/port/revisions.ts';
import { note } from '../../views/change.ts';
import { RecentChanges } from './recent-changes.ts';
import { type Ban, lastOf, NO_HOST, prefixesIn, Standing, type StandingDeps } from './standing.ts';

/** Which origins are asked for. */
export type Wanted = (origin: string) => boolean;

/**
 * What a reader that has what was served at an earlier revision is to remove, and then to add. Either may say what it knows already. Both are
 * read as they are asked for: what changes meanwhile may be in one of them, and is said again after `revision`.
 */
export interface BanChanges {
  readonly revision: Revision;
  readonly removed: AsyncIterable<readonly Prefix[]>;
  readonly added: AsyncIterable<readonly Ban[]>;
}

/** Bans given out in one run. */
const BATCH = 1024;

interface Shared {
  readonly standing: Standing;
  readonly since: Revision;
  readonly revision: Revision;
  readonly candidates: Promise<PackedEntries>;
}

/** One per controller. What was read for a revision serves all who ask until the next one. */
export class Bans {
  readonly #deps: StandingDeps;
  /** From the first reader on: a fleet without one keeps nothing for it. */
  #recent: RecentChanges | undefined;
  #known: { readonly revision: Revision; readonly standing: Promise<Standing> } | undefined;
  /** Waits for the one before it to be read, and serves all who ask until then. */
  #next: Promise<Standing> | undefined;
  #shared: Shared | undefined;

  constructor(deps: StandingDeps) {
    this.#deps = deps;
  }

  /** As of the last revision that the views have. One is read at a time. */
  standing(): Promise<Standing> {
    this.#recent ??= new RecentChanges(this.#deps.store);
    if (this.#known?.revision === this.#deps.views.revision) return this.#known.standing;
    this.#next ??= this.#readNext();
    return this.#next;
  }

  async #readNext(): Promise<Standing> {
    await this.#known?.standing.catch(() => undefined);
    this.#next = undefined;
    const { revision } = this.#deps.views;
    const standing = Standing.read(this.#deps);
    this.#known = { revision, standing };
    // What failed is tried again.
    standing.catch(() => {
      if (this.#known?.standing === standing) this.#known = undefined;
    });
    return standing;
  }

  /** Every ban that is served, in batches. */
  async *whole(standing: Standing, wanted: Wanted): AsyncGenerator<readonly Ban[]> {
    const { pause } = new Pacer();
    const pieces = new Map<string, Ban>();
    let batch: Ban[] = [];
    for (const ban of eachBan(standing, wanted)) {
      if (!standing.allows(ban.prefix)) batch.push(ban);
      else
        for (const prefix of standing.allowedSet.family(ban.prefix.family).rest(ban.prefix)) {
          const text = formatPrefix(prefix);
          pieces.set(text, lastOf(pieces.get(text), { ...ban, prefix }));
        }
      if (batch.length === BATCH) {
        yield batch;
        batch = [];
        await pause();
      }
    }
    yield batch;
    const added = [...pieces.values()].filter((piece) => {
      const own = standing.ban(piece.prefix, wanted);
      return !own || lastOf(own, piece) !== own;
    });
    for (let from = 0; from < added.length; from += BATCH) yield added.slice(from, from + BATCH);
  }

  /** @returns undefined: history does not reach back that far */
  async changes(since: Revision, wanted: Wanted): Promise<BanChanges | undefined> {
    // Before what is looked up: what comes later is found again next time.
    const { revision } = this.#deps.views;
    this.#recent ??= new RecentChanges(this.#deps.store);
    const touched = this.#recent.since(since) ?? (await this.#touchedSince(since))?.map(({ keys }) => keys);
    if (!touched) return undefined;
    if (touched.length === 0) return { revision, added: none(), removed: none() };
    const standing = await this.standing();
    const candidates = await this.#candidates(standing, since, revision, touched);
    return {
      revision,
      removed: picked(candidates, (prefix) => (standing.served(prefix, wanted) ? undefined : prefix)),
      added: picked(candidates, (prefix) => standing.served(prefix, wanted)),
    };
  }

  /** Bouncers that hold the same share what is looked up. */
  #candidates(
    standing: Standing,
    since: Revision,
    revision: Revision,
    touched: readonly PackedEntries[],
  ): Promise<PackedEntries> {
    const known = this.#shared;
    if (known?.standing === standing && known.since === since && known.revision === revision) return known.candidates;
    const candidates = candidatesOf(standing, touched);
    this.#shared = { standing, since, revision, candidates };
    return candidates;
  }

  #touchedSince(since: Revision): Promise<readonly Touched[] | undefined> {
    const { store, views } = this.#deps;
    return store.touchedSince(since, new Set(views.layersLike(NO_HOST).map(({ id }) => id)));
  }

  /** Whether what is served is what it was at that revision. False where history does not reach back. */
  async unchanged(since: Revision): Promise<boolean> {
    if (this.#deps.views.revision === since) return true;
    const touched = await this.#touchedSince(since);
    return touched?.length === 0;
  }

  /** Bans that cover all of a prefix, the narrowest first; none where an allow entry covers it. */
  async covering(prefix: Prefix, wanted: Wanted): Promise<Ban[]> {
    const standing = await this.standing();
    if (standing.allowedSet.family(prefix.family).cover(prefix.address, 0, prefix.length)) return [];
    const found: Ban[] = [];
    for (let length = prefix.length; length >= 0; length--) {
      const ban = standing.ban({ ...prefix, length, address: maskAddress(prefix.address, length) }, wanted);
      if (ban) found.push(ban);
    }
    return found;
  }
}

/** Bans as they are said, each prefix once. */
function* eachBan(standing: Standing, wanted: Wanted): Generator<Ban> {
  const { claims, lists } = standing;
  for (const [first] of claims.values()) {
    const ban = first && standing.ban(first.prefix, wanted);
    if (ban) yield ban;
  }
  const before: (typeof lists)[number][] = [];
  for (const list of lists.filter(({ origin }) => wanted(origin))) {
    const { layer, origin, reason } = list;
    for (const { prefix, expiresMs } of prefixesIn(layer.packed())) {
      if (!standing.live(expiresMs)) continue;
      const { family, address, length } = prefix;
      const key = { family, address, offset: 0, length, allow: false };
      if (before.some((other) => other.layer.effectOf(key))) continue;
      const claimed = claims.size > 0 ? claims.get(formatPrefix(prefix)) : undefined;
      if (claimed?.some((each) => wanted(each.origin))) continue;
      const ban = lists.length > 1 ? standing.ban(prefix, wanted) : { prefix, origin, reason, expiresMs };
      if (ban) yield ban;
    }
    before.push(list);
  }
}

/** What may be served otherwise than it was, each once: touched prefixes, and what allow entries leave of bans around them. */
async function candidatesOf(standing: Standing, touched: readonly PackedEntries[]): Promise<PackedEntries> {
  const { pause } = new Pacer();
  const found = new EntryTable();
  const allows: Prefix[] = [];
  for (const keys of touched)
    for (const { prefix, allow } of prefixesIn(keys)) {
      if (allow) allows.push(prefix);
      await pause();
    }
  const around = [...standing.allowed, ...allows];
  const aroundSet = new ExceptionSet(around);
  const add = (ban: Prefix) => {
    note(found, { ...ban, offset: 0, allow: false });
    if (!aroundSet.family(ban.family).meets(ban.address, 0, ban.length)) return;
    for (const allow of around)
      if (covers(ban, allow))
        for (const prefix of between(ban, allow)) note(found, { ...prefix, offset: 0, allow: false });
  };
  for (const keys of touched)
    for (const { prefix, allow } of prefixesIn(keys)) {
      if (!allow) add(prefix);
      await pause();
    }
  if (allows.length === 0) return found.pack();
  const touchedSet = new ExceptionSet(allows);
  for (const { prefix } of eachBan(standing, () => true)) {
    if (touchedSet.family(prefix.family).meets(prefix.address, 0, prefix.length)) add(prefix);
    await pause();
  }
  return found.pack();
}

/** What `pick` makes of each prefix, in batches; undefined is left out. */
async function* picked<T>(
  prefixes: PackedEntries,
  pick: (prefix: Prefix) => T | undefined,
): AsyncGenerator<readonly T[]> {
  const { pause } = new Pacer();
  let batch: T[] = [];
  for (const { prefix } of prefixesIn(prefixes)) {
    const item = pick(prefix);
    if (item !== undefined) batch.push(item);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
    await pause();
  }
  yield batch;
}

/** From a prefix down to one inside it: each on the way, and the other half beside it. */
function* between(outer: Prefix, inner: Prefix): Generator<Prefix> {
  for (let length = outer.length + 1; length <= inner.length; length++) {
    const address = maskAddress(inner.address, length);
    yield { family: inner.family, address, length };
    const beside = Uint8Array.from(address);
    beside[(length - 1) >> 3] = (beside[(length - 1) >> 3] ?? 0) ^ (0x80 >> ((length - 1) & 7));
    yield { family: inner.family, address: beside, length };
  }
}

async function* none(): AsyncGenerator<never> {}
