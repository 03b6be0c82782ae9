// Lists that programs keep: a change of much of one goes in stages, whoever asks for it; what is small holds at once.
import { FAMILIES, type PackedEntries } from '../../common/entries/packed.ts';
import { FleetblockError } from '../../common/errors.ts';
import { listOrigin } from '../../common/text/origin.ts';
import type { ImportBegin, ListReply, Lists } from '../operations/lists/lists.ts';
import { sharesOf } from '../operations/lists/received-rows.ts';
import type { Store } from '../store/store.ts';
import type { Attributed } from './carrier.ts';
import type { PlanRequest } from './plan.ts';
import { isOpen, type Rollout } from './rollout.ts';
import type { Begun, Rollouts } from './rollouts.ts';
import { inOrder } from './staged-lists.ts';

/** Rows that come or go, as a share of those that the list has. */
const LARGE_SHARE = 0.2;
/** Fewer rows are no large change of a short list. */
const LEAST_ROWS = 50;
/** Of all addresses of a family: a list that is not wider has as many hosts as it has rows. A /12 of IPv4, a /28 of IPv6. */
const WIDE = { 4: 2 ** -12, 6: 2 ** -28 } as const;
/** Its end is never put off: what stands at a stage is gone a minute after, also where no one can say so. */
const PLAN = { stages: ['1%', '10%', '100%'], bakeMs: 30_000 } as const;

/** What halts it, as the program's operator says. */
export type Halts = Pick<PlanRequest, 'haltDrops' | 'ignoreHosts'>;

/** With a rollout, the list is not in force yet, and may never be. */
export type StagedReply = ListReply & Partial<Begun<object>>;

/** As Lists, for programs. */
export interface ListsInStages extends Pick<Lists, 'remove'> {
  /**
   * `halts`: of a change that goes in stages. Undefined: at once, as where entries come and go all the time.
   * @throws FleetblockError as Lists.import; FAILED_PRECONDITION: an earlier change of the list is still on its way
   */
  import(
    begin: ImportBegin,
    rows: AsyncIterable<PackedEntries<'left'>>,
    halts: Halts | undefined,
  ): Promise<StagedReply>;
  /** What became of a rollout that `import` began; undefined: that was long ago. */
  rollout(id: string): Rollout | undefined;
  /** Undoes the open rollout of a list. @returns whether there was one. @throws FleetblockError as Rollouts.abort */
  abort(name: string, by: Attributed): Promise<boolean>;
}

class LargeChange extends FleetblockError {}

/** A new list is no change: whoever declares it has looked at it. */
export function inStagesWhenLarge(
  lists: Lists,
  rollouts: Rollouts,
  store: Pick<Store, 'lists' | 'listRows'>,
): ListsInStages {
  const openOf = (name: string) =>
    rollouts.list().find((each) => isOpen(each) && each.carries.origin === listOrigin(name));
  return {
    remove: (...asked) => lists.remove(...asked),
    abort: async (name, by) => {
      const open = openOf(name);
      if (open) await rollouts.abort(open.id, by);
      return open !== undefined;
    },
    rollout: (id) => rollouts.list().find((each) => each.id === id),
    import: async (begin, rows, halts) => {
      if (begin.dryRun || !halts) return lists.import(begin, rows);
      const open = openOf(begin.name);
      if (open)
        throw new FleetblockError(
          'FAILED_PRECONDITION',
          `rollout ${open.id} of ${open.carries.origin} is ${open.state}: its next change waits`,
        );
      const chunks: PackedEntries<'left'>[] = [];
      for await (const each of rows) chunks.push(each);
      const widens = await doesWiden(store, begin.name, chunks);
      const approve: ImportBegin['approve'] = (former, changed) => {
        const isLarge = former && changed >= LEAST_ROWS && changed > former.entries * LARGE_SHARE;
        if (former && former.entries > 0 && changed > 0 && (isLarge || widens))
          throw new LargeChange('ABORTED', 'it is to go in stages');
      };
      try {
        return await lists.import({ ...begin, approve }, inOrder(chunks));
      } catch (error) {
        if (!(error instanceof LargeChange)) throw error;
        return rollouts.import(begin, inOrder(chunks), { ...PLAN, ...halts });
      }
    },
  };
}

/** Whether the list is to cover many more addresses than it does: a few rows may be half of them. */
async function doesWiden(
  store: Pick<Store, 'lists' | 'listRows'>,
  name: string,
  chunks: readonly PackedEntries[],
): Promise<boolean> {
  const next = sharesOf(chunks);
  if (FAMILIES.every((family) => next[family] <= WIDE[family])) return false;
  const formerRows: PackedEntries<'unix'>[] = [];
  if ((await store.lists()).some((list) => list.name === name))
    for await (const rows of store.listRows(name)) formerRows.push(rows);
  const former = sharesOf(formerRows);
  return FAMILIES.some((family) => next[family] > WIDE[family] && next[family] > former[family] * (1 + LARGE_SHARE));
}
