// Lists that a rollout carries. The new list stands aside, for no host, until the last stage replaces the old one by it; what it adds
// stands at the stage, as a list of its own whose rows end. What it removes goes with the last stage.
import { ACTIONS } from '../../common/action.ts';
import { EntryTable } from '../../common/entries/entry-table.ts';
import { addressBytes, entryCount, type FamilyColumns, type PackedEntries } from '../../common/entries/packed.ts';
import { filterRows, forEachRow } from '../../common/entries/rows.ts';
import { leftOf } from '../../common/entries/times.ts';
import { FleetblockError } from '../../common/errors.ts';
import { formatSelector, type Selector, wholeOf } from '../../common/text/selector.ts';
import type { Clock } from '../../common/time/clock.ts';
import { sameScope } from '../claims/guard/objections.ts';
import { PrefixSet } from '../claims/guard/prefix-set.ts';
import { ExceptionSet } from '../claims/lists/exception-set.ts';
import { type ListRecord, partName, wholeName } from '../claims/lists/list.ts';
import type { ImportBegin, ListReply, Lists } from '../operations/lists/lists.ts';
import type { Store } from '../store/store.ts';
import type { Attributed, Carrier } from './carrier.ts';
import { type CarriedList, callerOf, type Rollout } from './rollout.ts';

/** What the new list would do was judged when the rollout began. */
const MEANT = ['SHRINKS', 'RETARGETS'] as const;

/** `lists` makes the changes. */
export interface StagedListsDeps {
  readonly store: Pick<Store, 'lists' | 'listRows' | 'listExceptions'>;
  readonly lists: Pick<Lists, 'import' | 'remove'>;
  readonly clock: Clock;
}

/** Every step is an import or a removal like any other. */
export class StagedLists implements Carrier {
  readonly #deps: StagedListsDeps;

  constructor(deps: StagedListsDeps) {
    this.#deps = deps;
  }

