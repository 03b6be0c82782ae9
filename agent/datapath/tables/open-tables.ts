// The tables of a loaded object: opens what the maps hold, and changes it. The order of a change is what keeps every packet
// on one side of it: rules in, bits over to them, rules out.
import type { EntryTable } from '../../../common/entries/entry-table.ts';
import { addressBytes } from '../../../common/entries/packed.ts';
import { messageOf } from '../../../common/errors.ts';
import { type Family, maskAddress } from '../../../common/text/prefix.ts';
import { bootMs } from '../../host/boot-clock.ts';
import {
  type DatapathCounters,
  DatapathError,
  type EntryChange,
  type SourceHits,
  type SourceVerdict,
} from '../datapath.ts';
import { bitsIn, CONTROL, MAPS } from '../decision/layout.ts';
import { capacityOf } from '../decision/limits.ts';
import { Reclaimer } from '../decision/reclaimer.ts';
import { NOTHING_MOVED, V4Decision } from '../decision/v4/decision.ts';
import { V4Memory } from '../decision/v4/memory.ts';
import { V4Recent } from '../decision/v4/recent.ts';
import { V6Front } from '../decision/v6-front.ts';
import { Accounts } from './accounts.ts';
import type { KernelTables, OpenMap, TablesOptions, Verification } from './kernel-tables.ts';
import { planAll, planChange, plannedRows, type RulePlan } from './rule-plan.ts';
import { Rules } from './rules.ts';
import { SourceVerdicts } from './source-verdict.ts';

/** Above this many removed rules their hit counts are left to be pushed out by newer ones. */
const FORGET_ONE_BY_ONE = 256;
const NEVER = () => false;

/**
 * Opens the maps of a loaded object, new or pinned, and works out what they hold; changes no verdict.
 * @throws KernelError
 */
export async function openTables(maps: OpenMap, options: TablesOptions): Promise<KernelTables> {
  const { control, ...bits } = bitsIn(maps(MAPS.bits).memory());
  const v4 = new V4Memory({
    summary: bits.v4Summary,
    front: bits.v4Front,
    index: new Uint32Array(maps(MAPS.v4Index).memory()),
    arena: maps(MAPS.v4Arena).growingMemory(),
    bitmaps: maps(MAPS.v4Bitmaps).growingMemory(),
  });
  const rules = new Rules(maps, control);
  await rules.read();
  const front = new V6Front(bits.v6Front32, bits.v6Front64);
  await front.recount(rules.held.v6);
  return new Tables(maps, options, control, v4, rules, front);
}

function clearRecent(maps: OpenMap): void {
  const map = maps(MAPS.v4Recent);
  const nothing = new Uint8Array(map.lookupBytes);
  for (let page = 0; page < map.maxEntries; page++) map.update(new Uint8Array(Uint32Array.of(page).buffer), nothing);
}

class Tables implements KernelTables {
  readonly capacity: number;
  readonly #control: Uint32Array<ArrayBuffer>;
  readonly #v4: V4Memory;
  readonly #decision: V4Decision;
  readonly #rules: Rules;
  readonly #front: V6Front;
  readonly #reclaimer: Reclaimer;
  readonly #recent: V4Recent;
  readonly #accounts: Accounts;
  readonly #verdicts: SourceVerdicts;
  /** Changes one after another. */
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;
  /** The maps were compared with a list once: from then on this side knows what they hold. */
  #watched = false;

