// Rollouts: changes that reach their hosts stage by stage. What stands at a stage is an ordinary claim with an end that is put off while
// the stage is watched: without a controller, or cut off from it, every host undoes it by itself within LEASE_MS.
import { FleetblockError } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { parseOrigin } from '../../common/text/origin.ts';
import { type Selector, wholeOf } from '../../common/text/selector.ts';
import { attribution } from '../claims/attribution.ts';
import { changeId } from '../claims/confirm-by.ts';
import { askedOrigin, assertMayChange } from '../identity/auth/own-origin.ts';
import type { BlockRequest, ChangeReply, Changes } from '../operations/block.ts';
import type { Targets } from '../operations/targets.ts';
import type { Attributed } from './carrier.ts';
import { Journal, type JournalDeps, type Running } from './journal.ts';
import { checkPlan, type PlanRequest, stageSelector } from './plan.ts';
import { isOpen, type Rollout } from './rollout.ts';
import { partText, StagedClaims } from './staged-claims.ts';
import { Steps } from './steps.ts';
import { StageWatch } from './watch.ts';

const TICK_MS = 500;

/** `changes` makes every step. */
export interface RolloutsDeps extends JournalDeps {
  readonly changes: Changes;
  readonly targets: Targets;
  readonly log: Logger;
}

/** A reply, and the rollout that it began. Undefined: a dry run. */
export type Begun<Reply> = Reply & { readonly rollout: Rollout | undefined };

/** `close` leaves what stands to its end, and to the next controller. */
export class Rollouts {
  readonly #deps: RolloutsDeps;
  readonly #journal: Journal;
  readonly #steps: Steps;
  readonly #timer: NodeJS.Timeout;

  private constructor(deps: RolloutsDeps, journal: Journal) {
    this.#deps = deps;
    this.#journal = journal;
    this.#steps = new Steps({ ...deps, journal, carrier: new StagedClaims(deps.changes) });
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Goes on with what an earlier controller began. */
  static async load(deps: RolloutsDeps): Promise<Rollouts> {
    const unreadable = (rollout: string) =>
      deps.log.warn({ rollout }, 'a rollout that cannot be read is left to its end');
    return new Rollouts(deps, await Journal.load(deps, unreadable));
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
    checkPlan(plan);
    if (request.force || (request.confirmMs ?? 0) > 0)
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        'stages go on by themselves, and --confirm and --force wait for somebody: leave out one of them',
      );
    this.#journal.assertRoom();
    const rollout = this.#made(request, plan);
    const watch = new StageWatch(this.#deps);
    watch.begin(rollout.selector);
    let begun: Promise<void> | undefined;
    const begin = () => {
      begun ??= this.#journal.begin(rollout, watch, request);
      return begun;
    };
    const reply = await this.#deps.changes.block({
      ...request,
      target: rollout.selector,
      ttlMs: this.#steps.ttlMs(rollout, rollout.selector),
      partOf: partText(rollout),
      // Its hosts may take longer than its end, which is to be put off meanwhile.
      onWaiting: (revision, progress) => {
        begin().catch(() => {});
        request.onWaiting?.(revision, progress);
      },
    });
    if (request.dryRun) return { ...reply, rollout: undefined };
    await begin();
    return { ...reply, rollout };
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

  #made({ caller, ...request }: BlockRequest, { stages, bakeMs }: PlanRequest): Rollout {
    const { clock, targets } = this.#deps;
    const target = wholeOf(request.target);
    targets.assertKnown(target);
    const startedMs = clock.wallMs();
    const { role, id, actor, from } = caller;
    const { action, reason } = request;
    const origin = parseOrigin(askedOrigin(caller, request.origin));
    const expiresMs = request.ttlMs > 0 ? startedMs + request.ttlMs : 0;
    return {
      id: changeId(),
      by: { role, id, actor, from, origin: caller.origin },
      carries: { kind: 'claims', prefixes: [...request.prefixes], action, origin, reason, expiresMs },
      ...{ target, stages: [...stages], bakeMs, stage: 0 },
      selector: stageSelector({ stages, target }, 0, targets.hosts([target])),
      ...{ state: 'running', why: '', startedMs, stageMs: startedMs, changedMs: startedMs },
    };
  }

  /** What an operator asks for, after the step that is under way. */
  async #order(
    id: string,
    verb: 'abort' | 'pause' | 'resume',
    by: Attributed,
    change: Partial<Rollout>,
  ): Promise<Rollout> {
    const running = this.#journal.find(id);
    attribution(by.caller, by.reason);
    assertMayChange(by.caller, running.rollout.carries.origin);
    await inTurn(running, async () => {
      const { state } = running.rollout;
      if (!isOpen(running.rollout) || state === change.state)
        throw new FleetblockError('FAILED_PRECONDITION', `rollout ${id} is ${state} already`);
      if (verb === 'abort') await this.#steps.undo(running, by);
      await this.#journal.save(running, change, { verb, ...by });
    });
    return running.rollout;
  }

  #tick(): void {
    for (const running of this.#journal.all()) {
      if (running.busy || !isOpen(running.rollout)) continue;
      running.busy = true;
      void inTurn(running, () => this.#steps.next(running))
        .catch((error: unknown) =>
          this.#deps.log.error({ err: error, rollout: running.rollout.id }, 'a rollout is stuck'),
        )
        .finally(() => {
          running.busy = false;
        });
    }
  }
}

function inTurn(running: Running, work: () => Promise<void>): Promise<void> {
  const done = running.turn.then(work);
  running.turn = done.catch(() => {});
  return done;
}
