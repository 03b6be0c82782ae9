// The stages of a rollout as operators say them, and which hosts each of them reaches.
import { FleetblockError } from '../../common/errors.ts';
import { formatDuration } from '../../common/text/duration.ts';
import {
  hostPosition,
  type LabelTerm,
  parseLabelSelector,
  type SelectableHost,
  type Selector,
  selectorMatches,
  type WholeSelector,
} from '../../common/text/selector.ts';

/** As it is asked for. */
export interface PlanRequest {
  /** `1%`, `canary=yes`: the last one is `100%`. */
  readonly stages: readonly string[];
  /** How long each stage but the last is watched before the next; milliseconds. */
  readonly bakeMs: number;
  /** Packets per second that a host of the stage may drop, all its entries together; 0: any number. */
  readonly haltDrops: number;
  /** Names of hosts whose peers do not halt it. */
  readonly ignoreHosts: readonly string[];
  /** How many the caller begins one after another, this one among them. */
  readonly together?: number;
}

type Stage =
  | { readonly kind: 'share'; readonly percent: number }
  | { readonly kind: 'canary'; readonly term: LabelTerm };

const MAX_STAGES = 10;
/** With more of them the question whom the fleet talks to has no answer. */
const MAX_IGNORED = 64;
const MOST_BAKE_MS = 3_600_000;
const SHARE = /^([0-9]{1,3}(?:\.[0-9]{1,3})?)%$/;
/** Of positions. */
const ALL = 2 ** 32;

/**
 * `leastBakeMs`: in less it is not known what became of a host.
 * @throws FleetblockError INVALID_ARGUMENT, naming the form
 */
export function checkPlan({ stages, bakeMs, haltDrops, ignoreHosts }: PlanRequest, leastBakeMs: number): void {
  const parsed = stages.map(parseStage);
  const shares = parsed.flatMap((stage) => (stage.kind === 'share' ? stage.percent : []));
  if (parsed.length < 2 || parsed.length > MAX_STAGES || shares.at(-1) !== 100 || parsed.at(-1)?.kind !== 'share')
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `a rollout has 2 to ${MAX_STAGES} stages, the last of all hosts: write --stages 1%,10%,100%`,
    );
  if (shares.some((percent, i) => percent <= (shares[i - 1] ?? 0)))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      'every stage is larger than the one before: write --stages 1%,10%,100%',
    );
  if (bakeMs < leastBakeMs || bakeMs > MOST_BAKE_MS)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `a stage is watched from ${formatDuration(leastBakeMs)} to ${formatDuration(MOST_BAKE_MS)}: say --bake 2m`,
    );
  if (!Number.isSafeInteger(haltDrops) || haltDrops < 0)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      'halt_drops is a number of packets per second: say --halt-drops 1000',
    );
  if (ignoreHosts.length > MAX_IGNORED)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `at most ${MAX_IGNORED} hosts are ignored: revoke those that are not to be believed, or leave out --stages`,
    );
}

/**
 * Whom the stages up to `last` (from 0) reach; the target itself at the last one. A share is of the hosts of the target that are well
 * now, as only those prove a stage, and at least one of them; others that come before them are reached with them. Never fewer than
 * `before`, the selector of the stage before.
 * @throws FleetblockError NOT_FOUND: no host of the target has the label
 */
export function stageSelector(
  { stages, target, before }: { stages: readonly string[]; target: WholeSelector; before?: Selector | undefined },
  last: number,
  hosts: Iterable<SelectableHost>,
  isWell: (id: string) => boolean,
): Selector {
  if (last >= stages.length - 1) return target;
  const reached = stages.slice(0, last + 1).map(parseStage);
  const targeted = [...hosts].filter((host) => selectorMatches(target, host));
  const canaries = reached.flatMap((stage) => (stage.kind === 'canary' ? stage.term : []));
  for (const term of canaries)
    if (!targeted.some((host) => selectorMatches({ kind: 'labels', terms: [term] }, host)))
      throw new FleetblockError(
        'NOT_FOUND',
        `no host of the target is ${term.key}${term.operator}${term.value}: label one with fleetblock host label`,
      );
  const percent = Math.max(0, ...reached.map((stage) => (stage.kind === 'share' ? stage.percent : 0)));
  const well = targeted.filter(({ id }) => isWell(id));
  const counted = well.length > 0 ? well : targeted;
  const positions = counted.map(({ id }) => hostPosition(id)).sort((a, b) => a - b);
  const least = before?.kind === 'stage' ? before.below : 0;
  return { kind: 'stage', of: target, below: Math.max(least, below(positions, percent)), canaries };
}

/** The position that the first `percent` % of the hosts are below. `positions`: sorted. */
function below(positions: readonly number[], percent: number): number {
  if (percent === 0) return 0;
  const count = Math.max(1, Math.floor((positions.length * percent) / 100));
  const last = positions[count - 1];
  return Math.min(ALL - 1, last === undefined ? Math.floor((ALL * percent) / 100) : last + 1);
}

/** @throws FleetblockError INVALID_ARGUMENT */
function parseStage(text: string): Stage {
  const percent = Number(SHARE.exec(text)?.[1]);
  if (percent > 0 && percent <= 100) return { kind: 'share', percent };
  if (!text.includes('%') && text.includes('=')) {
    const [term] = parseLabelSelector(text).terms;
    if (term?.operator === '=') return { kind: 'canary', term };
  }
  throw new FleetblockError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(text.slice(0, 40))} is not a stage: write a share of the hosts like 10%, or a label like canary=yes`,
  );
}
