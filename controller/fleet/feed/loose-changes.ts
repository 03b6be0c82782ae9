// Changes that a host is given each by itself, while it has no room for an earlier one. The ack of such a change proves that change,
// and no revision: the host still lacks what it refused. What cannot be given so is awaited until the host is tried with the whole.
import type { Revision } from '../../../common/revision.ts';
import type { EncodedDelta } from '../../views/delta.ts';
import type { Slices } from '../../views/slices.ts';
import type { SessionDeps } from '../host/session-deps.ts';
import type { LooseStanding } from '../hub/proof.ts';
import type { Feed } from './feed.ts';

/** Changes that are remembered, for those who ask a moment later. */
const REMEMBERED = 64;

/** All that the revisions above `since` up to `to` wrote. */
interface Change {
  readonly since: Revision;
  readonly to: Revision;
  standing: 'enforced' | 'awaited';
}

/** Belongs to one session; remembers the last 64 changes, so that a wait that starts late still learns how they stand. */
export class LooseChanges {
  readonly #hostId: string;
  readonly #feed: Pick<Feed, 'offer'>;
  readonly #deps: Pick<SessionDeps, 'views' | 'deltas'>;
  #changes: Change[] = [];
  #last: Revision = 0n;

  constructor(hostId: string, feed: Pick<Feed, 'offer'>, deps: Pick<SessionDeps, 'views' | 'deltas'>) {
    this.#hostId = hostId;
    this.#feed = feed;
    this.#deps = deps;
  }

  /** The last revision of which something was sent. */
  get last(): Revision {
    return this.#last;
  }

  standing(revision: Revision): LooseStanding {
    return this.#changes.findLast(({ since, to }) => revision > since && revision <= to)?.standing;
  }

  answered(to: Revision, held: boolean): void {
    const change = this.#changes.find((each) => each.to === to && each.standing === 'awaited');
    if (change && held) change.standing = 'enforced';
    else this.#changes = this.#changes.filter((each) => each !== change);
  }

  /** The whole as of `to` was refused: with it every change that waited for that. */
  refused(to: Revision): void {
    this.#changes = this.#changes.filter((each) => each.to > to || each.standing !== 'awaited');
  }

  /** A change that takes away alone: it fits, and what it leaves was there before. */
  sendRemoval(delta: EncodedDelta): void {
    this.#offer(delta, delta.to);
    this.#expect(delta.to - 1n, delta.to);
  }

  /** A change that this host gets with the whole alone. */
  awaitWhole(revision: Revision): void {
    if (!this.standing(revision)) this.#expect(revision - 1n, revision);
  }

  /** What one revision wrote, new to the view or not: this host may lack it either way. Run it while that revision is being settled. */
  *send(revision: Revision): Slices {
    if (this.standing(revision)) return;
    const since = revision - 1n;
    const found = yield* this.#deps.views.rowsSince(this.#hostId, since);
    if (found.kind === 'delta') this.#offer(this.#deps.deltas.of(found.delta), revision);
    this.#expect(since, revision);
  }

  /**
   * `revision` is being refused when later ones are on their way: they are lost with it. Call it before the refusal is reported, and the
   * function that it returns afterwards: that sends them again, by themselves. `gaveUp`: they were not, and go with the whole or not at all.
   */
  sendAfter(revision: Revision): ((wanted: () => boolean, gaveUp: () => void) => void) | undefined {
    const { views, deltas } = this.#deps;
    const to = views.revision;
    if (revision >= to) return undefined;
    this.#expect(revision, to);
    return (wanted, gaveUp) =>
      views.catchUp(this.#hostId, revision, (found) => {
        if (found.kind === 'delta' && wanted() && this.#offer(deltas.of(found.delta), to)) return;
        gaveUp();
      });
  }

  #expect(since: Revision, to: Revision): void {
    this.#changes = [...this.#changes.slice(1 - REMEMBERED), { since, to, standing: 'awaited' }];
    this.#last = to;
  }

  #offer(delta: EncodedDelta, to: Revision): boolean {
    const messages = delta.messages(undefined)[Symbol.iterator]();
    return this.#feed.offer({ to, digest: delta.digest, committedMs: delta.committedMs, messages, loose: true });
  }
}
