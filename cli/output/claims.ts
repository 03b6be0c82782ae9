// `fleetblock list`: table columns, and a JSON array that is written as it comes.
import type { Claim__Output } from '../../proto/gen/fleetblock/v1/Claim.ts';
import type { Cli } from '../context.ts';
import { actionOf, claimJson, selectorText } from './claim.ts';
import type { OutputForm } from './format.ts';
import { type Column, Table } from './table.ts';
import { relative } from './text.ts';

export function claimColumns(form: 'table' | 'wide', now: number): Column<Claim__Output>[] {
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

/** Prints claims as they arrive; at no time are all of them in memory. Returns how many there were. */
export async function printClaims(
  cli: Cli,
  form: OutputForm,
  batches: AsyncIterable<Claim__Output[]>,
): Promise<number> {
  let total = 0;
  if (form === 'table' || form === 'wide') {
    const table = new Table(cli, claimColumns(form, cli.now()));
    for await (const claims of batches) {
      total += claims.length;
      table.add(claims);
      await drained(cli);
    }
    table.end();
    return total;
  }
  const writer = form === 'json' ? jsonArray : yamlSequence;
  const parts = await writer();
  for await (const claims of batches) {
    cli.stdout.write(claims.map((claim, i) => parts.item(claimJson(claim), total + i === 0)).join(''));
    total += claims.length;
    await drained(cli);
  }
  cli.stdout.write(parts.end(total === 0));
  return total;
}

interface Parts {
  /** One element's text, what goes in front of it included. */
  readonly item: (value: object, first: boolean) => string;
  readonly end: (empty: boolean) => string;
}

/** One element a line: valid JSON, and fit for grep. */
function jsonArray(): Parts {
  return {
    item: (value, first) => `${first ? '[\n' : ',\n'}${JSON.stringify(value)}`,
    end: (empty) => (empty ? '[]\n' : '\n]\n'),
  };
}

async function yamlSequence(): Promise<Parts> {
  const { stringify } = await import('yaml');
  return { item: (value) => stringify([value]), end: (empty) => (empty ? '[]\n' : '') };
}

/** Waits while the reader of stdout is behind. */
function drained(cli: Cli): Promise<void> | undefined {
  if (!cli.stdout.writableNeedDrain) return undefined;
  return new Promise((resolve) => {
    cli.stdout.once('drain', resolve);
    cli.stdout.once('close', resolve);
  });
}

function endsText(claim: Claim__Output, now: number): string {
  if (claim.expiresAtMs === '0') return 'never';
  const end = Number(claim.expiresAtMs);
  return end <= now ? `ended ${relative(end, now)}` : relative(end, now);
}
