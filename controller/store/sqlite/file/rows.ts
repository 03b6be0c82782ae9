// Reads columns of SQLite rows with their types checked: a column of another type than the schema's means a damaged store.
import type { SQLOutputValue } from 'node:sqlite';
import { FleetblockError } from '../../../../common/errors.ts';

/** As SQLite answers; integers are bigints from a Connection, numbers from elsewhere. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** @throws FleetblockError DATA_LOSS: not a text */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw unexpected(column);
  return value;
}

/** Rounded past 2^53, which no number that a caller counts with comes near. */
export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'number') throw unexpected(column);
  return value;
}

/** Exact up to 2^63. @throws FleetblockError DATA_LOSS: not an integer */
export function bigint(row: Row, column: string): bigint {
  const value = row[column];
  if (typeof value === 'number') return BigInt(value);
  if (typeof value !== 'bigint') throw unexpected(column);
  return value;
}

/** @throws FleetblockError DATA_LOSS: not a blob */
export function blob(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw unexpected(column);
  return value;
}

/** A JSON object of strings. */
export function labels(row: Row, column: string): Record<string, string> {
  const value: unknown = JSON.parse(text(row, column));
  if (typeof value !== 'object' || value === null) throw unexpected(column);
  return Object.fromEntries(Object.entries(value).map(([key, label]) => [key, String(label)]));
}

function unexpected(column: string): FleetblockError {
  return new FleetblockError(
    'DATA_LOSS',
    `the store is damaged (column ${column} has another type): restore a backup with fleetblock-controller restore`,
  );
}
