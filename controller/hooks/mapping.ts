// What of a webhook's body is reported: its rows, each an address, how long, why, and whether that is over.
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { checkedTtl, parseDuration } from '../../common/text/duration.ts';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import type { ReportRow } from '../detectors/detectors.ts';
import type { Mapping } from './hook.ts';
import { isPointer, valueAt } from './pointer.ts';

/** A row as it was read, or why there is nothing to report of it. */
export type MappedRow = ReportRow | { readonly problem: string };

/** As many as a host reports at a time. */
const MOST_ROWS = 1000;
/** Characters of a reason that are kept. */
const LONGEST_REASON = 300;
const SECOND_MS = 1000;

/** All rows, in their order. @throws FleetblockError INVALID_ARGUMENT: there are none, or too many */
export function rowsOf(body: unknown, mapping: Mapping): MappedRow[] {
  const found = valueAt(body, mapping.rows);
  if (found === undefined || found === null) throw bad(`nothing stands at ${mapping.rows} of the body`);
  const rows = Array.isArray(found) ? found : [found];
  if (rows.length > MOST_ROWS) throw bad(`${rows.length} rows, at most ${MOST_ROWS}: send several requests`);
  return rows.map((row: unknown) => {
    try {
      return rowOf(row, mapping);
    } catch (error) {
      return { problem: messageOf(error) };
    }
  });
}

/**
 * What is reported, each prefix once: where rows differ, a ban counts before an unban and a longer time before a shorter one.
 * @returns with each the indices of its rows
 */
export function reportsOf(rows: readonly MappedRow[]): { readonly row: ReportRow; readonly of: readonly number[] }[] {
  const byPrefix = new Map<string, { row: ReportRow; of: number[] }>();
  for (const [i, row] of rows.entries()) {
    if ('problem' in row) continue;
    const known = byPrefix.get(row.prefix);
    if (!known) byPrefix.set(row.prefix, { row, of: [i] });
    else {
      known.of.push(i);
      if (strength(row) > strength(known.row)) known.row = row;
    }
  }
  return [...byPrefix.values()];
}

function strength({ unban, ttlMs }: ReportRow): number {
  return unban ? -1 : ttlMs === 0 ? Number.POSITIVE_INFINITY : ttlMs;
}

function rowOf(row: unknown, { address, duration, reason, unbanIf }: Mapping): ReportRow {
  const text = valueAt(row, address);
  if (typeof text !== 'string') throw bad(`no address stands at ${address || 'the row'}`);
  const prefix = formatPrefix(parsePrefix(text.trim()));
  const [, pointer = '', wanted] = /^([^=]*)=(.*)$/s.exec(unbanIf) ?? [];
  const unban = wanted !== undefined && textOf(valueAt(row, pointer)) === wanted;
  const why = isPointer(reason) ? textOf(valueAt(row, reason)) : reason;
  return { prefix, unban, ttlMs: unban ? 0 : ttlOf(row, duration), reason: plain(why).slice(0, LONGEST_REASON) };
}

/** Milliseconds; 0: as long as the policy lets it. A bare number is seconds. */
function ttlOf(row: unknown, duration: string): number {
  if (!isPointer(duration)) return duration === '' ? 0 : parseDuration(duration);
  const value = valueAt(row, duration);
  if (value === undefined || value === null || value === '') return 0;
  if (typeof value === 'number' || (typeof value === 'string' && /^[0-9]{1,10}$/.test(value))) {
    const seconds = Number(value);
    if (!Number.isFinite(seconds) || seconds < 0) throw bad(`${value} at ${duration} is not a number of seconds`);
    return checkedTtl(Math.ceil(seconds * SECOND_MS));
  }
  if (typeof value !== 'string') throw bad(`no duration stands at ${duration}`);
  return parseDuration(value);
}

/** Of what is no text, number or boolean: nothing. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** On one line. */
function plain(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

function bad(message: string): FleetblockError {
  return new FleetblockError('INVALID_ARGUMENT', message);
}