  /** The list as it stands; undefined: there is none. */
  async standing(name: string): Promise<ListRecord | undefined> {
    return (await this.#deps.store.lists()).find((list) => list.name === name);
  }

  /** Rows that hosts get by the import and do not hold yet. */
  async added(begin: ImportBegin, chunks: readonly PackedEntries<'left'>[]): Promise<PackedEntries<'left'>[]> {
    const { store } = this.#deps;
    const old = await this.standing(begin.name);
    if (!old) return [...chunks];
    const held = new EntryTable<'unix'>();
    if (sameScope(old, { ...begin, selector: begin.target }))
      for await (const rows of store.listRows(begin.name)) held.addAll(rows);
    const exceptions = await this.#exceptions(begin.name);
    return chunks.map((rows) =>
      filterRows(
        rows,
        (family, columns, row) =>
          held.family(family).find(columns, row) < 0 && !meets(exceptions, family, columns, row),
      ),
    );
  }

  /** Puts the whole list aside. */
  async keep(begin: ImportBegin, chunks: readonly PackedEntries<'left'>[]): Promise<void> {
    const nobody: Selector = { kind: 'stage', of: wholeOf(begin.target), below: 0, canaries: [] };
    const aside = { part: 'next', target: nobody, meant: MEANT, waitMs: undefined } as const;
    await this.#deps.lists.import({ ...begin, ...aside }, inOrder(chunks));
  }

  /** Makes the rows hold at a stage. */
  stage(begin: ImportBegin, chunks: readonly PackedEntries[], ttlMs: number): Promise<ListReply> {
    const rows = chunks.map((each) => withEnd(each, ttlMs));
    return this.#deps.lists.import({ ...begin, part: 'stage', meant: MEANT }, inOrder(rows));
  }

  async move(rollout: Rollout, from: Selector, to: Selector, ttlMs: number): Promise<boolean> {
    const carries = listOf(rollout);
    const stage = await this.standing(partName(carries.name, 'stage'));
    if (stage && (formatSelector(stage.selector) !== formatSelector(from) || (stage.entries === 0 && carries.rows > 0)))
      return false;
    const begin = this.#beginOf(rollout, carries, to);
    if (to.kind !== 'stage') return this.#finish(rollout, begin, stage !== undefined);
    if (!stage) return false;
    await this.#assertOld(carries);
    const exceptions = await this.#exceptions(carries.name);
    const chunks: PackedEntries[] = [];
    for await (const rows of this.#deps.store.listRows(stage.name))
      chunks.push(filterRows(rows, (family, columns, row) => !meets(exceptions, family, columns, row)));
    await this.stage(begin, chunks, ttlMs);
    return true;
  }

  /** On its target: the import that replaces the old list was made, and what stood at the stage may still be there. */
  async stands(rollout: Rollout, on: Selector): Promise<boolean> {
    const carries = listOf(rollout);
    const { name, updatedMs } = carries;
    const now = await this.standing(name);
    if (on.kind !== 'stage') return now !== undefined && !(await this.#changes(this.#beginOf(rollout, carries, on)));
    const stage = await this.standing(partName(name, 'stage'));
    const isOld = (now?.updatedMs ?? 0) === updatedMs;
    return isOld && stage !== undefined && formatSelector(stage.selector) === formatSelector(on);
  }

  async dropped(rollout: Rollout): Promise<PrefixSet> {
    const { name, action } = listOf(rollout);
    const set = new PrefixSet();
    if (ACTIONS[action].verdict !== 'drop') return set;
    for await (const rows of this.#deps.store.listRows(partName(name, 'stage')))
      forEachRow(rows, (family, { addresses, lengths }, row) => {
        set.add(family, addresses, row * addressBytes(family), lengths[row] ?? 0, 0);
      });
    return set;
  }

  async remove(rollout: Rollout, _from: Selector, by: Attributed): Promise<void> {
    await this.removeParts(listOf(rollout).name, by);
  }

  /** Removes what a controller that was killed has left beside lists; not of those that are `taken`, by name. */
  async sweep(taken: (list: string) => boolean, by: Attributed): Promise<void> {
    for (const { name } of await this.#deps.store.lists()) {
      const list = wholeName(name);
      if (list !== undefined && !taken(list)) await this.removeParts(list, by);
    }
  }

  /** What stands beside a list: nothing of the list itself. */
  async removeParts(name: string, by: Attributed): Promise<void> {
    for (const part of ['stage', 'next'] as const)
      if (await this.standing(partName(name, part)))
        await this.#deps.lists.remove(name, { ...by, part, dryRun: false, waitMs: undefined });
  }

  /** A controller that was killed in between does the same again: the stage is removed after the list is there. */
  async #finish(rollout: Rollout, begin: ImportBegin, staged: boolean): Promise<boolean> {
    const carries = listOf(rollout);
    const by = { caller: begin.caller, reason: carries.reason };
    if (!(await this.standing(partName(carries.name, 'next')))) return !staged;
    if (await this.#changes(begin)) {
      await this.#assertOld(carries);
      await this.#deps.lists.import(begin, this.#next(carries));
    }
    await this.remove(rollout, begin.target, by);
    return true;
  }

  /** Whether the list that stands aside would change anything; it does not if it is gone. */
  async #changes(begin: ImportBegin): Promise<boolean> {
    if (!(await this.standing(partName(begin.name, 'next')))) return false;
    const { added, updated, removed } = await this.#deps.lists.import({ ...begin, dryRun: true }, this.#next(begin));
    return added + updated + removed > 0;
  }

  async *#next({ name }: Pick<CarriedList, 'name'>) {
    const { store, clock } = this.#deps;
    for await (const each of store.listRows(partName(name, 'next'))) yield leftOf(each, clock.wallMs());
  }

  #beginOf(rollout: Rollout, { name, action, reason, skipRefused }: CarriedList, target: Selector): ImportBegin {
    const caller = callerOf(rollout);
    return {
      caller,
      name,
      target,
      action,
      reason,
      skipRefused,
      dryRun: false,
      force: false,
      meant: MEANT,
      waitMs: undefined,
    };
  }

  /** @throws FleetblockError FAILED_PRECONDITION: what the rollout was made for is no longer there */
  async #assertOld({ name, updatedMs }: CarriedList): Promise<void> {
    const now = await this.standing(name);
    if ((now?.updatedMs ?? 0) !== updatedMs)
      throw new FleetblockError('FAILED_PRECONDITION', `list ${name} was changed meanwhile`);
  }

  async #exceptions(name: string): Promise<ExceptionSet> {
    const { store } = this.#deps;
    const found = (await this.standing(name)) ? await store.listExceptions(name) : [];
    return new ExceptionSet(found.map(({ prefix }) => prefix));
  }
}

function listOf({ carries }: Rollout): CarriedList {
  if (carries.kind !== 'list') throw new FleetblockError('INTERNAL', 'a rollout of another kind');
  return carries;
}

function meets(exceptions: ExceptionSet, family: 4 | 6, { addresses, lengths }: FamilyColumns, row: number): boolean {
  return exceptions.family(family).meets(addresses, row * addressBytes(family), lengths[row] ?? 0);
}

/** The same rows, that end after this time, milliseconds. */
function withEnd({ v4, v6 }: PackedEntries, ttlMs: number): PackedEntries<'left'> {
  const ending = ({ count, addresses, lengths, flags }: FamilyColumns): FamilyColumns<'left'> => ({
    ...{ count, addresses, lengths, flags },
    timesMs: new Float64Array(count).fill(ttlMs),
  });
  return { v4: ending(v4), v6: ending(v6) };
}

/** As an import takes them. */
export async function* inOrder(chunks: readonly PackedEntries<'left'>[]): AsyncGenerator<PackedEntries<'left'>> {
  for (const rows of chunks) if (entryCount(rows) > 0) yield rows;
}
