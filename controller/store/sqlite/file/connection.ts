// One connection to the database with its prepared statements, and SQLite's errors in the project's words.
import {
  type DatabaseSync,
  type Session,
  type SQLInputValue,
  DatabaseSync as Sqlite,
  type StatementSync,
} from 'node:sqlite';
import { FleetblockError, messageOf } from '../../../../common/errors.ts';
import { bigint, text } from './rows.ts';

/** A connection and its prepared statements. */
export class Connection {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** By table. */
  readonly #saves = new Map<string, StatementSync>();

  constructor(path: string, readOnly: boolean) {
    this.#db = new Sqlite(path, { readOnly, enableForeignKeyConstraints: true, timeout: 5000 });
    this.#db.exec('PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000');
  }

  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  /** Prepared once. Integers come as bigints, for rows.ts to read: a number past 2^53 would throw instead. */
  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const made = this.#db.prepare(sql);
    made.setReadBigInts(true);
    this.#statements.set(sql, made);
    return made;
  }

  /**
   * Adds a row, or replaces the one of the same key. A table's rows have the same columns at every call.
   * @param key columns of the primary key, separated by `, `
   */
  save(table: string, key: string, row: Readonly<Record<string, SQLInputValue>>): void {
    let statement = this.#saves.get(table);
    if (!statement) {
      const columns = Object.keys(row);
      const others = columns.filter((column) => !key.split(', ').includes(column));
      statement = this.prepare(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
         ON CONFLICT (${key}) DO UPDATE SET ${others.map((column) => `${column} = excluded.${column}`).join(', ')}`,
      );
      this.#saves.set(table, statement);
    }
    statement.run(...Object.values(row));
  }

  /** Records what is changed in tables from here on, until it is closed. */
  createSession(): Session {
    return this.#db.createSession();
  }

  /**
   * Makes the changes of a session, but those of the tables in `except`. To be called within a transaction, which is to be rolled back when
   * this returns false: the rows here are not those that the session began with. Foreign keys must be off: what they did is in the changes.
   */
  applyChangeset(changeset: Uint8Array, except: ReadonlySet<string>): boolean {
    return this.#db.applyChangeset(changeset, { filter: (table) => !except.has(table) });
  }

  close(): void {
    this.#statements.clear();
    this.#saves.clear();
    this.#db.close();
  }
}

/** The column `value` of the first row, or 0. */
export function readBigint(db: Connection, sql: string): bigint {
  const row = db.prepare(sql).get();
  return row ? bigint(row, 'value') : 0n;
}

/** Of the store's life. */
export function readEpoch(db: Connection): string {
  const row = db.prepare('SELECT epoch FROM meta').get();
  return row ? text(row, 'epoch') : '';
}

const FULL = 13;
/** No room for the log's index beside the store: a full disk, and no damage. */
const NO_ROOM_FOR_INDEX = 4874;
const DAMAGED = new Set([10 /* IOERR */, 11 /* CORRUPT */, 26 /* NOTADB */]);

/** SQLite's errors in the project's words; anything else as it is. */
export function explainSqliteError(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  const primary = error.errcode & 0xff;
  if (primary === FULL || error.errcode === NO_ROOM_FOR_INDEX)
    return new FleetblockError(
      'RESOURCE_EXHAUSTED',
      'the disk of the controller is full: nothing was changed; free space in its data directory',
      { cause: error },
    );
  if (DAMAGED.has(primary))
    return new FleetblockError(
      'DATA_LOSS',
      `the store cannot be read or written (${messageOf(error)}): check the disk, then restore a backup with fleetblock-controller restore`,
      { cause: error },
    );
  return error;
}
