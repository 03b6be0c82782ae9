// What claims and rows do to packets: all that is known of each action, in one table. Code that treats actions differently asks a fact of
// this table or has a record by action, so that the compiler names the places that a new one needs.

/** In the order in which they are listed for people. */
export const ACTION_NAMES = ['block', 'monitor', 'allow'] as const;
/** `block` drops, `monitor` counts what a block would drop, `allow` passes whatever the others say. */
export type Action = (typeof ACTION_NAMES)[number];

/** A key has one action per slot: those of a slot replace each other, those of different slots stand side by side. */
export type Slot = 'block' | 'allow';

interface Facts {
  readonly slot: Slot;
  /** Of a packed row. Bit 0 is the slot; the rest, shifted, is the action's number within it, as the kernel's rules and the store have it. */
  readonly flags: number;
  /** Within a slot the stronger wins. */
  readonly strength: number;
  /** What becomes of a packet that it decides about. */
  readonly verdict: 'drop' | 'monitor' | 'allow';
  /** False: it only counts, so that it locks nobody out. */
  readonly enforced: boolean;
  /** What the controller's guard asks of a prefix. An allow entry is refused only for its width: it would let everything through. */
  readonly guard: 'width and addresses' | 'width' | 'nothing';
  /** A list of it, in sentences. */
  readonly list: string;
  /** In the CLI's sentences about prefixes. */
  readonly words: { readonly done: string; readonly already: string; readonly would: string };
  /** What rows of an imported file may say for it, where they say what is to be done. */
  readonly imports: readonly string[];
}

const DROPS = ['ban', 'block', 'drop', 'deny'];

/** By action. */
export const ACTIONS: Readonly<Record<Action, Facts>> = {
  block: {
    ...{ slot: 'block', flags: 0, strength: 2, verdict: 'drop', enforced: true, guard: 'width and addresses' },
    list: 'a blocklist',
    words: { done: 'blocked', already: 'already blocked', would: 'block' },
    imports: DROPS,
  },
  monitor: {
    ...{ slot: 'block', flags: 2, strength: 1, verdict: 'monitor', enforced: false, guard: 'nothing' },
    list: 'a monitor-only list',
    words: { done: 'monitoring', already: 'already monitoring', would: 'monitor' },
    imports: [...DROPS, 'monitor'],
  },
  allow: {
    ...{ slot: 'allow', flags: 1, strength: 1, verdict: 'allow', enforced: true, guard: 'width' },
    list: 'an allowlist',
    words: { done: 'allowed', already: 'already allowed', would: 'allow' },
    imports: ['allow'],
  },
};

const BY_FLAGS: (Action | undefined)[] = [];
for (const action of ACTION_NAMES) BY_FLAGS[ACTIONS[action].flags] = action;

/** Whether it is the name of an action. */
export function isAction(text: string): text is Action {
  return Object.hasOwn(ACTIONS, text);
}

/** Whether a packed row may have these flags. */
export function isKnownFlags(flags: number): boolean {
  return BY_FLAGS[flags] !== undefined;
}

/** Of a row whose flags were checked where it came in. @throws RangeError: no action has these flags */
export function actionOfFlags(flags: number): Action {
  const action = BY_FLAGS[flags];
  if (action === undefined) throw new RangeError(`no action has the flags ${flags}`);
  return action;
}

/** Which key of its prefix, origin and selector an action takes. */
export function slotOf(action: Action): Slot {
  return ACTIONS[action].slot;
}
