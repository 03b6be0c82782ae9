// From the claims that there are to those that a file says: what differs, and the steps there. No step blocks more, or less, than what was
// before or what comes after.
import { type Action, type Slot, slotOf } from '../../common/action.ts';
import { formatSelector, parseSelector, type Selector } from '../../common/text/selector.ts';
import { claimKey, type Declared, type DeclaredClaim } from './file.ts';

/** A claim that there is. */
export interface LiveClaim {
  readonly prefix: string;
  readonly action: Action;
  /** Canonical text. */
  readonly selector: string;
  readonly reason: string;
  readonly endsMs: number;
}

/** What `diff` shows. */
export interface Differences {
  readonly missing: readonly DeclaredClaim[];
  /** They are there, but with another action or reason, or with an end. */
  readonly different: readonly { readonly live: LiveClaim; readonly wanted: DeclaredClaim }[];
  /** They are not in the file. */
  readonly extra: readonly LiveClaim[];
}

/** One call of the controller. */
export type Step =
  | {
      readonly kind: 'set';
      readonly action: Action;
      readonly selector: Selector;
      readonly reason: string;
      readonly prefixes: readonly string[];
    }
  | { readonly kind: 'remove'; readonly slot: Slot; readonly selector: Selector; readonly prefixes: readonly string[] };

/** Prefixes of one call. */
const MAX_PREFIXES = 4096;

/** `live`: all claims of the file's origin. */
export function differences({ claims }: Declared, live: readonly LiveClaim[]): Differences {
  const there = new Map(live.map((claim) => [claimKey(claim.prefix, claim.action, claim.selector), claim]));
  const missing: DeclaredClaim[] = [];
  const different: { live: LiveClaim; wanted: DeclaredClaim }[] = [];
  for (const wanted of claims) {
    const key = claimKey(wanted.prefix, wanted.action, formatSelector(wanted.selector));
    const found = there.get(key);
    there.delete(key);
    if (!found) missing.push(wanted);
    else if (!isAsWanted(found, wanted)) different.push({ live: found, wanted });
  }
  return { missing, different, extra: [...there.values()] };
}

function isAsWanted(live: LiveClaim, wanted: DeclaredClaim): boolean {
  return live.action === wanted.action && live.endsMs === 0 && (wanted.reason === '' || live.reason === wanted.reason);
}

/** All that the file says is set, also what is there already: that changes nothing, and is proven by the hosts. */
export function stepsOf({ claims }: Declared, { different, extra }: Differences, prune: boolean): Step[] {
  const of = (action: Action) => setting(claims.filter((claim) => claim.action === action));
  // A weaker statement does not replace a stronger one: the block goes first.
  const weakened = different.filter(({ live, wanted }) => live.action === 'block' && wanted.action === 'monitor');
  const gone = (slot: Slot) => removing(prune ? extra.filter((claim) => slotOf(claim.action) === slot) : []);
  return [
    // What is to pass, passes before anything around it is blocked, and until it is not.
    ...of('allow'),
    ...of('block'),
    ...removing(weakened.map(({ live }) => live)),
    ...of('monitor'),
    ...gone('block'),
    ...gone('allow'),
  ];
}

function setting(claims: readonly DeclaredClaim[]): Step[] {
  return grouped(claims, ({ selector, reason }) => `${formatSelector(selector)} ${reason}`).map(
    ([first, prefixes]) => ({
      kind: 'set',
      action: first.action,
      selector: first.selector,
      reason: first.reason,
      prefixes,
    }),
  );
}

function removing(claims: readonly LiveClaim[]): Step[] {
  return grouped(claims, ({ selector, action }) => `${slotOf(action)} ${selector}`).map(([first, prefixes]) => ({
    kind: 'remove',
    slot: slotOf(first.action),
    selector: parseSelector(first.selector),
    prefixes,
  }));
}

/** The first of each group, and the prefixes of all, as many as fit a call. */
function grouped<T extends { readonly prefix: string }>(
  claims: readonly T[],
  key: (claim: T) => string,
): [T, string[]][] {
  const groups = new Map<string, [T, string[]]>();
  const full: [T, string[]][] = [];
  for (const claim of claims) {
    const text = key(claim);
    const group = groups.get(text) ?? [claim, []];
    groups.set(text, group);
    group[1].push(claim.prefix);
    if (group[1].length === MAX_PREFIXES) {
      full.push(group);
      groups.delete(text);
    }
  }
  return [...full, ...groups.values()];
}
