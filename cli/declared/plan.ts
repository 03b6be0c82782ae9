// From the claims that there are to those that a file says: what differs, and the steps there. No step blocks more, or less, than what was
// before or what comes after.
import { type Action, type Slot, slotOf } from '../../common/action.ts';
import { formatSelector, parseSelector, type Selector, wholeOf } from '../../common/text/selector.ts';
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
  readonly same: readonly DeclaredClaim[];
  /** They are not in the file. */
  readonly extra: readonly LiveClaim[];
  /** Their rollout is under way: they stand at a stage, and go on or are undone by themselves. */
  readonly staged: readonly LiveClaim[];
}

/** One call of the controller. */
export type Step =
  | {
      readonly kind: 'set';
      readonly action: Action;
      readonly selector: Selector;
      readonly reason: string;
      readonly prefixes: readonly string[];
      /** It changes something that may do harm. */
      readonly inStages: boolean;
    }
  | { readonly kind: 'remove'; readonly slot: Slot; readonly selector: Selector; readonly prefixes: readonly string[] };

/** Prefixes of one call. */
const MAX_PREFIXES = 4096;

/** `live`: all claims of the file's origin. */
export function differences({ claims }: Declared, live: readonly LiveClaim[]): Differences {
  const staged = live.filter(isStaged);
  const underWay = new Set(staged.map((claim) => `${claim.action} ${keyOf(claim)}`));
  const whole = live.filter((claim) => !isStaged(claim));
  const there = new Map(whole.map((claim) => [keyOf(claim), claim]));
  const missing: DeclaredClaim[] = [];
  const same: DeclaredClaim[] = [];
  const different: { live: LiveClaim; wanted: DeclaredClaim }[] = [];
  for (const wanted of claims) {
    const key = claimKey(wanted.prefix, wanted.action, formatSelector(wanted.selector));
    const found = there.get(key);
    there.delete(key);
    if (underWay.has(`${wanted.action} ${key}`)) continue;
    if (!found) missing.push(wanted);
    else if (isAsWanted(found, wanted)) same.push(wanted);
    else different.push({ live: found, wanted });
  }
  return { missing, different, same, extra: [...there.values()], staged };
}

function isStaged({ selector }: LiveClaim): boolean {
  return parseSelector(selector).kind === 'stage';
}

/** Of the claim itself, whatever stage it stands at. */
function keyOf({ prefix, action, selector }: LiveClaim): string {
  return claimKey(prefix, action, formatSelector(wholeOf(parseSelector(selector))));
}

function isAsWanted(live: LiveClaim, wanted: DeclaredClaim): boolean {
  return live.action === wanted.action && live.endsMs === 0 && (wanted.reason === '' || live.reason === wanted.reason);
}

/**
 * All that the file says is set, also what is there already: that changes nothing, and is proven by the hosts. Not what is under way in
 * stages, which it would overtake. `inStages`: what blocks and is new or differs; an allow entry does no harm.
 */
export function stepsOf({ claims }: Declared, found: Differences, prune: boolean, inStages = false): Step[] {
  const { missing, different, extra } = found;
  const same = new Set(found.same);
  const changed = new Set([...missing, ...different.map(({ wanted }) => wanted)]);
  const of = (action: Action) => {
    const goInStages = inStages && action !== 'allow';
    const own = claims.filter((claim) => claim.action === action);
    return [
      ...setting(
        own.filter((claim) => same.has(claim) || (!goInStages && changed.has(claim))),
        false,
      ),
      ...setting(
        own.filter((claim) => goInStages && changed.has(claim)),
        true,
      ),
    ];
  };
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

function setting(claims: readonly DeclaredClaim[], inStages: boolean): Step[] {
  return grouped(claims, ({ selector, reason }) => `${formatSelector(selector)} ${reason}`).map(
    ([first, prefixes]) => ({
      kind: 'set',
      action: first.action,
      selector: first.selector,
      reason: first.reason,
      prefixes,
      inStages,
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
