// What an import is refused for until somebody says that it is meant: a download that failed must not empty a list, and a slip of
// the target must not take a list away from hosts.
import { ACTIONS, slotOf } from '../../../common/action.ts';
import { FleetblockError } from '../../../common/errors.ts';
import { outranks } from '../../../common/precedence.ts';
import { formatSelector, type Selector } from '../../../common/text/selector.ts';
import type { ListRecord } from '../lists/list.ts';

/** SHRINKS: the list would lose all, or more than half, of its entries. RETARGETS: some hosts would lose what it does. */
export type ObjectionKind = 'SHRINKS' | 'RETARGETS';

/** One thing that the importer must say is meant. */
export interface Objection {
  readonly kind: ObjectionKind;
  /** Half a sentence: without what to do about it. */
  readonly problem: string;
  /** One sentence, with the flag that says that it is meant. */
  readonly text: string;
}

/** Nothing was changed. */
export class NotMeant extends FleetblockError {
  readonly objections: readonly Objection[];

  constructor(objections: readonly Objection[]) {
    super('FAILED_PRECONDITION', `refused: ${objections.map(({ text }) => text).join('; ')}; nothing was changed`);
    this.objections = objections;
  }
}

/** What hosts make of a list's rows. */
export type ListScope = Pick<ListRecord, 'selector' | 'action'>;

/** Lists with fewer entries may lose any part of them, as long as something is left. */
const SMALL = 10;

/** `former`: undefined for a new list. `entries`: how many it will have. */
export function objectionsTo(
  former: ListRecord | undefined,
  next: ListScope & { readonly name: string; readonly entries: number },
): Objection[] {
  const { name, entries } = next;
  const objections: Objection[] = [];
  const object = (kind: ObjectionKind, problem: string, fix: string) =>
    objections.push({ kind, problem, text: `${problem}: ${fix}` });
  const shrink = 'add --allow-shrink if this is meant';
  if (entries === 0 && former)
    object(
      'SHRINKS',
      `the import has no entries, list ${name} has ${grouped(former.entries)}`,
      `${shrink}, or take the list away with fleetblock lists rm ${name}`,
    );
  else if (entries === 0) object('SHRINKS', 'the import has no entries', shrink);
  else if (former && former.entries >= SMALL && entries * 2 < former.entries)
    object(
      'SHRINKS',
      `list ${name} would shrink from ${grouped(former.entries)} to ${grouped(entries)} entries`,
      shrink,
    );
  if (former && takesAway(former, next))
    object(
      'RETARGETS',
      `list ${name} is ${scopeText(former)} and would be ${scopeText(next)}, so that hosts lose its entries`,
      'add --retarget if this is meant',
    );
  return objections;
}

/** Targets are compared by their canonical text. */
export function sameScope(a: ListScope, b: ListScope): boolean {
  return a.action === b.action && formatSelector(a.selector) === formatSelector(b.selector);
}

/** Does the list, for some host of now or later, stop doing what it does? */
function takesAway(former: ListScope, next: ListScope): boolean {
  return (
    slotOf(former.action) !== slotOf(next.action) ||
    outranks(former.action, next.action) ||
    !matchesAllOf(next.selector, former.selector)
  );
}

/** Whatever `narrow` matches, `wide` matches too, going by their words alone: the hosts of tomorrow count as well. */
function matchesAllOf(wide: Selector, narrow: Selector): boolean {
  if (wide.kind === 'all') return true;
  if (wide.kind === 'hosts' && narrow.kind === 'hosts') return narrow.names.every((name) => wide.names.includes(name));
  if (wide.kind === 'labels' && narrow.kind === 'labels')
    return wide.terms.every(({ key, operator, value }) =>
      narrow.terms.some((term) => term.key === key && term.operator === operator && term.value === value),
    );
  return false;
}

function scopeText({ action, selector }: ListScope): string {
  return `${ACTIONS[action].list} for ${formatSelector(selector)}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
