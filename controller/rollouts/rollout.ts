// A rollout: a change that reaches its hosts in stages, and is undone unless it goes on. Kept as a setting.
import { z } from 'zod';
import { ACTION_NAMES } from '../../common/action.ts';
import {
  formatSelector,
  parseSelector,
  type Selector,
  type WholeSelector,
  wholeOf,
} from '../../common/text/selector.ts';
import type { Caller } from '../identity/auth/caller.ts';

/** Of settings. */
export const ROLLOUT = 'rollout';

const selector = z.string().transform(parseSelector);

const said = { action: z.enum(ACTION_NAMES), origin: z.string(), reason: z.string() };

const CarriedList = z.object({
  kind: z.literal('list'),
  ...said,
  /** Without `list:`. */
  name: z.string(),
  /** That stand at a stage. */
  rows: z.number(),
  skipRefused: z.boolean(),
  /** Of the list that is to be replaced, Unix milliseconds; 0: there was none. */
  updatedMs: z.number(),
});

/** A list that is to replace the one of its name. */
export type CarriedList = Readonly<z.output<typeof CarriedList>>;

const STATES = ['running', 'paused', 'halted', 'done', 'aborted'] as const;

const Body = z.object({
  id: z.string(),
  /** Who started it: the steps are this caller's changes. */
  by: z.object({
    role: z.enum(['viewer', 'operator', 'admin', 'agent']),
    id: z.string(),
    actor: z.string(),
    from: z.string(),
    origin: z.string().optional(),
  }),
  carries: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('claims'),
      ...said,
      prefixes: z.array(z.string()),
      /** Unix milliseconds; 0 for no end. */
      expiresMs: z.number(),
    }),
    CarriedList,
  ]),
  /** Ids of hosts that were not well before the stage reached them. */
  away: z.array(z.string()).default([]),
  target: selector.transform((of): WholeSelector => wholeOf(of)),
  stages: z.array(z.string()),
  bakeMs: z.number(),
  haltDrops: z.number().default(0),
  ignoreHosts: z.array(z.string()).default([]),
  /** From 0. */
  stage: z.number(),
  /** Whom the stage reaches. */
  selector,
  /** A step there has begun: the claims stand on this selector, or still on the other. */
  toward: selector.optional(),
  state: z.enum(STATES),
  /** Why it was halted, paused or aborted, or what a running one waits for; else empty. */
  why: z.string(),
  /** It was halted as nothing of it was left: nobody has judged what it carries. */
  lost: z.boolean().default(false),
  /** Unix milliseconds. */
  startedMs: z.number(),
  /** Since when the stage is watched, Unix milliseconds. */
  stageMs: z.number(),
  /** When its state became what it is, Unix milliseconds. */
  changedMs: z.number(),
});

/** How many of these are in each state. */
export function countByState(rollouts: readonly Rollout[]): Record<string, number> {
  return Object.fromEntries(STATES.map((state) => [state, rollouts.filter((each) => each.state === state).length]));
}

/** As it is kept. */
export type Rollout = Readonly<z.output<typeof Body>>;

/** Still to be undone or finished. */
export function isOpen({ state }: Rollout): boolean {
  return state === 'running' || state === 'paused';
}

/** As the steps of the rollout are made. */
export function callerOf({ by: { origin, ...by } }: Rollout): Caller {
  return { ...by, serial: '', ...(origin !== undefined && { origin }) };
}

/** `stage 2 of 3, 10%`. */
export function stageText({ stage, stages }: Pick<Rollout, 'stage' | 'stages'>): string {
  return `stage ${stage + 1} of ${stages.length}, ${stages[stage] ?? ''}`;
}

/** When it ends by itself, Unix milliseconds; 0: it does not. */
export function expiryOf({ carries }: Rollout): number {
  return carries.kind === 'claims' ? carries.expiresMs : 0;
}

/** What it carries, in words. */
export function whatText({ carries }: Rollout): string {
  if (carries.kind === 'list') return carries.origin;
  const { action, prefixes } = carries;
  const more = prefixes.length > 1 ? ` and ${prefixes.length - 1} more` : '';
  return `${action} ${prefixes[0] ?? ''}${more}`;
}

/** As JSON. */
export function bodyOf(rollout: Rollout): string {
  const text = (of: Selector) => formatSelector(of);
  const { target, selector: reached, toward } = rollout;
  return JSON.stringify({
    ...rollout,
    target: text(target),
    selector: text(reached),
    toward: toward && text(toward),
  } satisfies z.input<typeof Body>);
}

/** Undefined: malformed, or of a later version. */
export function rolloutOf(body: string): Rollout | undefined {
  try {
    return Body.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
