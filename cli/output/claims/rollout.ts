// Rollouts in words, in a table and in JSON.
import { anySelectorFromWire } from '../../../common/rpc/selector.ts';
import { formatDuration } from '../../../common/text/duration.ts';
import { formatSelector } from '../../../common/text/selector.ts';
import type { Rollout__Output } from '../../../proto/gen/fleetblock/v1/Rollout.ts';
import { jsonTime } from '../json.ts';
import type { Column } from '../table.ts';
import { count, printable, relative } from '../text.ts';

/** Neither done nor undone. */
export function isOpen({ state }: Rollout__Output): boolean {
  return state === 'running' || state === 'paused';
}

/** `1% (1 of 3)`. */
export function stageText({ stages, stage }: Rollout__Output): string {
  return `${stages[stage - 1] ?? ''} (${stage} of ${stages.length})`;
}

/** `now`: Unix milliseconds. */
export function rolloutColumns(now: number): Column<Rollout__Output>[] {
  return [
    { title: 'ID', cell: ({ id }) => id },
    { title: 'STATE', cell: ({ state }) => state, colour: ({ state }) => COLOURS[state] },
    { title: 'STAGE', cell: stageText },
    { title: 'HOSTS', cell: ({ hosts, targeted }) => `${hosts}/${targeted}` },
    {
      title: 'NEXT',
      cell: ({ remainingMs }) => (remainingMs === '0' ? '-' : relative(now + Number(remainingMs), now)),
    },
    { title: 'BY', cell: ({ actor }) => actor },
    { title: 'WHAT', cell: ({ what }) => what },
    { title: 'WHY', cell: ({ why, reason }) => why || reason || '-', flexible: true },
  ];
}

/** For `rollout show`. */
export const HALTS: Column<Rollout__Output> = { title: 'HALTS', cell: haltsText };

/** What halts it beside hosts that get worse: `at 1,000 drops/s, ignores web1`. */
function haltsText({ haltDrops, ignoreHosts }: Rollout__Output): string {
  const drops = haltDrops === '0' ? [] : [`at ${count(haltDrops)} drops/s`];
  const ignored = ignoreHosts.length > 0 ? [`ignores ${ignoreHosts.map(printable).join(' ')}`] : [];
  return [...drops, ...ignored].join(', ') || '-';
}

const COLOURS: Readonly<Record<string, 'green' | 'yellow' | 'red'>> = {
  done: 'green',
  running: 'yellow',
  paused: 'yellow',
  halted: 'red',
  aborted: 'red',
};

/** One element of `rollout list -o json`. */
export function rolloutJson(rollout: Rollout__Output): object {
  const { id, state, what, origin, target, stages, stage, hosts, targeted, why, actor, reason } = rollout;
  return {
    ...{
      id,
      state,
      what,
      origin,
      selector: formatSelector(anySelectorFromWire(target)),
      stages,
      stage,
      hosts,
      targeted,
    },
    bakeSeconds: Number(rollout.bakeMs) / 1000,
    haltDropsPerSecond: Number(rollout.haltDrops),
    ignoreHosts: rollout.ignoreHosts,
    nextSeconds: Math.ceil(Number(rollout.remainingMs) / 1000),
    ...{ why, actor, reason },
    startedAt: jsonTime(rollout.startedAtMs),
    changedAt: jsonTime(rollout.changedAtMs),
  };
}

/** For stderr, below the proof of a first stage. */
export function rolloutNote(id: string): string {
  return `the first stage of rollout ${printable(id)}: fleetblock rollout show ${printable(id)}, or undo it with fleetblock rollout abort ${printable(id)}`;
}

/** One line for `status`. */
export function rolloutLine(rollout: Rollout__Output): string {
  const { id, state, what, hosts, targeted, remainingMs, why } = rollout;
  const next =
    remainingMs === '0' ? '' : `, the next stage in ${formatDuration(Math.ceil(Number(remainingMs) / 1000) * 1000)}`;
  const because = why === '' ? '' : `: ${printable(why)}`;
  return `rollout ${printable(id)} of ${printable(what)} is ${state} on ${hosts} of ${targeted} hosts${next}${because}`;
}
