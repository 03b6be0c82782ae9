// All rollouts in memory and in the store: each change of one is written with its record for the audit, and told as an event.
import { FleetblockError } from '../../common/errors.ts';
import { formatDuration } from '../../common/text/duration.ts';
import { formatSelector } from '../../common/text/selector.ts';
import type { Clock } from '../../common/time/clock.ts';
import { attribution } from '../claims/attribution.ts';
import type { PrefixSet } from '../claims/guard/prefix-set.ts';
import type { EventLog } from '../fleet/events.ts';
import type { AuditEntry } from '../store/port/transaction.ts';
import type { Store } from '../store/store.ts';
import type { Attributed } from './carrier.ts';
import { bodyOf, isOpen, ROLLOUT, type Rollout, rolloutOf, stageText } from './rollout.ts';
import { StageWatch, type WatchDeps } from './watch.ts';

const MAX_OPEN = 100;
/** Rollouts that are over, the newest. */
const MAX_OVER = 200;

/** What the audit has a record of. */
export type RolloutVerb = 'abort' | 'done' | 'halt' | 'pause' | 'resume' | 'stage' | 'start';

const EVENTS: Readonly<Record<RolloutVerb, string>> = {
  start: 'has begun',
  stage: 'goes on',
  done: 'is done',
  halt: 'was halted and undone',
  pause: 'was paused',
  resume: 'was resumed',
  abort: 'was aborted and undone',
};

/** Who does it, why, and what. */
export interface Note extends Attributed {
  readonly verb: RolloutVerb;
}

/** A rollout in the memory of this controller. */
export interface Running {
  rollout: Rollout;
  /** When its end was put off last, Unix milliseconds. */
  renewedMs: number;
  /** Its steps come one after the other. */
  turn: Promise<void>;
  busy: boolean;
  /** Of its last change, while the store does not have it: a disk may be full. */
  unwritten?: { readonly note: Note | undefined } | undefined;
  /** What failed is not tried before, monotonic milliseconds. */
  retryMs: number;
  readonly watch: StageWatch;
  /** What it drops, once it is known. */
  dropped?: PrefixSet;
}

/** `store` keeps them as settings. */
export interface JournalDeps extends WatchDeps {
  readonly store: Pick<Store, 'settings' | 'changeSettings'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Open rollouts, and the last that are over. */
export class Journal {
  readonly #deps: JournalDeps;
  readonly #all = new Map<string, Running>();
  /** Of settings, until they are deleted. */
  readonly #unreadable: string[] = [];

  private constructor(deps: JournalDeps) {
    this.#deps = deps;
  }

  /** Those of an earlier controller. What cannot be read is forgotten: `unreadable` is called with the name. */
  static async load(deps: JournalDeps, unreadable: (name: string) => void): Promise<Journal> {
    const journal = new Journal(deps);
    const stageMs = deps.clock.wallMs();
    for (const { name, body } of await deps.store.settings(ROLLOUT)) {
      const rollout = rolloutOf(body);
      if (!rollout) {
        journal.#unreadable.push(name);
        unreadable(name);
      }
      // No one has watched meanwhile: the time of its stage begins again, and its end is put off at once.
      else journal.#add(isOpen(rollout) ? { ...rollout, stageMs } : rollout, 0, new StageWatch(deps, rollout.away));
    }
    return journal;
  }

  /** The time of every stage begins again. */
  watchAgain(): void {
    const stageMs = this.#deps.clock.wallMs();
    for (const running of this.#all.values())
      if (isOpen(running.rollout)) running.rollout = { ...running.rollout, stageMs };
  }

  /** The newest first. */
  all(): Running[] {
    return [...this.#all.values()].sort((a, b) => b.rollout.startedMs - a.rollout.startedMs);
  }

  /** @throws FleetblockError NOT_FOUND */
  find(id: string): Running {
    const running = this.#all.get(id);
    if (running) return running;
    throw new FleetblockError(
      'NOT_FOUND',
      `there is no rollout ${JSON.stringify(id.slice(0, 40))}: see fleetblock rollout list`,
    );
  }

  /** Checks that so many more rollouts may be open. @throws FleetblockError RESOURCE_EXHAUSTED */
  assertRoom(more: number): void {
    const open = this.all().filter(({ rollout }) => isOpen(rollout)).length;
    if (open + more > MAX_OPEN)
      throw new FleetblockError(
        'RESOURCE_EXHAUSTED',
        `${open} rollouts are open, and ${more} more would be over ${MAX_OPEN}: abort some, wait for them, or begin fewer at once`,
      );
  }

  /** One whose first stage stands since now. */
  begin(rollout: Rollout, watch: StageWatch, by: Attributed): Promise<void> {
    const running = this.#add(rollout, this.#deps.clock.wallMs(), watch);
    // Its steps wait: the first of them would write the same record once more.
    return inTurn(running, () => this.save(running, {}, { verb: 'start', ...by }));
  }

  /** In memory first: what cannot be written now is written with its next change, or by `flush`. */
  async save(running: Running, change: Partial<Rollout>, note?: Note): Promise<void> {
    const { clock, events } = this.#deps;
    const rollout = { ...running.rollout, ...change, ...(change.state && { changedMs: clock.wallMs() }) };
    running.rollout = rollout;
    if (note) events.add('rollout', `${rollout.id} ${EVENTS[note.verb]}: ${note.reason || stageText(rollout)}`);
    running.unwritten = { note: note ?? running.unwritten?.note };
    await this.flush(running);
  }

  /** Writes what an earlier attempt could not. */
  async flush(running: Running): Promise<void> {
    const { rollout, unwritten } = running;
    if (!unwritten) return;
    const { note } = unwritten;
    await this.#deps.store.changeSettings({
      sets: [{ kind: ROLLOUT, name: rollout.id, body: bodyOf(rollout) }],
      deletes: this.#forgotten(),
      ...(note && { audit: auditOf(rollout, note) }),
    });
    if (running.unwritten === unwritten) running.unwritten = undefined;
  }

  /** @throws what the store does: to be tried again */
  async forgetUnreadable(): Promise<void> {
    if (this.#unreadable.length === 0) return;
    await this.#deps.store.changeSettings({ deletes: this.#unreadable.map((name) => ({ kind: ROLLOUT, name })) });
    this.#unreadable.length = 0;
  }

  #add(rollout: Rollout, renewedMs: number, watch: StageWatch): Running {
    const running: Running = { rollout, renewedMs, turn: Promise.resolve(), busy: false, retryMs: 0, watch };
    this.#all.set(rollout.id, running);
    return running;
  }

  /** Those that were over long ago. */
  #forgotten(): { kind: string; name: string }[] {
    const over = this.all().filter(({ rollout }) => !isOpen(rollout));
    return over.slice(MAX_OVER).map(({ rollout: { id } }) => {
      this.#all.delete(id);
      return { kind: ROLLOUT, name: id };
    });
  }
}

/** Work on a rollout when all that was asked for before is done. */
export function inTurn(running: Running, work: () => Promise<void>): Promise<void> {
  const done = running.turn.then(work);
  running.turn = done.catch(() => {});
  return done;
}

function auditOf(rollout: Rollout, { verb, caller, reason }: Note): AuditEntry {
  const { id, selector, bakeMs } = rollout;
  const watched = verb === 'start' ? `, each stage watched for ${formatDuration(bakeMs)}` : '';
  const by = caller.from === '' ? { actor: caller.actor } : caller;
  const subject = `${id}: ${stageText(rollout)} on ${formatSelector(selector)}${watched}`;
  return { ...attribution(by, reason), verb: `rollout.${verb}`, subject };
}