  constructor(
    maps: OpenMap,
    options: TablesOptions,
    control: Uint32Array<ArrayBuffer>,
    v4: V4Memory,
    rules: Rules,
    front: V6Front,
  ) {
    this.capacity = capacityOf(options.limits);
    this.#control = control;
    this.#v4 = v4;
    this.#rules = rules;
    this.#front = front;
    this.#reclaimer = new Reclaimer(options.gracePeriod, options.onError);
    this.#recent = new V4Recent({
      control,
      clear: () => clearRecent(maps),
      gracePeriod: options.gracePeriod,
      failed: options.onError,
    });
    this.#decision = new V4Decision(v4, () => this.#reclaimer.drained());
    this.#accounts = new Accounts(maps);
    this.#verdicts = new SourceVerdicts(maps, v4, front);
  }

  apply(change: EntryChange, after: EntryTable<'boot'>): Promise<number> {
    return this.#inTurn(async () => {
      const started = performance.now();
      this.#checkSize(after);
      const plan = await planChange(change, after, this.#rules.held);
      await this.#carryOut(plan, after, () => this.#decision.apply(change.adds.v4, change.removes.v4, after.v4));
      return Math.round((performance.now() - started) * 1000);
    });
  }

  reconcile(desired: EntryTable<'boot'>, hurried = NEVER): Promise<number | undefined> {
    return this.#inTurn(async () => {
      this.#checkSize(desired);
      const sparse = this.#watched ? this.#sparseDiffers() : 0;
      // Maps that are unchanged since the last change are not read row by row.
      const differing = await this.#rules.differing(true, hurried);
      if (differing === undefined) return undefined;
      this.#v4.seals.seal();
      this.#watched = true;
      if (differing > 0) await this.#rules.read();
      await this.#front.recount(this.#rules.held.v6);
      const plan = await planAll(desired, this.#rules.held);
      const found = hurried === NEVER ? undefined : await this.#decision.differing(desired.v4, hurried);
      if (hurried()) return undefined;
      const wrong = sparse + this.#rules.checkControl(true) + this.#front.repair(false);
      const moved = await this.#carryOut(plan, desired, () =>
        found === 0 ? Promise.resolve(NOTHING_MOVED) : this.#decision.rebuild(desired.v4),
      );
      return wrong + plannedRows(plan) + moved;
    });
  }

  verify(desired: EntryTable<'boot'>): Promise<Verification> {
    return this.#inTurn(async () => {
      await this.#rules.read();
      await this.#front.recount(this.#rules.held.v6);
      const plan = await planAll(desired, this.#rules.held);
      const bits = await this.#decision.differing(desired.v4);
      const differences = plannedRows(plan) + bits + this.#rules.checkControl(false) + this.#front.repair(true);
      return { differences, digest: differences === 0 ? desired.digest() : undefined };
    });
  }

  glance(hurried = NEVER): Promise<number | undefined> {
    return this.#inTurn(async () => {
      if (!this.#watched) return 0;
      const bits = this.#v4.seals.broken() + this.#front.repair(true);
      const shared = this.#sparseDiffers() + bits + this.#rules.checkControl(false);
      const differing = await this.#rules.differing(false, hurried);
      return differing === undefined && shared === 0 ? undefined : shared + (differing ?? 0);
    });
  }

  counters(): DatapathCounters {
    return this.#accounts.counters();
  }

  topSources(count: number, sinceMs: number): Promise<SourceHits[]> {
    return this.#accounts.topSources(count, sinceMs);
  }

  entryHits(family: Family, address: Uint8Array, length: number): bigint {
    return this.#accounts.entry(family, address, length).packets;
  }

  lookup(family: Family, address: Uint8Array): SourceVerdict {
    const exactly = address.subarray(0, addressBytes(family));
    const { verdict, rule } = this.#verdicts.decide(family, exactly, bootMs());
    const decided = { verdict, length: rule?.length, expiresMs: rule?.expiresMs ?? 0 };
    if (verdict === 'clear' || verdict === 'allow') return { ...decided, hits: 0n, lastHitMs: 0 };
    const { packets, lastMs } = rule
      ? this.#accounts.entry(family, maskAddress(exactly, rule.length), rule.length)
      : this.#accounts.source(family, exactly);
    return { ...decided, hits: packets, lastHitMs: lastMs };
  }

  listen(on: boolean): void {
    Atomics.store(this.#control, CONTROL.events, on ? 1 : 0);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#last.catch(() => undefined);
    await this.#reclaimer.drained();
    await this.#recent.idle();
  }

  /** @returns /24s that are decided differently now. @throws DatapathError; the kernel then holds what it held before */
  async #carryOut(
    plan: RulePlan,
    after: EntryTable<'boot'>,
    moveBits: () => ReturnType<V4Decision['apply']>,
  ): Promise<number> {
    this.#rules.checkCapacity(plan);
    await this.#rules.put(plan, after, this.#front);
    const outcome = await moveBits();
    if (outcome.narrowed) this.#recent.forget();
    Atomics.store(this.#control, CONTROL.v4Sparse, this.#v4.sparse ? 1 : 0);
    this.#reclaimer.add(outcome.garbage);
    if (outcome.full) {
      await this.#rules.unput(plan, after, this.#front);
      const unreached = this.#v4.arena.unreached ?? this.#v4.bitmaps.unreached;
      if (unreached !== undefined)
        throw new DatapathError('KERNEL', `cannot use more of the maps: ${messageOf(unreached)}`, { cause: unreached });
      throw new DatapathError(
        'CAPACITY',
        `the list's IPv4 entries do not fit into the kernel's memory for them (${this.#v4.arena.free} and ${this.#v4.bitmaps.free} units of 16 bytes are free): start the agent with a larger --capacity, or shorten the list`,
      );
    }
    this.#forgetHits(plan);
    await this.#rules.remove(plan, after, this.#front);
    return outcome.differing;
  }

  /** @returns 1 when the flag that says whether to ask the summary is wrong */
  #sparseDiffers(): number {
    return this.#control[CONTROL.v4Sparse] === (this.#v4.sparse ? 1 : 0) ? 0 : 1;
  }

  #checkSize(table: EntryTable<'boot'>): void {
    if (table.size > this.capacity)
      throw new DatapathError(
        'CAPACITY',
        `${table.size} entries are more than the ${this.capacity} that this agent's maps are made for: start the agent with --capacity ${Math.max(table.v4.size, table.v6.size)} or more, or shorten the list`,
      );
  }

  #forgetHits(plan: RulePlan): void {
    if (plannedRows(plan) > FORGET_ONE_BY_ONE) return;
    this.#rules.eachRemoved(plan, (family, address, length) => {
      this.#accounts.forgetEntry(family, address, length);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      if (this.#closed) throw new DatapathError('KERNEL', 'the datapath is closed');
      try {
        return await work();
      } finally {
        this.#v4.seals.reseal();
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
