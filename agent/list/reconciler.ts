// Keeps the kernel equal to what the controller said, plus this host's protected rows. Everything that changes the table
// or the kernel goes through one queue here, one piece of work at a time.

import { diffInSteps } from '../../common/entries/compare.ts';
import { equalDigests } from '../../common/entries/digest.ts';
import type { EntryTable } from '../../common/entries/entry-table.ts';
import { entryCount, type FamilyColumns, type PackedEntries } from '../../common/entries/packed.ts';
import { inTurns } from '../../common/entries/steps.ts';
import { leftOf } from '../../common/entries/times.ts';
import { messageOf } from '../../common/errors.ts';
import { failpoint } from '../../common/failpoint.ts';
import type { Revision } from '../../common/revision.ts';
import type { Family } from '../../common/text/prefix.ts';
import type { Datapath } from '../datapath/datapath.ts';
import { decideByRows } from './deciding-rows.ts';
import { EffectiveTable, type EndedRows, type StagedChange } from './effective-table.ts';
import { HELD_NOTHING, type Held, isCurrent, markOf, Refusal, type ViewStore } from './held.ts';
import { capacityRefusal, checkNotOlder, digestRefusal, kernelRefusal, revisionsOf } from './refusals.ts';
import { Standing, type StandingOptions } from './standing.ts';
import type { ViewDelta, ViewSnapshot } from './view-change.ts';
import { WorkQueue } from './work-queue.ts';

/** The kernel and the record that are kept equal. */
export interface ReconcilerOptions extends StandingOptions {
  readonly datapath: Datapath;
  readonly store: ViewStore;
  /** Called after a whole list was processed, when its garbage can be collected. Default: does nothing. */
  readonly onListDone?: () => void;
}

/** Rows that ended this long ago are taken out of the maps; the kernel has ignored them since they ended. */
const LAPSE_MS = 60_000;
/** Rows that are taken out in one piece of work: changes go in between. */
const LAPSED_AT_ONCE = 65_536;
/** Entries from which reading the kernel back leaves garbage worth a collection. */
const BIG_LIST = 100_000;
const DRIFTED = "the kernel's maps are not what they should be: they are being repaired";

