// The steps of a rollout, one at a time: to put its end off, to reach more hosts, or to undo it.
import { FleetblockError, messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { formatDuration } from '../../common/text/duration.ts';
import type { Selector } from '../../common/text/selector.ts';
import type { Clock } from '../../common/time/clock.ts';
import type { Hub } from '../fleet/hub/hub.ts';
import type { Caller } from '../identity/auth/caller.ts';
import type { Targets } from '../operations/targets.ts';
import type { Store } from '../store/store.ts';
import type { Attributed, Carrier } from './carrier.ts';
import type { Journal, Running } from './journal.ts';
import { stageSelector } from './plan.ts';
import { isRevoked } from './revoked.ts';
import { expiryOf, isOpen, type Rollout } from './rollout.ts';
import { isWell } from './watch.ts';

/** How long a stage stands without the controller, milliseconds. */
export const LEASE_MS = 60_000;
/** The end of a stage is put off when it is this near, milliseconds. */
export const MARGIN_MS = 30_000;
/** How long a rollout may stay at a stage, paused: each time that its end is put off is a revision. Milliseconds. */
const LONGEST_STAGE_MS = 86_400_000;
/** A stage that no host proves is halted after that many times its bake, and not before these milliseconds. */
const MOST_BAKES = 10;
const LEAST_UNPROVEN_MS = 300_000;
/** Characters. */
const MAX_WHY = 1000;

const REFUSED: ReadonlySet<string> = new Set([
  'FAILED_PRECONDITION',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'PERMISSION_DENIED',
]);
const LOST = 'nothing of it is left: it was unblocked, or ended while no controller put its end off';

/** The controller itself, where it goes on or undoes what it must. */
export const SYSTEM: Caller = { role: 'operator', id: '', actor: 'system', serial: '', from: '' };

/** `carriers` make the changes. */
export interface StepsDeps {
  readonly journal: Journal;
  readonly carriers: Readonly<Record<Rollout['carries']['kind'], Carrier>>;
  readonly targets: Targets;
  readonly hub: Pick<Hub, 'statusOf' | 'stateOf' | 'quarantine'>;
  readonly store: Pick<Store, 'operators' | 'apiKeys'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Callers see to it that a rollout has one step at a time. */
export class Steps {
  /** Rollouts that were halted since the start. */
  halts = 0;
  readonly #deps: StepsDeps;

  constructor(deps: StepsDeps) {
    this.#deps = deps;
  }

  /**
   * What is due now. A step that is refused halts the rollout.
   * @throws FleetblockError what else fails (a full disk): it is to be tried again, until its end comes
   */
  async next(running: Running): Promise<void> {
    if (!isOpen(running.rollout)) return;
    try {
      await this.#due(running);
    } catch (error) {
      // A quarantine refuses everything, the undoing of a rollout too.
      const isRefused = error instanceof FleetblockError && REFUSED.has(error.code);
      if (!isRefused || this.#deps.hub.quarantine.reason !== undefined) throw error;
      await this.#halt(running, error.message);
    }
  }

  /** Takes it from all hosts that it has reached. What cannot be removed now ends by itself. */
  async undo({ rollout }: Running, by: Attributed): Promise<void> {
    const { carriers, log } = this.#deps;
    for (const selector of [rollout.selector, rollout.toward])
      if (selector?.kind === 'stage')
        await carriers[rollout.carries.kind]
          .remove(rollout, selector, by)
          .catch((error: unknown) =>
            log.warn({ err: messageOf(error), rollout: rollout.id }, 'its hosts undo it by themselves'),
          );
  }

  /** Until when it stands on `to` from now on, milliseconds; 0: with no end. */
  ttlMs(rollout: Rollout, to: Selector): number {
    const expiresMs = expiryOf(rollout);
    const left = expiresMs > 0 ? Math.max(1, expiresMs - this.#deps.clock.wallMs()) : 0;
    if (to.kind !== 'stage') return left;
    return left > 0 ? Math.min(left, LEASE_MS) : LEASE_MS;
  }

  /**
   * Finds out which stage stands after a step that was broken off, so that what undoes it or stays there means that one: on the last
   * one it is done.
   */
  async settle(running: Running): Promise<void> {
    const { rollout } = running;
    const { selector, toward, stage } = rollout;
    if (!toward || !isOpen(rollout)) return;
    const carrier = this.#deps.carriers[rollout.carries.kind];
    if (await carrier.stands(rollout, selector))
      await this.#deps.journal.save(running, { stage: stage - 1, toward: undefined });
    else if (!(await carrier.stands(rollout, toward))) await this.#halt(running, LOST, true);
    else {
      if (toward.kind !== 'stage') await carrier.remove(rollout, selector, { caller: SYSTEM, reason: '' });
      await this.#reached(running, toward);
    }
  }

  async #due(running: Running): Promise<void> {
    await this.settle(running);
    if (!isOpen(running.rollout)) return;
    const { rollout, renewedMs } = running;
    const { selector, state, stageMs, changedMs, bakeMs } = rollout;
    const nowMs = this.#deps.clock.wallMs();
    const isOver = state === 'running' && nowMs >= stageMs + bakeMs;
    const unproven = isOver ? running.watch.unproven(selector) : undefined;
    const unprovenMs = Math.max(MOST_BAKES * bakeMs, LEAST_UNPROVEN_MS);
    running.dropped ??= await this.#deps.carriers[rollout.carries.kind].dropped(rollout);
    const trouble = running.watch.trouble(rollout, running.dropped);
    const expiresMs = expiryOf(rollout);
    if (expiresMs > 0 && expiresMs <= nowMs)
      await this.#halt(running, 'its time was over before it had reached all hosts');
    else if (nowMs >= Math.max(stageMs, changedMs) + LONGEST_STAGE_MS)
      await this.#halt(running, 'it stayed at its stage for a day: begin it again');
    else if (trouble !== undefined) await this.#halt(running, trouble);
    else if (isOver && unproven === undefined) await this.#advance(running);
    else if (unproven !== undefined && nowMs >= stageMs + unprovenMs)
      await this.#halt(running, `not proven in ${formatDuration(unprovenMs)}: ${unproven}`);
    else {
      const isDue = nowMs >= renewedMs + LEASE_MS - MARGIN_MS;
      if (isDue) await this.#renew(running);
      // Of many hosts it is another one at every look: it is written when they are first waited for, and with each renewal.
      const why = unproven === undefined ? rollout.why : waitsText(unproven);
      if (isOpen(running.rollout) && why !== rollout.why && (isDue || rollout.why === ''))
        await this.#deps.journal.save(running, { why });
    }
  }

  async #renew(running: Running): Promise<void> {
    const { selector } = running.rollout;
    if (!(await this.#move(running, selector, selector))) await this.#halt(running, LOST, true);
  }

  async #advance(running: Running): Promise<void> {
    const { stages, target, selector: before, stage } = running.rollout;
    const toward = stageSelector({ stages, target, before }, stage + 1, this.#deps.targets.hosts([target]), (id) =>
      isWell(this.#deps.hub, id),
    );
    // Written before it is done: a controller that is killed in between finds out which of both stands.
    const away = running.watch.begin(toward);
    await this.#deps.journal.save(running, { stage: stage + 1, toward, away });
    if (await this.#move(running, before, toward)) await this.#reached(running, toward);
    else await this.#halt(running, LOST, true);
  }

  async #reached(running: Running, toward: Selector): Promise<void> {
    const { stage, stages, state, why } = running.rollout;
    const over = stage === stages.length - 1;
    const stageMs = this.#deps.clock.wallMs();
    await this.#deps.journal.save(
      running,
      {
        selector: toward,
        toward: undefined,
        why: state === 'running' ? '' : why,
        stageMs,
        state: over ? 'done' : state,
      },
      { verb: over ? 'done' : 'stage', caller: SYSTEM, reason: '' },
    );
  }

  async #move(running: Running, from: Selector, to: Selector): Promise<boolean> {
    const { carriers, clock } = this.#deps;
    const { rollout } = running;
    if (await isRevoked(rollout.by, this.#deps.store))
      throw new FleetblockError('PERMISSION_DENIED', `${rollout.by.actor}, who began it, was revoked`);
    const nowMs = clock.wallMs();
    const moved = await carriers[rollout.carries.kind].move(rollout, from, to, this.ttlMs(rollout, to));
    if (moved) running.renewedMs = nowMs;
    return moved;
  }

  async #halt(running: Running, why: string, lost = false): Promise<void> {
    const by = { caller: SYSTEM, reason: why.slice(0, MAX_WHY) };
    await this.undo(running, by);
    this.halts++;
    await this.#deps.journal.save(running, { state: 'halted', why: by.reason, lost }, { verb: 'halt', ...by });
  }
}

function waitsText(unproven: string): string {
  return `waits for proof: ${unproven}`.slice(0, MAX_WHY);
}
