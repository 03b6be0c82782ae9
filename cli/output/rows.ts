// One list of records in any form: table, wide, JSON, YAML. What is long is written as it comes.

import { drainedOrClosed } from '../drained.ts';
import type { Cli } from '../environment.ts';
import { type OutputForm, printValue } from './format.ts';
import { type Column, Table } from './table.ts';

/** Prints records that are all here. */
export async function printRows<Row>(
  cli: Cli,
  form: OutputForm,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  toJson: (row: Row) => object,
): Promise<void> {
  if (form === 'json' || form === 'yaml') {
    await printValue(cli, form, rows.map(toJson));
    return;
  }
  const table = new Table(cli, columns);
  table.add(rows);
  table.end();
}

/** Prints records as they arrive; at no time are all of them in memory. Returns how many there were. */
export async function streamRows<Row>(
  cli: Cli,
  form: OutputForm,
  batches: AsyncIterable<readonly Row[]>,
  columns: readonly Column<Row>[],
  toJson: (row: Row) => object,
): Promise<number> {
  let total = 0;
  const table = form === 'table' || form === 'wide' ? new Table(cli, columns) : undefined;
  const parts = table ? undefined : form === 'yaml' ? yamlSequence() : jsonArray();
  for await (const rows of batches) {
    if (table) table.add(rows);
    else cli.stdout.write(rows.map((row, i) => parts?.item(toJson(row), total + i === 0) ?? '').join(''));
    total += rows.length;
    await drained(cli);
  }
  table?.end();
  if (parts) cli.stdout.write(parts.end(total === 0));
  return total;
}

/** Waits while the reader of stdout is behind. */
export function drained(cli: Cli): Promise<void> | undefined {
  if (!cli.stdout.writableNeedDrain) return undefined;
  return drainedOrClosed(cli.stdout);
}

interface Parts {
  /** One element's text, what goes in front of it included. */
  readonly item: (value: object, first: boolean) => string;
  readonly end: (empty: boolean) => string;
}

/** One element per line: valid JSON, and fit for grep. */
function jsonArray(): Parts {
  return {
    item: (value, first) => `${first ? '[\n' : ',\n'}${JSON.stringify(value)}`,
    end: (empty) => (empty ? '[]\n' : '\n]\n'),
  };
}

/** One field per line, its value as JSON, which is also YAML: a YAML library takes 40 µs per record. */
function yamlSequence(): Parts {
  const item = (value: object) => {
    const lines = Object.entries(value).map(([key, field]) => `${key}: ${yamlField(field)}\n`);
    return `- ${lines.join('  ')}`;
  };
  return { item, end: (empty) => (empty ? '[]\n' : '') };
}

/** Words that are nothing but text in every version of YAML stand without quotes. */
function yamlField(field: unknown): string {
  const plain = typeof field === 'string' && PLAIN.test(field) && !OTHER_TYPE.test(field);
  return plain ? field : JSON.stringify(field);
}

const PLAIN = /^(?:[A-Za-z](?:(?:[\w.,/=!+@ -]|:(?! |$))*[\w/])?|[0-9][0-9a-f.:]*\/[0-9]+|\d{4}-\d\d-\d\dT[\d:.]+Z)$/;
const OTHER_TYPE = /^(?:true|false|yes|no|on|off|y|n|null)$/i;
