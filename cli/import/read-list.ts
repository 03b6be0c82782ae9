// Reads a list for import, whole and checked, before anything is sent.
import { statSync } from 'node:fs';
import { FleetblockError } from '../../common/errors.ts';
import type { Cli } from '../context.ts';
import { readInput } from '../input.ts';
import { Columns } from './columns.ts';
import { isCscliHeading, readCscliCsv, readCscliJson } from './cscli.ts';
import { Findings } from './findings.ts';
import { PlainReader } from './plain.ts';

export const LIST_FORMATS = ['auto', 'plain', 'csv', 'json'] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];
type KnownFormat = Exclude<ListFormat, 'auto'>;

/** CSV and JSON are held whole: their listings are thousands of lines, not millions. */
const MAX_HELD_BYTES = 256 * 1024 * 1024;

/**
 * `onProgress` gets the bytes read and the file's size (0 when not known).
 * @throws FleetblockError INVALID_ARGUMENT: unreadable, of no known form, empty, or with bad lines, the first of which are named.
 */
export async function readList(
  cli: Cli,
  file: string,
  format: ListFormat,
  onProgress: (bytes: number, total: number) => void,
): Promise<Columns> {
  const name = file === '-' ? 'stdin' : file;
  const total = file === '-' ? 0 : sizeOf(file);
  const columns = new Columns();
  const findings = new Findings(name);
  const plain = new PlainReader(columns, findings);
  let chosen: KnownFormat | undefined = format === 'auto' ? undefined : format;
  const held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of readInput(cli, file)) {
    bytes += chunk.length;
    onProgress(bytes, total);
    chosen ??= detect(chunk);
    if (chosen === 'plain') plain.push(chunk);
    else held.push(chunk);
    if (chosen !== 'plain' && bytes > MAX_HELD_BYTES)
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        `${name} is over ${MAX_HELD_BYTES >> 20} MiB of ${chosen}: make it a plain list`,
      );
  }
  plain.end();
  if (chosen === 'csv') readCscliCsv(Buffer.concat(held).toString('utf8'), columns, findings);
  if (chosen === 'json') readCscliJson(Buffer.concat(held).toString('utf8'), columns, findings);
  findings.throwIfAny();
  return columns;
}

/** By the first bytes: `[`, `{` or null is JSON, a heading of cscli is CSV, all else is plain. */
function detect(chunk: Buffer): KnownFormat {
  const head = chunk.toString('utf8', 0, 4096).replace(/^\ufeff/, '');
  if (/^\s*([[{]|null\b)/.test(head)) return 'json';
  return isCscliHeading(head.split('\n', 1)[0] ?? '') ? 'csv' : 'plain';
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
