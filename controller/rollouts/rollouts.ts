// Rollouts: changes that reach their hosts stage by stage. What stands at a stage is an ordinary claim with an end that is put off while
// the stage is watched: without a controller, or cut off from it, every host undoes it by itself within LEASE_MS.

import { entryCount, type PackedEntries } from '../../common/entries/packed.ts';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { formatDuration } from '../../common/text/duration.ts';
import { listOrigin, parseOrigin } from '../../common/text/origin.ts';
import { type Selector, wholeOf } from '../../common/text/selector.ts';
import { attribution } from '../claims/attribution.ts';
import { changeId } from '../claims/confirm-by.ts';
import { NotMeant } from '../claims/guard/objections.ts';
import { askedOrigin, assertMayChange } from '../identity/auth/own-origin.ts';
import type { BlockRequest, ChangeReply, Changes } from '../operations/block.ts';
import type { ImportBegin, ListReply } from '../operations/lists/lists.ts';
import type { Targets } from '../operations/targets.ts';
import type { OnWaiting } from '../operations/under-way.ts';
import type { Attributed } from './carrier.ts';
import { inTurn, Journal, type JournalDeps } from './journal.ts';
import { checkPlan, type PlanRequest, stageSelector } from './plan.ts';
import { isOpen, type Rollout, whatText } from './rollout.ts';
import { carriesSame, partText, StagedClaims } from './staged-claims.ts';
import { inOrder, StagedLists, type StagedListsDeps } from './staged-lists.ts';
import { LEASE_MS, MARGIN_MS, Steps, type StepsDeps, SYSTEM } from './steps.ts';
import { isWell, StageWatch } from './watch.ts';

const TICK_MS = 500;
/** After a step that failed for a reason that passes, milliseconds. */
const RETRY_MS = 5000;
/** Rows whose end is not put off while their stage is watched: that would send all of them, again and again. */
const MANY_ROWS = 50_000;

/** `changes` and `lists` make every step. */
export interface RolloutsDeps extends JournalDeps, StagedListsDeps {
  readonly store: JournalDeps['store'] & StagedListsDeps['store'] & StepsDeps['store'];
  readonly changes: Changes;
  readonly targets: Targets;
  /** How long a stage is watched at least, milliseconds: until a host that was cut off is seen to be. */
  readonly leastBakeMs: number;
  readonly hub: StepsDeps['hub'];
  /** False: the clock is in doubt, and nothing is begun or goes on. */
  readonly isTimeSure: () => boolean;
  readonly log: Logger;
}

/** A reply, and the rollout that it began. Undefined: a dry run. */
export type Begun<Reply> = Reply & { readonly rollout: Rollout | undefined };

/** `close` leaves what stands to its end, and to the next controller. */
export class Rollouts {
  readonly #deps: RolloutsDeps;
  readonly #journal: Journal;
  readonly #lists: StagedLists;
  readonly #steps: Steps;
  readonly #timer: NodeJS.Timeout;
  /** Origins of lists whose rollout is about to begin: what stands aside is one rollout's at a time. */
  readonly #beginning = new Set<string>();
  /** Of claims: those that are about to begin, and not in the journal yet. */
  readonly #starting = new Set<Rollout>();
  /** What an earlier controller has left, and no rollout knows of, is removed. */
  #isSwept = false;

