// `fleetblock list`: the columns of its table.
import type { Claim__Output } from '../../../proto/gen/fleetblock/v1/Claim.ts';
import type { Cli } from '../../environment.ts';
import type { OutputForm } from '../format.ts';
import { streamRows } from '../rows.ts';
import type { Column } from '../table.ts';
import { relative } from '../text.ts';
import { actionOf, claimJson, selectorText } from './claim.ts';

/** `wide` adds the time of creation and cuts no reason short. `now`: Unix milliseconds. */
export function claimColumns(form: OutputForm, now: number): Column<Claim__Output>[] {
  const columns: Column<Claim__Output>[] = [
    { title: 'PREFIX', cell: (claim) => claim.prefix },
    { title: 'ACTION', cell: actionOf, colour: (claim) => (actionOf(claim) === 'block' ? undefined : 'yellow') },
    { title: 'ORIGIN', cell: (claim) => claim.origin },
    { title: 'TARGETS', cell: selectorText },
    { title: 'ENDS', cell: (claim) => endsText(claim, now) },
  ];
  if (form === 'wide') columns.push({ title: 'CREATED', cell: (claim) => relative(Number(claim.createdAtMs), now) });
  columns.push(
    { title: 'BY', cell: (claim) => claim.actor || '-' },
    { title: 'REASON', cell: (claim) => claim.reason || '-', flexible: form === 'table' },
  );
  return columns;
}

/** Prints claims as they arrive. Returns how many there were. */
export function printClaims(cli: Cli, form: OutputForm, batches: AsyncIterable<Claim__Output[]>): Promise<number> {
  return streamRows(cli, form, batches, claimColumns(form, cli.now()), claimJson);
}

function endsText(claim: Claim__Output, now: number): string {
  if (claim.expiresAtMs === '0') return 'never';
  const end = Number(claim.expiresAtMs);
  const text = end <= now ? `ended ${relative(end, now)}` : relative(end, now);
  return claim.confirmId === '' ? text : `${text} unless confirmed: ${claim.confirmId}`;
}
