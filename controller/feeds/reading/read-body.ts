// The body of an answer as a list: unpacked, checked to be one, read in its form.
import { ACTIONS } from '../../../common/action.ts';
import type { PackedEntries } from '../../../common/entries/packed.ts';
import { Findings } from '../../../common/lists/findings.ts';
import { recognize } from '../../../common/lists/forms.ts';
import { readRows } from '../../../common/lists/read-rows.ts';
import { bad, Rows } from '../../../common/lists/rows.ts';
import { isPacked, unpackedWhole } from '../../../common/lists/unpacked.ts';
import { type Feed, SPAMHAUS } from '../feed.ts';

/** What is read, and how. */
export interface Body extends Pick<Feed, 'format' | 'at' | 'skipInvalid' | 'action'> {
  readonly bytes: Uint8Array;
  /** Its server says that it is packed by gzip. */
  readonly packed: boolean;
  /** Unix milliseconds. */
  readonly nowMs: number;
}

/** The rows, and what is to be known of them. */
export interface ReadList {
  readonly slices: readonly PackedEntries<'left'>[];
  /** The list says how many rows it has, and has them. */
  readonly isWhole: boolean;
  readonly notes: readonly string[];
}

/** A piece that is read in one run, bytes. */
const PIECE = 1024 * 1024;
const MAX_NAMED = 3;

/** @throws FleetblockError INVALID_ARGUMENT: no list, or with more bad lines than may be left out */
export async function readBody({ bytes, packed, format, at, skipInvalid, action, nowMs }: Body): Promise<ReadList> {
  const text = await unpackedText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), packed);
  // A page of HTML is no list in any form; unless one is named, readRows() looks for itself.
  if (format !== 'auto' || at !== '') recognize(text.subarray(0, 64 * 1024));
  const findings = new Findings();
  const rows = new Rows(findings, ACTIONS[action].imports, nowMs);
  const written = { format: format === SPAMHAUS ? 'json' : format, ...(at !== '' && { at }) };
  const { name } = await readRows(piecesOf(text), rows, written);
  if (findings.count > skipInvalid) throw bad(badLines(findings, skipInvalid));
  if (format === SPAMHAUS && !rows.isWhole) throw bad('it does not end with the number of its rows: it was cut off');
  const left = [...rows.leftOut].map(([why, many]) => `left out ${many} rows: ${why}`);
  const invalid = findings.count > 0 ? [`left out bad lines: ${badLines(findings, skipInvalid)}`] : [];
  return {
    slices: [...rows.columns.slices()],
    isWhole: rows.isWhole,
    notes: [`read as ${rows.kind === undefined ? name : `${name} (${rows.kind})`}`, ...left, ...invalid],
  };
}

async function* piecesOf(text: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length; at += PIECE) yield text.subarray(at, at + PIECE);
}

/** A server may pack what is packed already. */
async function unpackedText(bytes: Buffer, packed: boolean): Promise<Buffer> {
  let text = bytes;
  if (packed && !isPacked(text)) throw bad('its server says that it is gzip, and it is not');
  for (let times = 0; times < 2 && isPacked(text); times++) text = await unpackedWhole(text);
  return text;
}

function badLines({ count, first }: Findings, allowed: number): string {
  const named = first.slice(0, MAX_NAMED).map(({ line, reason }) => `line ${line}: ${reason}`);
  const more = count > MAX_NAMED ? ` (and ${count - MAX_NAMED} more)` : '';
  const above = allowed > 0 && count > allowed ? `; that is more than the ${allowed} that may be left out` : '';
  return `${named.join('; ')}${more}${above}`;
}