  private constructor(deps: RolloutsDeps, journal: Journal) {
    this.#deps = deps;
    this.#journal = journal;
    this.#lists = new StagedLists(deps);
    const carriers = { claims: new StagedClaims(deps.changes), list: this.#lists };
    this.#steps = new Steps({ ...deps, journal, carriers });
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Goes on with what an earlier controller began. */
  static async load(deps: RolloutsDeps): Promise<Rollouts> {
    const unreadable = (rollout: string) =>
      deps.log.warn({ rollout }, 'a rollout that cannot be read is forgotten; what stands of it ends');
    return new Rollouts(deps, await Journal.load(deps, unreadable));
  }

  /** Rollouts that were halted since the start. */
  get halts(): number {
    return this.#steps.halts;
  }

  /** The newest first. */
  list(): Rollout[] {
    return this.#journal.all().map(({ rollout }) => rollout);
  }

  /** How many hosts there are. */
  hostsOf(selector: Selector): number {
    return this.#deps.targets.hosts([selector]).length;
  }

  /** As Changes.block, stage by stage: the reply is about the first. @throws FleetblockError as it does; INVALID_ARGUMENT: the plan */
  async block(request: BlockRequest, plan: PlanRequest): Promise<Begun<ChangeReply>> {
    this.#assertMayBegin(plan, request.force || (request.confirmMs ?? 0) > 0);
    const { caller, prefixes, action, reason, ttlMs } = request;
    const origin = parseOrigin(askedOrigin(caller, request.origin));
    const expiresMs = ttlMs > 0 ? this.#deps.clock.wallMs() + ttlMs : 0;
    const other = [...this.#starting, ...this.list()].find(
      (each) => isOpen(each) && carriesSame(each, request, origin),
    );
    if (other)
      throw new FleetblockError(
        'FAILED_PRECONDITION',
        `rollout ${other.id} of ${whatText(other)} is ${other.state}, for the same hosts: wait for it, or abort it`,
      );
    const said = { prefixes: [...prefixes], action, origin, reason, expiresMs };
    const rollout = this.#made(request, { kind: 'claims', ...said }, plan);
    if (!request.dryRun) this.#starting.add(rollout);
    return this.#begun(request, rollout, (onWaiting) =>
      this.#deps.changes.block({
        ...request,
        target: rollout.selector,
        ttlMs: this.#steps.ttlMs(rollout, rollout.selector),
        partOf: partText(rollout),
        onWaiting,
      }),
    ).finally(() => this.#starting.delete(rollout));
  }

