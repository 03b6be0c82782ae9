// Bulk lists: checks a whole import, stores it by difference, waits for the hosts' proof.

import { ACTIONS, type Action } from '../../../common/action.ts';
import type { PackedEntries } from '../../../common/entries/packed.ts';
import { FleetblockError } from '../../../common/errors.ts';
import { failpoint } from '../../../common/failpoint.ts';
import { isListName, listOrigin } from '../../../common/text/origin.ts';
import type { Selector } from '../../../common/text/selector.ts';
import type { Clock } from '../../../common/time/clock.ts';
import { nextTurn } from '../../../common/time/pacer.ts';
import { type Attribution, attribution } from '../../claims/attribution.ts';
import type { Guard, RefusedRow } from '../../claims/guard/guard.ts';
import {
  NotMeant,
  type Objection,
  type ObjectionKind,
  objectionsTo,
  sameScope,
} from '../../claims/guard/objections.ts';
import { type ListPart, type ListRecord, type ListResult, partName } from '../../claims/lists/list.ts';
import type { Hub } from '../../fleet/hub/hub.ts';
import type { Caller } from '../../identity/auth/caller.ts';
import { assertMayChange } from '../../identity/auth/own-origin.ts';
import type { Store } from '../../store/store.ts';
import type { Results } from '../results.ts';
import type { HostOutcomes, Targets, Wait } from '../targets.ts';
import { ReceivedRows } from './received-rows.ts';
import { ImportTurns } from './turns.ts';

/** `guard` judges every row as it arrives, unless the import is forced. */
export interface ListsDeps {
  readonly store: Store;
  readonly targets: Targets;
  readonly hub: Hub;
  readonly guard: Guard;
  readonly results: Results;
  readonly clock: Clock;
}

/** All of an import but its rows. `meant` lets through what would be refused as a likely mistake. */
export interface ImportBegin extends Wait {
  readonly caller: Caller;
  /** Without `list:`. */
  readonly name: string;
  readonly target: Selector;
  readonly action: Action;
  readonly reason: string;
  readonly dryRun: boolean;
  /** Override the guard: admins only. */
  readonly force: boolean;
  /** Leave out rows that the guard refuses. */
  readonly skipRefused: boolean;
  /** What would be refused otherwise is meant. */
  readonly meant: readonly ObjectionKind[];
  /** What a rollout keeps of the list beside it; default: the list itself. */
  readonly part?: ListPart;
  /** Asked within the change, which it refuses by throwing. `changed`: rows that come or go. */
  readonly approve?: (former: ListRecord | undefined, changed: number) => void;
}

/** Of an import or a removal. A dry run fills `objections` where a real one is refused with them. */
export interface ListReply extends Omit<ListResult, 'former'> {
  readonly hosts: HostOutcomes;
  readonly elapsedMs: number;
  /** What a dry run found that refuses it. */
  readonly objections: readonly Objection[];
  /** The list as it was, when hosts made something else of it. */
  readonly former: ListRecord | undefined;
  /** Rows that were left out as the guard refuses them: how many, and the first of them. */
  readonly skipped: { readonly count: number; readonly first: readonly RefusedRow[] };
}

const NONE_SKIPPED = { count: 0, first: [] };

/** Imports take turns: one per caller and four in all, each with all of its rows in memory. */
export class Lists {
  readonly #turns = new ImportTurns();
  readonly #deps: ListsDeps;

  constructor(deps: ListsDeps) {
    this.#deps = deps;
  }

  /**
   * Replaces a list with `rows`, of which none is read before it is this import's turn. Nothing is changed before the last is there.
   * @throws FleetblockError as `begin`, ListImport.add and ListImport.finish do; RESOURCE_EXHAUSTED: too many imports of the caller
   */
  async import(begin: ImportBegin, rows: AsyncIterable<PackedEntries<'left'>>): Promise<ListReply> {
    const current = this.begin(begin);
    const endTurn = await this.#turns.take(begin.caller.actor);
    try {
      for await (const each of rows) {
        current.add(each);
        // A list arrives in a few large messages: others get a turn between them.
        await nextTurn();
      }
      return await current.finish(endTurn);
    } finally {
      endTurn();
    }
  }

