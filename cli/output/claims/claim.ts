// Claims as a table and in JSON: `list`, `check` and `export` show them so.
import type { Action } from '../../../common/action.ts';
import { actionFromWire } from '../../../common/rpc/action.ts';
import { anySelectorFromWire } from '../../../common/rpc/selector.ts';
import { formatSelector } from '../../../common/text/selector.ts';
import type { Claim__Output } from '../../../proto/gen/fleetblock/v1/Claim.ts';
import type { ExportChunk__Output } from '../../../proto/gen/fleetblock/v1/ExportChunk.ts';
import type { Cli } from '../../environment.ts';
import type { OutputForm } from '../format.ts';
import { jsonTime } from '../json.ts';
import { streamRows } from '../rows.ts';
import type { Column } from '../table.ts';
import { relative } from '../text.ts';

/** One element of `list -o json`: docs/cli.md names every field. */
export interface ClaimJson {
  readonly prefix: string;
  readonly action: Action;
  readonly origin: string;
  readonly selector: string;
  readonly reason: string;
  readonly actor: string;
  readonly createdAt: string | null;
  readonly expiresAt: string | null;
  /** Only while it waits to be confirmed. */
  readonly confirm?: { readonly id: string; readonly by: string | null };
}

/** Of a claim or a list. @throws FleetblockError INVALID_ARGUMENT: a later version's */
export function actionOf(of: Pick<Claim__Output, 'action' | 'monitor'>): Action {
  return actionFromWire(of, 'fleetblock');
}

/** Canonical text of the claim's selector: `all`, `host:a,b`, `labels:env=prod`. */
export function selectorText(claim: Claim__Output): string {
  return formatSelector(anySelectorFromWire(claim.selector));
}

/** Times become ISO 8601, null for no end. */
export function claimJson(claim: Claim__Output): ClaimJson {
  return {
    prefix: claim.prefix,
    action: actionOf(claim),
    origin: claim.origin,
    selector: selectorText(claim),
    reason: claim.reason,
    actor: claim.actor,
    createdAt: jsonTime(claim.createdAtMs),
    expiresAt: jsonTime(claim.expiresAtMs),
    ...(claim.confirmId === '' ? {} : { confirm: { id: claim.confirmId, by: jsonTime(claim.confirmByMs) } }),
  };
}

/** Of exported rows what all of a chunk have in common, in JSON. */
export function exportedJson({ origin, selector }: ExportChunk__Output): { origin: string; selector: string } {
  return { origin, selector: formatSelector(anySelectorFromWire(selector)) };
}

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
