// The forms of `fleetblock export`. Rows stay packed: a million of them never become a million objects.
import { ACTIONS, type Action, actionOfFlags } from '../../../common/action.ts';
import { EntryTable } from '../../../common/entries/entry-table.ts';
import type { FamilyTable } from '../../../common/entries/family-table.ts';
import { addressBytes, type FamilyColumns, FLAG_ALLOW } from '../../../common/entries/packed.ts';
import { fromWire } from '../../../common/entries/wire.ts';
import { type Family, formatAddress } from '../../../common/text/prefix.ts';
import type { ExportChunk__Output } from '../../../proto/gen/fleetblock/v1/ExportChunk.ts';
import type { Cli } from '../../environment.ts';
import { drained } from '../rows.ts';
import { exportedJson } from './claim.ts';

/** `json` and `csv` are written as records arrive; the others need all of them first, to write each prefix once. */
export const EXPORT_FORMS = ['plain', 'json', 'csv', 'nft', 'ipset'] as const;
/** One of EXPORT_FORMS. */
export type ExportForm = (typeof EXPORT_FORMS)[number];

const FAMILIES: readonly Family[] = [4, 6];
/** Rows written at once. */
const BATCH = 2000;

/** Writes what arrives in `form`. `allow`: the rows are an allowlist. */
export async function writeExport(
  cli: Cli,
  form: ExportForm,
  allow: boolean,
  batches: AsyncIterable<ExportChunk__Output[]>,
): Promise<void> {
  if (form === 'json' || form === 'csv') return writeRecords(cli, form, batches);
  const table = new EntryTable();
  for await (const chunks of batches)
    for (const chunk of chunks) {
      const { v4, v6 } = fromWire(chunk.rows);
      keep(table.v4, 4, v4, cli.now(), allow);
      keep(table.v6, 6, v6, cli.now(), allow);
    }
  if (form === 'plain') for (const family of FAMILIES) await writeLines(cli, table.family(family), family, plainLine);
  else if (form === 'nft') await writeNft(cli, table, allow);
  else await writeIpset(cli, table, allow);
}

/** Each prefix once; of several ends the latest, as enforcement has it. What only monitors is not blocked. */
function keep(table: FamilyTable, family: Family, columns: FamilyColumns, now: number, allow: boolean): void {
  const width = addressBytes(family);
  for (let row = 0; row < columns.count; row++) {
    if (!ACTIONS[actionOfFlags(columns.flags[row] ?? 0)].enforced) continue;
    const ttl = columns.timesMs[row] ?? 0;
    const length = columns.lengths[row] ?? 0;
    const known = table.rowOf(columns.addresses, row * width, length, allow);
    const before = known < 0 ? -1 : table.expiryOf(known);
    const ends = ttl === 0 ? 0 : now + ttl;
    if (before === 0 || (before > 0 && ends !== 0 && ends <= before)) continue;
    table.set(columns.addresses, row * width, length, allow ? FLAG_ALLOW : 0, ends);
  }
}

type Line = (prefix: string, expiresMs: number, last: boolean) => string;
const plainLine: Line = (prefix) => `${prefix}\n`;

async function writeLines(cli: Cli, table: FamilyTable, family: Family, line: Line): Promise<void> {
  const address = new Uint8Array(addressBytes(family));
  for (let start = 0; start < table.size; start += BATCH) {
    let text = '';
    for (let row = start; row < Math.min(table.size, start + BATCH); row++) {
      table.readAddress(row, address, 0);
      const prefix = `${formatAddress(family, address)}/${table.lengthOf(row)}`;
      text += line(prefix, table.expiryOf(row), row === table.size - 1);
    }
    cli.stdout.write(text);
    await drained(cli);
  }
}

/** A file for `nft -f`: the sets alone; a rule that uses them is the reader's. */
async function writeNft(cli: Cli, table: EntryTable, allow: boolean): Promise<void> {
  const name = allow ? 'allowed' : 'blocked';
  cli.stdout.write('table inet fleetblock {\n');
  for (const family of FAMILIES) {
    const part = table.family(family);
    cli.stdout.write(`\tset ${name}${family} {\n\t\ttype ipv${family}_addr\n\t\tflags interval\n\t\tauto-merge\n`);
    if (part.size > 0) {
      cli.stdout.write('\t\telements = {\n');
      await writeLines(cli, part, family, (prefix, _, last) => `\t\t\t${prefix}${last ? '' : ','}\n`);
      cli.stdout.write('\t\t}\n');
    }
    cli.stdout.write('\t}\n');
  }
  cli.stdout.write('}\n');
}

/** A file for `ipset restore -exist`. */
async function writeIpset(cli: Cli, table: EntryTable, allow: boolean): Promise<void> {
  for (const family of FAMILIES) {
    const part = table.family(family);
    const name = `fleetblock-${allow ? 'allowed' : 'blocked'}${family}`;
    const size = Math.max(65_536, 2 ** Math.ceil(Math.log2(part.size + 1)));
    const inet = family === 4 ? 'inet' : 'inet6';
    cli.stdout.write(`create ${name} hash:net family ${inet} maxelem ${size} timeout 0\n`);
    const now = cli.now();
    await writeLines(cli, part, family, (prefix, expiresMs) => {
      const timeout = expiresMs === 0 ? '' : ` timeout ${Math.max(1, Math.ceil((expiresMs - now) / 1000))}`;
      return `add ${name} ${prefix}${timeout}\n`;
    });
  }
}

/** Every row of every origin, as it arrives. */
async function writeRecords(
  cli: Cli,
  form: 'json' | 'csv',
  batches: AsyncIterable<ExportChunk__Output[]>,
): Promise<void> {
  let first = true;
  if (form === 'csv') cli.stdout.write('prefix,action,origin,selector,expires_at\n');
  for await (const chunks of batches)
    for (const chunk of chunks) {
      const common = exportedJson(chunk);
      const { v4, v6 } = fromWire(chunk.rows);
      for (const [family, columns] of [
        [4, v4],
        [6, v6],
      ] as const)
        for (const record of records(family, columns, cli.now())) {
          const { prefix, action, expiresAt } = record;
          cli.stdout.write(
            form === 'csv'
              ? `${[prefix, action, common.origin, common.selector, expiresAt ?? ''].map(csvField).join(',')}\n`
              : `${first ? '[\n' : ',\n'}${JSON.stringify({ prefix, action, ...common, expiresAt })}`,
          );
          first = false;
          await drained(cli);
        }
    }
  if (form === 'json') cli.stdout.write(first ? '[]\n' : '\n]\n');
}

function* records(
  family: Family,
  columns: FamilyColumns,
  now: number,
): Generator<{ prefix: string; action: Action; expiresAt: string | null }> {
  const width = addressBytes(family);
  for (let row = 0; row < columns.count; row++) {
    const address = columns.addresses.subarray(row * width, (row + 1) * width);
    const ttl = columns.timesMs[row] ?? 0;
    yield {
      prefix: `${formatAddress(family, address)}/${columns.lengths[row] ?? 0}`,
      action: actionOfFlags(columns.flags[row] ?? 0),
      expiresAt: ttl === 0 ? null : new Date(now + ttl).toISOString(),
    };
  }
}

function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
