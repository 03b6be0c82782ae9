// One feed at work: looks at its source when it is due, hands a new list over or holds it, and remembers how it went.
import { FAMILIES } from '../../common/entries/packed.ts';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import type { Clock } from '../../common/time/clock.ts';
import { NotMeant } from '../claims/guard/objections.ts';
import type { EventLog } from '../fleet/events.ts';
import type { AllowIndex } from '../operations/exemptions/allow-index.ts';
import type { ListReply } from '../operations/lists/lists.ts';
import type { ListsInStages } from '../rollouts/large-changes.ts';
import { isOpen } from '../rollouts/rollout.ts';
import type { Store } from '../store/store.ts';
import { doubtsAbout, extentOf } from './doubts.ts';
import { type Feed, type FeedState, KINDS } from './feed.ts';
import { handOver, refusalOf } from './hand-over.ts';
import { LookRefused } from './http/get.ts';
import { overlapsOf } from './overlap.ts';
import { dueAfter, JITTER, NotNow } from './schedule.ts';
import type { Found, Source } from './source.ts';
import { heldOf, settled, underWayText } from './staged.ts';

/** What every feed works with. */
export interface FeedDeps {
  readonly store: Pick<Store, 'changeSettings' | 'settings' | 'lists'>;
  readonly lists: ListsInStages;
  readonly allowed: Pick<AllowIndex, 'layers'>;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly log: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Throws while nothing may be changed. */
  readonly assertOpen: () => void;
}

/** How a look is made when an operator asks for it. */
export interface Asked {
  /** What is unusual about the list is meant. */
  readonly accept: boolean;
  readonly dryRun: boolean;
  /** Names of hosts whose peers do not halt it where it goes in stages. */
  readonly ignoreHosts: readonly string[];
}

/** `timer`: nobody asks, and what was halted is not tried again. */
type Cause = Asked & { readonly timer?: boolean };

type Shown = Omit<NonNullable<FeedState['held']>, 'why' | 'accepted'>;

/** What came of a look. */
export interface Outcome {
  /**
   * `staged`: it reaches its hosts in stages, and is in force when the last one is. `held`: it waits for an operator. `failed`: there is
   * no list to judge. Of these `why` says more, one sentence each.
   */
  readonly kind: 'unchanged' | 'taken' | 'staged' | 'held' | 'failed';
  readonly why: readonly string[];
  /** For people: as what it was read, what was left out. */
  readonly notes: readonly string[];
  /** Of the list that was found; 0: none was. */
  readonly rows: number;
  /** Of a list that is held: what an operator accepts. */
  readonly shown?: Shown;
  /** What an operator accepts was taken, or will be by the next look that finds it. */
  readonly accepted?: boolean;
  /** Of the import, or of its rehearsal. */
  readonly change?: ListReply;
}

/** An operator who accepts a list has seen one of that size and width: another one is shown again. */
const SAME_SIZE = 0.1;
/** No server is left alone for longer than that: a time further away was noted by a clock that was wrong, milliseconds. */
const LONGEST_WAIT_MS = 86_400_000;
/** setTimeout takes at most 24 days, milliseconds. */
const LONGEST_TIMER_MS = 3_600_000;
/** Looks that change nothing are noted in the store that often at most, milliseconds. */
const NOTED_MS = 60_000;
const MAX_TEXT = 500;
const UNMARKED = { etag: '', lastModified: '', digest: '' };