  /** @throws FleetblockError INVALID_ARGUMENT, NOT_FOUND (host), PERMISSION_DENIED (force), FAILED_PRECONDITION (quarantine). */
  begin(begin: ImportBegin): ListImport {
    const { targets, hub } = this.#deps;
    checkName(begin.name);
    assertMayChange(begin.caller, listOrigin(begin.name), begin.action);
    const by = attribution(begin.caller, begin.reason);
    targets.assertKnown(begin.target);
    if (begin.force && begin.caller.role !== 'admin')
      throw new FleetblockError('PERMISSION_DENIED', 'only an admin may override the guard with --force');
    hub.quarantine.assertOpen();
    return new ListImport(begin, by, this.#deps);
  }

  /** @throws FleetblockError NOT_FOUND (list) */
  async remove(
    name: string,
    by: { caller: Caller; reason: string; dryRun: boolean; part?: ListPart } & Wait,
  ): Promise<ListReply> {
    const { store, hub, clock } = this.#deps;
    checkName(name);
    assertMayChange(by.caller, listOrigin(name));
    hub.quarantine.assertOpen();
    const startedMs = clock.monotonicMs();
    const stored = storedName({ ...by, name });
    const result = await store.removeList(stored, attribution(by.caller, by.reason), by.dryRun);
    return reply(this.#deps, result, startedMs, by, { what: `list.remove ${listOrigin(stored)}` });
  }
}

/** One import under way: nothing is changed before `finish`. */
export class ListImport {
  readonly #begin: ImportBegin;
  readonly #by: Attribution;
  readonly #deps: ListsDeps;
  readonly #rows: ReceivedRows;

  constructor(begin: ImportBegin, by: Attribution, deps: ListsDeps) {
    const { action, force, caller } = begin;
    const guard = deps.guard.look(caller.from);
    this.#begin = begin;
    this.#by = by;
    this.#deps = deps;
    this.#rows = new ReceivedRows((rows) => (force ? [] : guard.refusals(rows, action)));
  }

  /** Rows, already checked to be canonical. @throws FleetblockError INVALID_ARGUMENT: too many */
  add(rows: PackedEntries<'left'>): void {
    this.#rows.add(rows);
  }

  /**
   * `stored` is called once the rows are no longer needed.
   * @throws FleetblockError FAILED_PRECONDITION: the guard refuses a row or their width, or it would take something away without the flag that allows it
   */
  async finish(stored = () => {}): Promise<ListReply> {
    const { store, clock } = this.#deps;
    const { target, action, force, dryRun, meant, skipRefused } = this.#begin;
    const name = storedName(this.#begin);
    const { chunks, refused, refusedCount } = this.#rows;
    if (!skipRefused) this.#rows.assertNoneRefused();
    if (!force && ACTIONS[action].enforced) this.#rows.assertNotTooWide(name);
    const startedMs = clock.monotonicMs();
    const scope = { name, selector: target, action };
    let objections: readonly Objection[] = [];
    const result = await store.replaceList({
      ...scope,
      ...this.#by,
      chunks,
      skipped: refusedCount,
      dryRun,
      approve: (former, entries, changed) => {
        objections = objectionsTo(former, { ...scope, entries }).filter(({ kind }) => !meant.includes(kind));
        if (objections.length > 0 && !dryRun) throw new NotMeant(objections);
        this.#begin.approve?.(former, changed);
      },
    });
    stored();
    const former = result.former && !sameScope(result.former, scope) ? result.former : undefined;
    return reply(this.#deps, result, startedMs, this.#begin, {
      what: `import ${listOrigin(name)}`,
      objections,
      former,
      skipped: { count: refusedCount, first: refused },
    });
  }
}

async function reply(
  deps: ListsDeps,
  result: ListResult,
  startedMs: number,
  { caller, dryRun, ...wait }: Pick<ImportBegin, 'caller' | 'dryRun' | keyof Wait>,
  about: { readonly what: string } & Partial<Pick<ListReply, 'objections' | 'former' | 'skipped'>>,
): Promise<ListReply> {
  const { targets, clock, results } = deps;
  const { what, objections = [], former, skipped = NONE_SKIPPED } = about;
  const { outcomes, atMs } = dryRun
    ? { outcomes: targets.untried(result.targets), atMs: clock.monotonicMs() }
    : await targets.prove(result.targets, result.revision, wait);
  if (!dryRun) {
    if (result.added + result.updated + result.removed > 0) results.record(caller, what, result.revision, outcomes);
    failpoint('changes.reply');
  }
  return { ...result, objections, former, skipped, hosts: outcomes, elapsedMs: atMs - startedMs };
}

function storedName({ name, part }: Pick<ImportBegin, 'name' | 'part'>): string {
  return part ? partName(name, part) : name;
}

function checkName(name: string): void {
  if (!isListName(name))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(name.slice(0, 80))} is not a list name: use lower-case letters, digits, dots, underscores and hyphens`,
    );
}