/** All changes of the datapath and the store go through it, in the order of the calls. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  #effective = new EffectiveTable();
  #held: Held = HELD_NOTHING;
  // Pinned maps may hold a list of which there is no record: until a snapshot says what to hold, nothing is touched.
  #unrecorded = true;
  #wantedProtected: PackedEntries<'left'> | undefined;
  /** Rows at the last audit. */
  #audited = 0;
  readonly #queue = new WorkQueue();
  readonly standing: Standing;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.standing = new Standing(options);
  }

  /** What the kernel holds, as of the last change that it took. */
  get held(): Held {
    return this.#held;
  }

  /** One sentence each; empty when all is well. */
  get problems(): string[] {
    return [...this.standing.problems, this.#options.store.problem].filter((text) => text !== '');
  }

  /** What the kernel should hold. Read only; in the middle of a piece of work some of its rows are changed already. */
  get table(): EntryTable<'boot'> {
    return this.#effective.table;
  }

  /** Whether the view has that row of `columns`. */
  holds(family: Family, columns: FamilyColumns, row: number): boolean {
    return this.#effective.holds(family, columns, row);
  }

  get capacity(): number {
    return this.#options.datapath.capacity;
  }

  /** Rows of the list whose time is over; `named` of them by name. */
  ended(named: number): Promise<EndedRows> {
    return this.#queue.run(() => this.#effective.ended(this.#options.clock.bootMs(), named));
  }

  /**
   * Brings the kernel to the recorded view, before any network is used. Without a record, or with one that pinned maps
   * may be ahead of, they are left as they are until a snapshot comes.
   */
  start(protectedRows: PackedEntries<'left'>): Promise<void> {
    return this.#queue.run(async () => {
      const { store, datapath, clock, log } = this.#options;
      this.#wantedProtected = protectedRows;
      const stored = await store.load();
      const mark = datapath.marked();
      if (!stored || !isCurrent(stored, mark)) {
        if (stored && mark) this.standing.behind = { recorded: stored.held.revision, marked: mark.revision };
        log[stored || store.problem !== '' ? 'warn' : 'info'](
          { problem: store.problem || undefined, ...revisionsOf(this.standing.behind) },
          stored
            ? 'the record of the list is not what the kernel holds: waiting for the controller, pinned maps stay'
            : 'no record of the list: waiting for the controller, pinned maps stay',
        );
        return;
      }
      this.#effective = new EffectiveTable(stored.table);
      await this.#effective.protect(protectedRows, clock.bootMs());
      try {
        const repaired = await datapath.reconcile(this.#effective.table);
        this.#held = stored.held;
        this.#unrecorded = false;
        this.#mark();
        log.info(
          { revision: stored.held.revision.toString(), entries: stored.held.entries, repaired },
          'recorded list is in the kernel',
        );
        this.#options.onListDone?.();
      } catch (error) {
        this.#effective = new EffectiveTable();
        this.standing.kernelProblem(`the recorded list did not go into the kernel: ${messageOf(error)}`);
        log.error({ err: error }, 'the recorded list did not go into the kernel');
      }
    });
  }

  /** @returns microseconds in the kernel. @throws Refusal: nothing has changed. */
  applyDelta(delta: ViewDelta): Promise<number> {
    return this.#queue.run(async () => {
      const { store, clock } = this.#options;
      const { revision, seal } = this.#held;
      checkNotOlder(this.#held, delta.epoch, delta.to);
      if (this.#held.epoch === '') throw new Refusal('SEQUENCE', 'this agent holds nothing: it needs a snapshot');
      if ((delta.from !== revision && !delta.loose) || delta.to <= revision)
        throw new Refusal('SEQUENCE', `a delta from ${delta.from} to ${delta.to} does not follow revision ${revision}`);
      const staged = await this.#effective.stage(delta.adds, delta.removes, clock.bootMs());
      const digest = this.#effective.viewDigest();
      if (!delta.loose && !equalDigests(digest, delta.digest)) {
        await staged.undo();
        throw digestRefusal(`the digest at revision ${delta.to}`);
      }
      const kernelUs = await this.#toKernel(staged);
      const { epoch, to } = delta;
      const gained = delta.loose ? { revision, seal } : { revision: to, seal: delta.seal };
      this.#held = { epoch, ...gained, digest, entries: this.#effective.viewSize };
      this.#mark();
      store.append(this.#held, delta.adds, delta.removes);
      failpoint('agent.apply.recorded');
      // Behind this change, which is not to wait for it.
      if (store.wantsRewrite) void this.#queue.run(() => this.#rewriteIfWanted());
      return kernelUs;
    });
  }

  /** Brings the kernel to the whole view by difference. @returns microseconds in the kernel. @throws Refusal */
  applySnapshot(snapshot: ViewSnapshot): Promise<number> {
    return this.#queue.run(async () => {
      this.checkSnapshot(snapshot.epoch, snapshot.revision, snapshot.table.size, snapshot.byCommand);
      const digest = snapshot.table.digest();
      if (!equalDigests(digest, snapshot.digest))
        throw digestRefusal(`the snapshot's digest at revision ${snapshot.revision}`);
      const { clock, datapath } = this.#options;
      const view = await this.#effective.withView(snapshot.table);
      if (this.#wantedProtected) await view.protect(this.#wantedProtected, clock.bootMs());
      const change = this.#unrecorded ? undefined : await inTurns(diffInSteps(this.#effective.table, view.table));
      let kernelUs: number;
      try {
        failpoint('agent.apply.before-kernel');
        const started = clock.monotonicMs();
        if (change) {
          const { adds, removes } = change;
          kernelUs = await datapath.apply({ adds: leftOf(adds, clock.bootMs()), removes }, view.table);
        } else {
          await datapath.reconcile(view.table);
          kernelUs = Math.round((clock.monotonicMs() - started) * 1000);
        }
      } catch (error) {
        throw kernelRefusal(error, this.#options.log);
      }
      failpoint('agent.apply.after-kernel');
      this.#effective = view;
      this.#unrecorded = false;
      this.standing.behind = undefined;
      const { epoch, revision, seal } = snapshot;
      this.#held = { epoch, revision, digest, entries: view.viewSize, seal };
      this.#mark();
      this.standing.kernelProblem('');
      await this.#rewrite();
      return kernelUs;
    });
  }

  /** Whether a snapshot would be taken: asked before its rows come. @throws Refusal */
  checkSnapshot(epoch: string, revision: Revision, entries: number, byCommand: boolean): void {
    if (!byCommand) checkNotOlder(this.#held, epoch, revision);
    const room = this.capacity - (this.#wantedProtected ? entryCount(this.#wantedProtected) : 0);
    if (entries > room) throw capacityRefusal(entries, room);
  }

  /** Makes these the protected rows: allow, without an end. */
  protect(rows: PackedEntries<'left'>): Promise<void> {
    return this.#queue.run(async () => {
      this.#wantedProtected = rows;
      if (this.#unrecorded) return;
      const staged = await this.#effective.protect(rows, this.#options.clock.bootMs());
      await this.#toKernel(staged);
    });
  }

  /** Compares the kernel with what it should hold and repairs it. @returns entries that were missing, wrong or extra */
  async audit(): Promise<number> {
    while (!(await this.#lapseSome()));
    return (await this.#queue.runGivingWay((hurried) => this.#compare(hurried))) ?? 0;
  }

  /** Takes some of what has ended long ago out of the maps. @returns whether that was all of it */
  #lapseSome(): Promise<boolean> {
    return this.#queue.run(async () => {
      if (this.#unrecorded) return true;
      const staged = await this.#effective.lapse(this.#options.clock.bootMs() - LAPSE_MS, LAPSED_AT_ONCE);
      await this.#toKernel(staged);
      return entryCount(staged.change.removes) < LAPSED_AT_ONCE;
    });
  }

  async #compare(hurried: () => boolean): Promise<number | undefined> {
    const { datapath, clock } = this.#options;
    await this.#rewriteIfWanted();
    if (this.#unrecorded) return 0;
    try {
      const started = clock.monotonicMs();
      const repaired = await datapath.reconcile(this.#effective.table, hurried);
      if (repaired === undefined) return undefined;
      if (repaired > 0) this.standing.repaired(repaired);
      this.standing.whole(started);
      this.standing.kernelProblem('');
      const { size } = this.#effective.table;
      await this.#effective.shrink();
      if (Math.max(size, this.#audited) >= BIG_LIST) this.#options.onListDone?.();
      this.#audited = size;
      return repaired;
    } catch (error) {
      this.standing.kernelProblem(`the kernel's maps could not be compared: ${messageOf(error)}`);
      throw error;
    }
  }

  /** A cheap check whether another program changed the kernel's maps or the record; differences are repaired at once. */
  async look(): Promise<void> {
    if ((await this.#queue.runGivingWay((hurried) => this.#glance(hurried))) > 0) await this.#repairDrift();
  }

  /** @returns pieces of the maps that differ */
  async #glance(hurried: () => boolean): Promise<number> {
    const { datapath, clock, store } = this.#options;
    const before = store.problem;
    store.look();
    await this.#rewriteIfWanted();
    if (store.problem !== before) this.standing.touch();
    if (this.#unrecorded) return 0;
    const started = clock.monotonicMs();
    const differing = await datapath.glance(hurried);
    if (differing === 0) this.standing.whole(started);
    return differing ?? 0;
  }

  /** A source was found to be treated otherwise than the list says: if that is so and no change is under way, all is repaired at once. */
  async suspect(family: Family, address: Uint8Array): Promise<void> {
    const drifted = await this.#queue.run(async () => {
      const { datapath, clock } = this.#options;
      const wanted = decideByRows(this.#effective.table, family, address, clock.bootMs()).verdict;
      return !this.#unrecorded && datapath.lookup(family, address).verdict !== wanted;
    });
    if (drifted) await this.#repairDrift();
  }

  async #repairDrift(): Promise<void> {
    this.standing.kernelProblem(DRIFTED);
    await this.audit();
  }

  /** Resolves once the work before it is done and the kernel has answered. @throws what the kernel answers */
  turn(): Promise<void> {
    return this.#queue.run(async () => void this.#options.datapath.counters());
  }

  /** Waits for what is under way, then makes the record durable. The kernel goes on as it is. */
  close(): Promise<void> {
    return this.#queue.run(() => this.#options.store.close());
  }

  async #toKernel(staged: StagedChange): Promise<number> {
    if (entryCount(staged.change.adds) + entryCount(staged.change.removes) === 0) return 0;
    try {
      failpoint('agent.apply.before-kernel');
      const kernelUs = await this.#options.datapath.apply(staged.change, this.#effective.table);
      failpoint('agent.apply.after-kernel');
      return kernelUs;
    } catch (error) {
      await staged.undo();
      throw kernelRefusal(error, this.#options.log);
    }
  }

  /** After the kernel call and before the record: the next agent then knows by itself whether the record is behind. */
  #mark(): void {
    try {
      this.#options.datapath.mark(markOf(this.#held));
    } catch (error) {
      this.standing.kernelProblem(`the revision could not be marked beside the kernel's maps: ${messageOf(error)}`);
    }
  }

  async #rewriteIfWanted(): Promise<void> {
    if (this.#options.store.wantsRewrite && !this.#unrecorded) await this.#rewrite();
  }

  /** Resolves when the rows are copied: the table may change again while they are written. */
  async #rewrite(): Promise<void> {
    const { store, clock } = this.#options;
    const before = store.problem;
    const nowMs = clock.bootMs();
    store.rewrite(this.#held, await this.#effective.packView(nowMs), nowMs).then(
      () => {
        if (store.problem !== before) this.standing.touch();
        this.#options.onListDone?.();
      },
      (error: unknown) => this.#options.log.error({ err: error }, 'the record of the list failed'),
    );
  }
}