/** Lives from `feed add` or the controller's start to `feed rm` or its end. */
export class FeedRun {
  readonly feed: Feed;
  readonly hasKey: boolean;
  readonly #source: Source;
  readonly #deps: FeedDeps;
  readonly #stop = new AbortController();
  #state: FeedState;
  #notedMs = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Looks are made one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(feed: Feed, state: FeedState, source: Source, hasKey: boolean, deps: FeedDeps) {
    this.feed = feed;
    this.hasKey = hasKey;
    this.#state = state;
    this.#source = source;
    this.#deps = deps;
  }

  /** With what became of its stages until now. */
  get state(): FeedState {
    const { staged } = this.#state;
    return staged ? settled(this.#state, this.#deps.lists.rollout(staged.rollout)) : this.#state;
  }

  /** Sets the timer of the next look. */
  plan(): void {
    clearTimeout(this.#timer);
    if (this.feed.paused || this.#stop.signal.aborted) return;
    const nowMs = this.#deps.clock.wallMs();
    const dueMs = this.#state.dueMs - nowMs;
    const isLikely = dueMs <= this.feed.everyMs * (1 + JITTER) + LONGEST_WAIT_MS;
    const waitMs = Math.max(0, isLikely ? dueMs : 0, this.#notBefore(nowMs));
    this.#timer = setTimeout(
      () => {
        if (waitMs > LONGEST_TIMER_MS) this.plan();
        // How it went is remembered, and the next look is planned in any case.
        else void this.look({ accept: false, dryRun: false, ignoreHosts: [], timer: true }).catch(() => {});
      },
      Math.min(waitMs, LONGEST_TIMER_MS),
    ).unref();
  }

  /** @throws FleetblockError FAILED_PRECONDITION: its server wants no look now; ABORTED: the feed was removed */
  look(asked: Cause): Promise<Outcome> {
    const turn = this.#last.then(() => this.#look(asked));
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#last;
    this.#source.close?.();
  }

  async #look(asked: Cause): Promise<Outcome> {
    const { clock } = this.#deps;
    const nowMs = clock.wallMs();
    const { leastMs } = this.#source;
    clearTimeout(this.#timer);
    this.#state = this.state;
    try {
      this.#assertMayLook(nowMs);
      // First: a controller that dies while it looks must not come back to look at once.
      if (leastMs > 0) await this.#remember({ ...this.#state, notBeforeMs: nowMs + leastMs }, asked.dryRun);
      const outcome = await this.#find(asked);
      if (!asked.dryRun) await this.#went(outcome, nowMs);
      return outcome;
    } catch (error) {
      if (error instanceof NotNow && !asked.timer && !asked.dryRun) return this.#later(error, asked);
      if (error instanceof NotNow || this.#stop.signal.aborted) throw error;
      if (!asked.dryRun) await this.#failed(error, nowMs);
      return { kind: 'failed', why: [clipped(messageOf(error))], notes: [], rows: 0 };
    } finally {
      this.plan();
    }
  }

  /** Its server cannot be asked for what is held: the first look that may be made takes it, or tries it again where it was undone. */
  async #later(reason: NotNow, { accept, ignoreHosts }: Asked): Promise<Outcome> {
    const { state, underWay } = this.#inStages();
    if (!state.held || underWay || (!accept && state.held.kinds.length > 0)) throw reason;
    const held = { ...state.held, accepted: true, ignoreHosts: [...ignoreHosts] };
    await this.#remember({ ...state, held, dueMs: state.notBeforeMs }, false);
    const why = [`${accept ? 'accepted, and taken' : 'tried again'} by the next look: ${reason.message}`];
    return { kind: 'held', why, notes: [], rows: held.rows, accepted: true };
  }

  /** Milliseconds until its server wants to be asked again; 0 or less: it may be. */
  #notBefore(nowMs: number): number {
    const waitMs = this.#state.notBeforeMs - nowMs;
    return waitMs > LONGEST_WAIT_MS ? 0 : waitMs;
  }

  #assertMayLook(nowMs: number): void {
    if (this.#stop.signal.aborted) throw new FleetblockError('ABORTED', `feed ${this.feed.name} is not there any more`);
    const waitMs = this.#notBefore(nowMs);
    if (waitMs > 0) throw new NotNow(new URL(this.feed.url).host, waitMs);
  }

  async #find({ accept, dryRun, ignoreHosts, timer = false }: Cause): Promise<Outcome> {
    const { lists, allowed } = this.#deps;
    const before = this.#inStages();
    // What is on its way, or was undone, is known; unless an operator wants to see it, or to try it again.
    const known = dryRun || !(timer || before.underWay) ? undefined : before.staged;
    const found = await this.#source.look({
      state: { ...before.state, ...known?.marks },
      conditional: !dryRun && (known !== undefined || (!accept && (await this.#isInForce()))),
      signal: this.#stop.signal,
    });
    if (this.#stop.signal.aborted) throw new FleetblockError('ABORTED', 'the look was broken off');
    // It may be in force by now, or undone: the server may have taken minutes.
    const { staged, state, underWay } = this.#inStages();
    if (known && staged && isSame(found, known)) {
      const about = { notes: [], rows: known.rows };
      if (underWay) return { kind: 'staged', why: [underWayText(underWay)], ...about };
      const { why, accepted: _, ...shown } = heldOf(this.#state, known);
      return { kind: 'held', why, ...about, shown };
    }
    if (found.kind === 'unchanged') {
      // Compared with the list in force, not with one that is staged or undone: the server has gone back to it.
      if (!known) this.#state = { ...(underWay ? this.#state : state), ...found.marks };
      return { kind: 'unchanged', why: [], notes: [], rows: 0 };
    }
    const extent = extentOf(found.slices);
    const doubts = doubtsAbout(this.#state, await this.#left(), extent, found.mayBeCut).filter(
      ({ kind }) => !found.meant?.some((meant) => meant === kind),
    );
    const shown: Shown = { ...extent, digest: found.digest, kinds: doubts.map(({ kind }) => kind) };
    const accepted = (accept || this.#state.held?.accepted === true) && this.#hasShown(shown);
    const overlaps = dryRun ? overlapsOf(found.slices, allowed.layers()) : [];
    const about = { notes: [...found.notes, ...overlaps], rows: extent.rows };
    const held = (why: readonly string[], kinds: Shown['kinds']): Outcome => {
      return { kind: 'held', why: why.map(clipped), ...about, shown: { ...shown, kinds } };
    };
    // There is nothing to accept. The import would refuse it too, unless that is done by then: what is doubtful would go out.
    if (underWay && !dryRun) return held([`rollout ${underWay.id} is ${underWay.state}: its next change waits`], []);
    const texts = doubts.map(({ text }) => text);
    if (doubts.length > 0 && !accepted) return held(texts, shown.kinds);
    // Not this list is held then, but everything.
    if (!dryRun) this.#deps.assertOpen();
    try {
      const ignored = [...ignoreHosts, ...(this.#state.held?.ignoreHosts ?? [])];
      const change = await handOver(lists, this.feed, found, { accepted, dryRun, ignoreHosts: ignored });
      const why = change.objections.map(({ text }) => text);
      if (dryRun) return { kind: why.length > 0 ? 'held' : 'taken', why, ...about, change };
      if (!change.rollout) this.#state = { ...state, ...found.marks, ...extent };
      else {
        const marks = { ...UNMARKED, ...found.marks };
        this.#state = { ...state, staged: { rollout: change.rollout.id, marks, digest: found.digest, ...extent } };
      }
      return change.rollout
        ? { kind: 'staged', why: [underWayText(change.rollout)], ...about, change, accepted }
        : { kind: 'taken', why, ...about, change, accepted };
    } catch (error) {
      if (!(error instanceof FleetblockError) || error.code !== 'FAILED_PRECONDITION') throw error;
      if (error instanceof NotMeant)
        return held(
          error.objections.map(({ problem }) => problem),
          error.objections.map(({ kind }) => kind),
        );
      return held([refusalOf(error, this.feed.name)], []);
    }
  }

  /** The list that reaches its hosts in stages, as it stands now. `state`: without it. */
  #inStages() {
    this.#state = this.state;
    const { staged, ...state } = this.#state;
    const rollout = staged && this.#deps.lists.rollout(staged.rollout);
    return { staged, state, underWay: rollout && isOpen(rollout) ? rollout : undefined };
  }

  /** What is held was shown to whoever accepts it; a list that was not held needs nobody to. */
  #hasShown({ rows, share, digest, kinds }: Shown): boolean {
    const { held } = this.#state;
    if (!held || held.kinds.length === 0) return false;
    if (digest !== '' && digest === held.digest) return true;
    const isAlike = (was: number, is: number) => Math.abs(is - was) <= was * SAME_SIZE;
    return (
      isAlike(held.rows, rows) &&
      FAMILIES.every((family) => isAlike(held.share[family], share[family])) &&
      kinds.every((kind) => held.kinds.includes(kind))
    );
  }

  /** Rows of the list that there are now: some may have ended since it was taken. */
  async #left(): Promise<number> {
    const list = (await this.#deps.store.lists()).find(({ name }) => name === this.feed.name);
    return Math.min(this.#state.rows, list?.entries ?? this.#state.rows);
  }

  /** Whether the list is what the last look that went well made of it: nobody removed or replaced it since. */
  async #isInForce(): Promise<boolean> {
    const list = (await this.#deps.store.lists()).find(({ name }) => name === this.feed.name);
    return list !== undefined && list.updatedMs <= this.#state.goodMs;
  }

  async #went({ kind, why, shown, change }: Outcome, nowMs: number): Promise<void> {
    const { clock, events, random } = this.#deps;
    const { name, everyMs } = this.feed;
    const { error, held, ...before } = this.#state;
    const endedMs = clock.wallMs();
    const isNews = kind === 'held' && held?.why.join() !== why.join();
    const next: FeedState = {
      ...before,
      error: '',
      failures: 0,
      lookedMs: nowMs,
      dueMs: dueAfter({ endedMs, everyMs, failures: 0, notBeforeMs: before.notBeforeMs, random }),
      ...(shown && { held: { ...shown, why: [...why], accepted: false } }),
      // The list in force is not the source's while it waits, or is on its way.
      ...((kind === 'taken' || kind === 'unchanged') && { goodMs: endedMs }),
      ...(kind === 'taken' && { changedMs: endedMs }),
    };
    const sameAsBefore = kind === 'held' ? !isNews : !change && !held;
    const isQuiet = sameAsBefore && error === '' && endedMs - this.#notedMs < NOTED_MS;
    await this.#remember(next, isQuiet);
    if (isNews) events.add('feed.held', `feed ${name} is held, and what it had before stays: ${why.join('; ')}`);
    else if (error !== '' && kind !== 'held') events.add('feed.recovered', `feed ${name} is fetched again`);
  }

  async #failed(error: unknown, nowMs: number): Promise<void> {
    const { clock, events, log, random } = this.#deps;
    const { name, everyMs } = this.feed;
    const before = this.#state;
    const failures = before.failures + 1;
    const retryMs = error instanceof LookRefused ? error.retryMs : 0;
    const endedMs = clock.wallMs();
    const notBeforeMs = Math.max(before.notBeforeMs, retryMs > 0 ? endedMs + retryMs : 0);
    const text = clipped(messageOf(error));
    const dueMs = dueAfter({ endedMs, everyMs, failures, notBeforeMs, random });
    const isQuiet = before.error === text && endedMs - this.#notedMs < NOTED_MS;
    await this.#remember({ ...before, error: text, failures, lookedMs: nowMs, notBeforeMs, dueMs }, isQuiet);
    if (!(error instanceof FleetblockError)) log.error({ err: error, feed: name }, 'a feed could not be looked at');
    if (failures === 1) events.add('feed.failed', `feed ${name} failed, and what it had before stays: ${text}`);
  }

  /** Here, and in the store unless it is `quiet`: all that the next start does not know then is that nothing was new. */
  async #remember(state: FeedState, quiet: boolean): Promise<void> {
    const { store, clock, log } = this.#deps;
    this.#state = state;
    if (quiet) return;
    this.#notedMs = clock.wallMs();
    await store
      .changeSettings({ sets: [{ kind: KINDS.state, name: this.feed.name, body: JSON.stringify(state) }] })
      .catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'the state of a feed could not be noted'));
  }
}

function isSame(found: Found, { digest }: { readonly digest: string }): boolean {
  return found.kind === 'unchanged' || (digest !== '' && found.digest === digest);
}

function clipped(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
}
