// The feeds of the fleet: declared by operators, kept in the store, at work as long as the controller is.
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { formatSelector, parseSelector } from '../../common/text/selector.ts';
import { attribution } from '../claims/attribution.ts';
import { sameScope } from '../claims/guard/objections.ts';
import type { Caller } from '../identity/auth/caller.ts';
import { checkFeed, type Feed, type FeedState, KINDS, NEVER, readFeed, readState } from './feed.ts';
import { type Asked, type FeedDeps, FeedRun, type Outcome } from './feed-run.ts';
import type { OpenSource } from './source.ts';

/** `sources` by format; `anyOther` has what they do not name. */
export interface FeedsDeps extends FeedDeps {
  readonly sources: Readonly<Record<string, OpenSource>>;
  readonly anyOther: OpenSource;
  readonly onClose: () => Promise<void>;
}

/** A feed to be. */
export type NewFeed = Omit<Feed, 'paused' | 'actor' | 'createdMs'>;

/** As operators see it. */
export interface FeedStatus {
  readonly feed: Feed;
  readonly state: FeedState;
  readonly hasKey: boolean;
}

/** A feed after a look, and what came of it. */
export interface Looked extends FeedStatus {
  readonly outcome: Outcome;
}

const MAX_FEEDS = 200;

/** One per controller. Looks begin with `start`. */
export class Feeds {
  readonly #deps: FeedsDeps;
  readonly #runs = new Map<string, FeedRun>();
  /** Declared by another version, or damaged: all that can be done with them is to remove them. */
  readonly #unreadable = new Set<string>();
  /** Feeds are declared, paused and removed one after the other: a run that another call has ended is not opened again. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  private constructor(deps: FeedsDeps) {
    this.#deps = deps;
  }

  static async load(deps: FeedsDeps): Promise<Feeds> {
    const feeds = new Feeds(deps);
    const byName = async (kind: string) =>
      new Map((await deps.store.settings(kind)).map(({ name, body }) => [name, body]));
    const [declared, states, keys] = [await byName(KINDS.feed), await byName(KINDS.state), await byName(KINDS.key)];
    for (const [name, body] of declared) {
      const state = states.get(name);
      try {
        feeds.#open(readFeed(body), state === undefined ? NEVER : readState(state), keyOf(keys.get(name)));
      } catch (error) {
        feeds.#unreadable.add(name);
        deps.log.warn({ feed: name, reason: messageOf(error) }, unreadableText(name));
      }
    }
    return feeds;
  }

  /** By name. */
  list(): FeedStatus[] {
    return [...this.#runs.values()]
      .map(({ feed, state, hasKey }) => ({ feed, state, hasKey }))
      .sort((a, b) => (a.feed.name < b.feed.name ? -1 : 1));
  }

  /** How many entries of their lists are in force, by name. */
  async entries(): Promise<ReadonlyMap<string, number>> {
    return new Map((await this.#deps.store.lists()).map(({ name, entries }) => [name, entries]));
  }

  /** What operators must see to, one sentence each. */
  warnings(): string[] {
    return [...this.#unreadable].map(unreadableText);
  }

  /** What is done to the list of a feed by hand is undone by its next look. @throws FleetblockError FAILED_PRECONDITION */
  assertNotKept(list: string): void {
    const run = this.#runs.get(list);
    if (run && !run.feed.paused)
      throw new FleetblockError(
        'FAILED_PRECONDITION',
        `list ${list} is kept by feed ${list}: fleetblock feed pause ${list} first, or fleetblock feed rm ${list}`,
      );
  }

  /** @throws FleetblockError NOT_FOUND */
  find(name: string): FeedStatus {
    return this.#run(name);
  }

  start(): void {
    for (const run of this.#runs.values()) run.plan();
  }

  /**
   * Declares a feed and looks at it once; a dry run only looks. A feed whose first look fails stays declared.
   * @throws FleetblockError INVALID_ARGUMENT, ALREADY_EXISTS, RESOURCE_EXHAUSTED, PERMISSION_DENIED (private addresses: admins only)
   */
  async add(asked: NewFeed, key: string, caller: Caller, dryRun: boolean): Promise<Looked> {
    const run = await this.#inTurn(() => this.#declare(asked, key, caller, dryRun));
    try {
      return looked(run, await run.look({ accept: false, dryRun, ignoreHosts: [] }));
    } finally {
      if (dryRun) await run.stop();
    }
  }

  async #declare(asked: NewFeed, key: string, caller: Caller, dryRun: boolean): Promise<FeedRun> {
    const { store, clock } = this.#deps;
    const feed: Feed = {
      ...asked,
      target: formatSelector(parseSelector(asked.target)),
      paused: false,
      actor: caller.actor,
      createdMs: clock.wallMs(),
    };
    checkFeed(feed, key, Object.keys(this.#deps.sources));
    const by = attribution(caller, feed.reason);
    if (feed.allowPrivate && caller.role !== 'admin')
      throw new FleetblockError('PERMISSION_DENIED', 'only an admin may let a feed ask private addresses');
    if (this.#runs.has(feed.name) || this.#unreadable.has(feed.name))
      throw new FleetblockError(
        'ALREADY_EXISTS',
        `there is a feed ${feed.name}: fleetblock feed rm ${feed.name} --keep-list first, its entries stay`,
      );
    if (this.#runs.size >= MAX_FEEDS)
      throw new FleetblockError('RESOURCE_EXHAUSTED', `a fleet has at most ${MAX_FEEDS} feeds`);
    await this.#assertListFits(feed);
    if (dryRun) return this.#open(feed, NEVER, key, false);
    await store.changeSettings({
      sets: [
        setting(KINDS.feed, feed),
        ...(key === '' ? [] : [{ kind: KINDS.key, name: feed.name, body: JSON.stringify(key) }]),
      ],
      audit: { ...by, verb: 'feed.add', subject: subjectOf(feed) },
    });
    return this.#open(feed, NEVER, key);
  }

  /** Looks at once. @throws FleetblockError NOT_FOUND, FAILED_PRECONDITION (nothing to accept), and as FeedRun.look() */
  async refresh(name: string, asked: Asked, caller: Caller): Promise<Looked> {
    const run = this.#run(name);
    const isAccepting = asked.accept && !asked.dryRun;
    const { held } = run.state;
    if (isAccepting && !held)
      throw new FleetblockError('FAILED_PRECONDITION', `nothing of feed ${name} is held: leave out --accept`);
    const why = held?.why.join('; ') ?? '';
    if (isAccepting && held?.kinds.length === 0)
      throw new FleetblockError('FAILED_PRECONDITION', `what is held of feed ${name} cannot be accepted: ${why}`);
    const by = attribution(caller, why.slice(0, 500));
    const outcome = await run.look(asked);
    // Not before: another list may have come, which is shown first, or none.
    if (isAccepting && outcome.accepted)
      await this.#deps.store.changeSettings({ audit: { ...by, verb: 'feed.accept', subject: name } });
    return looked(run, outcome);
  }

  /** @throws FleetblockError NOT_FOUND */
  setPaused(name: string, paused: boolean, caller: Caller, reason: string): Promise<FeedStatus> {
    return this.#inTurn(() => this.#setPaused(name, paused, caller, reason));
  }

  async #setPaused(name: string, paused: boolean, caller: Caller, reason: string): Promise<FeedStatus> {
    const run = this.#run(name);
    if (run.feed.paused === paused) return run;
    const feed = { ...run.feed, paused };
    const by = attribution(caller, reason);
    const key = await this.#keyOf(name);
    await run.stop();
    try {
      const { staged, ...state } = run.state;
      const wasAborted = paused && (await this.#deps.lists.abort(name, { caller, reason }));
      // What the pause has aborted may begin again after it.
      const after = wasAborted ? state : { ...state, staged };
      await this.#deps.store.changeSettings({
        sets: [setting(KINDS.feed, feed), { kind: KINDS.state, name, body: JSON.stringify(after) }],
        audit: { ...by, verb: paused ? 'feed.pause' : 'feed.resume', subject: name },
      });
      const next = this.#open(feed, after, key);
      next.plan();
      return next;
    } catch (error) {
      this.#open(run.feed, run.state, key).plan();
      throw error;
    }
  }

  /** With its list, unless that is to be kept. All or nothing. @throws FleetblockError NOT_FOUND, FAILED_PRECONDITION (quarantine) */
  remove(name: string, keepList: boolean, caller: Caller, reason: string): Promise<{ readonly removed: number }> {
    return this.#inTurn(() => this.#remove(name, keepList, caller, reason));
  }

  async #remove(name: string, keepList: boolean, caller: Caller, reason: string) {
    const { store, lists, assertOpen } = this.#deps;
    const run = this.#unreadable.has(name) ? undefined : this.#run(name);
    const by = attribution(caller, reason);
    assertOpen();
    const key = run ? await this.#keyOf(name) : '';
    await run?.stop();
    try {
      await lists.abort(name, { caller, reason });
      // The list first: what fails after it leaves a feed, which can be removed again, and never a list that nobody keeps.
      const isThere = !keepList && (await store.lists()).some((list) => list.name === name);
      const removed = isThere
        ? await lists.remove(name, { caller, reason, dryRun: false, waitMs: undefined })
        : { removed: 0 };
      await store.changeSettings({
        deletes: Object.values(KINDS).map((kind) => ({ kind, name })),
        audit: { ...by, verb: 'feed.remove', subject: name },
      });
      this.#runs.delete(name);
      this.#unreadable.delete(name);
      return removed;
    } catch (error) {
      if (run) this.#open(run.feed, run.state, key).plan();
      throw error;
    }
  }

  /** Resolves when no look is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    // First: what is read may take longer than anybody waits for a controller to stop.
    await this.#deps.onClose();
    await this.#turn;
    await Promise.all([...this.#runs.values()].map((run) => run.stop()));
  }

  /** @throws FleetblockError ABORTED: the controller stops; what `work` throws */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => {
      if (this.#closed) throw new FleetblockError('ABORTED', 'the controller stops');
      return work();
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #open(feed: Feed, state: FeedState, key: string, isKept = true): FeedRun {
    const { sources, anyOther } = this.#deps;
    const run = new FeedRun(feed, state, (sources[feed.format] ?? anyOther)(feed, key), key !== '', this.#deps);
    if (isKept) this.#runs.set(feed.name, run);
    return run;
  }

  #run(name: string): FeedRun {
    const run = this.#runs.get(name);
    if (this.#unreadable.has(name)) throw new FleetblockError('FAILED_PRECONDITION', unreadableText(name));
    if (!run)
      throw new FleetblockError(
        'NOT_FOUND',
        `there is no feed ${JSON.stringify(name.slice(0, 80))}: see fleetblock feed list`,
      );
    return run;
  }

  async #keyOf(name: string): Promise<string> {
    return keyOf((await this.#deps.store.settings(KINDS.key)).find((each) => each.name === name)?.body);
  }

  /** A feed may take over a list that was imported before, if hosts make the same of it. */
  async #assertListFits({ name, target, action }: Feed): Promise<void> {
    const list = (await this.#deps.store.lists()).find((each) => each.name === name);
    if (list && !sameScope(list, { selector: parseSelector(target), action }))
      throw new FleetblockError(
        'FAILED_PRECONDITION',
        `there is a list ${name} for ${formatSelector(list.selector)} to ${list.action}: give the feed that target and action, another name, or remove the list first (fleetblock lists rm ${name})`,
      );
  }
}

function looked({ feed, state, hasKey }: FeedStatus, outcome: Outcome): Looked {
  return { feed, state, hasKey, outcome };
}

function unreadableText(name: string): string {
  return `feed ${name} cannot be read, and is not at work: fleetblock feed rm ${name} --keep-list, and declare it again`;
}

function setting(kind: string, feed: Feed) {
  return { kind, name: feed.name, body: JSON.stringify(feed) };
}

function keyOf(body: string | undefined): string {
  return body === undefined ? '' : String(JSON.parse(body));
}

/** For the audit: what is fetched from where, for whom. */
function subjectOf({ name, url, target, action }: Feed): string {
  return `${name} from ${url} to ${action} on ${target}`;
}