  /**
   * As Lists.import, stage by stage: the counts are of the whole list, the hosts those of the first stage. A list that adds nothing
   * replaces the old one at once.
   * @throws FleetblockError as it does; INVALID_ARGUMENT: the plan; FAILED_PRECONDITION: another rollout of the list is open
   */
  async import(
    begin: ImportBegin,
    rows: AsyncIterable<PackedEntries<'left'>>,
    plan: PlanRequest,
  ): Promise<Begun<ListReply>> {
    this.#assertMayBegin(plan, begin.force);
    const origin = listOrigin(begin.name);
    const open = this.list().find((each) => isOpen(each) && each.carries.origin === origin);
    if (open)
      throw new FleetblockError(
        'FAILED_PRECONDITION',
        `rollout ${open.id} of ${origin} is ${open.state}: wait for it, or abort it`,
      );
    if (this.#beginning.has(origin))
      throw new FleetblockError('FAILED_PRECONDITION', `another rollout of ${origin} is about to begin: wait for it`);
    this.#beginning.add(origin);
    try {
      return await this.#import(begin, rows, plan);
    } finally {
      this.#beginning.delete(origin);
    }
  }

  async #import(
    begin: ImportBegin,
    rows: AsyncIterable<PackedEntries<'left'>>,
    plan: PlanRequest,
  ): Promise<Begun<ListReply>> {
    const { lists } = this.#deps;
    const origin = listOrigin(begin.name);
    const chunks: PackedEntries<'left'>[] = [];
    const whole = await lists.import({ ...begin, dryRun: true }, kept(rows, chunks));
    if (whole.objections.length > 0 && !begin.dryRun) throw new NotMeant(whole.objections);
    if (begin.dryRun) return { ...whole, rollout: undefined };
    const added = await this.#lists.added(begin, chunks);
    // What the guard leaves out never stands at a stage.
    const refused =
      whole.skipped.count > 0 ? await this.#lists.stage({ ...begin, dryRun: true }, added, LEASE_MS) : undefined;
    const count = added.reduce((sum, each) => sum + entryCount(each), 0) - (refused?.skipped.count ?? 0);
    if (count === 0) return { ...(await lists.import(begin, inOrder(chunks))), rollout: undefined };
    if (count > MANY_ROWS && plan.bakeMs > LEASE_MS - MARGIN_MS)
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        `the list adds ${count} entries: more than ${MANY_ROWS} are watched for at most ${formatDuration(LEASE_MS - MARGIN_MS)} at a stage, so that hosts that are cut off undo them within a minute: say --bake ${formatDuration(LEASE_MS - MARGIN_MS)}`,
      );
    const { name, action, reason, skipRefused } = begin;
    const updatedMs = (await this.#lists.standing(name))?.updatedMs ?? 0;
    const carries = { kind: 'list', name, origin, action, reason, skipRefused, rows: count, updatedMs } as const;
    const rollout = this.#made(begin, carries, plan);
    await this.#lists.keep(begin, chunks);
    const staged = await this.#begun(begin, rollout, (onWaiting) =>
      this.#lists.stage(
        { ...begin, target: rollout.selector, onWaiting },
        added,
        this.#steps.ttlMs(rollout, rollout.selector),
      ),
    ).catch(async (error: unknown) => {
      // Unless it has begun: then it is undone as any other.
      if (!this.list().some(({ id }) => id === rollout.id))
        await this.#lists.removeParts(name, { caller: SYSTEM, reason: '' }).catch(() => {
          this.#isSwept = false;
        });
      throw error;
    });
    return { ...whole, revision: staged.revision, hosts: staged.hosts, elapsedMs: staged.elapsedMs, rollout };
  }

  /** It stays at its stage. @throws FleetblockError NOT_FOUND, FAILED_PRECONDITION (over), PERMISSION_DENIED (origin) */
  pause(id: string, by: Attributed): Promise<Rollout> {
    return this.#order(id, 'pause', by, { state: 'paused', why: by.reason });
  }

  /** Its stage is watched again from the start. @throws FleetblockError as pause does */
  resume(id: string, by: Attributed): Promise<Rollout> {
    return this.#order(id, 'resume', by, { state: 'running', why: '', stageMs: this.#deps.clock.wallMs() });
  }

  /** Undoes it on every host. @throws FleetblockError as pause does */
  abort(id: string, by: Attributed): Promise<Rollout> {
    return this.#order(id, 'abort', by, { state: 'aborted', why: by.reason });
  }

  /** Idempotent. */
  close(): void {
    clearInterval(this.#timer);
  }

  #made(
    { caller, target: of }: Pick<BlockRequest, 'caller' | 'target'>,
    carries: Rollout['carries'],
    { stages, bakeMs, haltDrops, ignoreHosts }: PlanRequest,
  ): Rollout {
    const { clock, targets, hub } = this.#deps;
    const target = wholeOf(of);
    targets.assertKnown(target);
    if (ignoreHosts.length > 0) targets.assertKnown({ kind: 'hosts', names: [...ignoreHosts] });
    const startedMs = clock.wallMs();
    const { role, id, actor, from, origin } = caller;
    return {
      id: changeId(),
      by: { role, id, actor, from, origin },
      ...{ carries, target, stages: [...stages], bakeMs, haltDrops, ignoreHosts: [...ignoreHosts], stage: 0 },
      selector: stageSelector({ stages, target }, 0, targets.hosts([target]), (id) => isWell(hub, id)),
      ...{ away: [], state: 'running', why: '', lost: false, startedMs, stageMs: startedMs, changedMs: startedMs },
    };
  }

  /** Makes the first stage hold, and goes on from there. */
  async #begun<Reply extends object>(
    { dryRun, onWaiting, ...by }: Attributed & Pick<BlockRequest, 'dryRun' | 'onWaiting'>,
    rollout: Rollout,
    make: (onWaiting: OnWaiting) => Promise<Reply>,
  ): Promise<Begun<Reply>> {
    const watch = new StageWatch(this.#deps);
    const away = watch.begin(rollout.selector);
    let begun: Promise<void> | undefined;
    const begin = () => {
      begun ??= this.#journal.begin({ ...rollout, away }, watch, by);
      this.#starting.delete(rollout);
      return begun;
    };
    const reply = await make((revision, progress) => {
      // Its hosts may take longer than its end, which is to be put off meanwhile.
      if (!dryRun) begin().catch(() => {});
      onWaiting?.(revision, progress);
    });
    if (dryRun) return { ...reply, rollout: undefined };
    await begin();
    return { ...reply, rollout };
  }

  /** What an operator asks for, after the step that is under way. */
  async #order(
    id: string,
    verb: 'abort' | 'pause' | 'resume',
    by: Attributed,
    change: Partial<Rollout>,
  ): Promise<Rollout> {
    const running = this.#journal.find(id);
    this.#deps.hub.quarantine.assertOpen();
    attribution(by.caller, by.reason);
    assertMayChange(by.caller, running.rollout.carries.origin);
    await inTurn(running, async () => {
      await this.#steps.settle(running);
      const { state } = running.rollout;
      if (!isOpen(running.rollout) || state === change.state)
        throw new FleetblockError('FAILED_PRECONDITION', `rollout ${id} is ${state} already`);
      if (verb === 'abort') await this.#steps.undo(running, by);
      await this.#journal.save(running, change, { verb, ...by });
    });
    return running.rollout;
  }

  /** @throws FleetblockError INVALID_ARGUMENT; UNAVAILABLE: the clock is in doubt; RESOURCE_EXHAUSTED */
  #assertMayBegin(plan: PlanRequest, waits: boolean): void {
    checkPlan(plan, this.#deps.leastBakeMs);
    if (waits)
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        'stages go on by themselves, and --confirm and --force wait for somebody: leave out one of them',
      );
    if (!this.#deps.isTimeSure())
      throw new FleetblockError(
        'UNAVAILABLE',
        'the clock of the controller is in doubt, and stages end by it: see fleetblock status',
      );
    this.#journal.assertRoom(Math.max(1, plan.together ?? 1));
  }

  #tick(): void {
    // Nothing ends on the hosts meanwhile; the time of a stage begins again.
    if (!this.#deps.isTimeSure() || this.#deps.hub.quarantine.reason !== undefined) {
      this.#journal.watchAgain();
      return;
    }
    if (!this.#isSwept) void this.#sweep();
    const nowMs = this.#deps.clock.monotonicMs();
    for (const running of this.#journal.all()) {
      if (running.busy || nowMs < running.retryMs || !(isOpen(running.rollout) || running.unwritten)) continue;
      running.busy = true;
      void inTurn(running, async () => {
        await this.#journal.flush(running);
        await this.#steps.next(running);
      })
        .catch((error: unknown) => {
          running.retryMs = this.#deps.clock.monotonicMs() + RETRY_MS;
          this.#deps.log.error({ err: error, rollout: running.rollout.id }, 'a rollout is stuck');
        })
        .finally(() => {
          running.busy = false;
        });
    }
  }

  async #sweep(): Promise<void> {
    this.#isSwept = true;
    const isTaken = (list: string) => {
      const origin = listOrigin(list);
      return this.#beginning.has(origin) || this.list().some((each) => isOpen(each) && each.carries.origin === origin);
    };
    try {
      await this.#journal.forgetUnreadable();
      await this.#lists.sweep(isTaken, { caller: SYSTEM, reason: 'left by a controller that was killed' });
    } catch (error) {
      this.#isSwept = false;
      this.#deps.log.debug({ reason: messageOf(error) }, 'what no rollout knows of is still there');
    }
  }
}

/** The rows as they come, each kept. */
async function* kept(rows: AsyncIterable<PackedEntries<'left'>>, chunks: PackedEntries<'left'>[]) {
  for await (const each of rows) {
    chunks.push(each);
    yield each;
  }
}
