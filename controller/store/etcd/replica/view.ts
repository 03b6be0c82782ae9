// The SQLite file of one replica: what the log has led to so far, and how far that is.
import { FleetblockError } from '../../../../common/errors.ts';
import type { StoreEvent } from '../../port/revisions.ts';
import { type Connection, readBigint, readEpoch } from '../../sqlite/file/connection.ts';
import { SCHEMA_VERSION } from '../../sqlite/file/migrations.ts';
import { bigint, text } from '../../sqlite/file/rows.ts';
import { readHost } from '../../sqlite/identity/host-rows.ts';
import type { LogRecord } from '../log.ts';
import { START, type Tip } from '../record.ts';
import { decodeCommit, encodeCommit, type Heads } from './body.ts';

/** `clean` and `alive_ms` are this file's own; `head` and `history_floor` stand in the record. */
const OWN_TABLES = new Set(['meta', 'replica']);

/** On the writer, before its first transaction. */
export function prepareView(writer: Connection): void {
  writer.exec(`CREATE TABLE IF NOT EXISTS replica (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    -- The last record of the log that is in this file.
    position INTEGER NOT NULL,
    id TEXT NOT NULL
  ) STRICT`);
}

export function readTip(db: Connection): Tip {
  const row = db.prepare('SELECT position, id FROM replica').get();
  return row ? { position: bigint(row, 'position'), id: text(row, 'id') } : START;
}

/** Within the transaction that makes the file what the log is up to there. */
export function saveTip(writer: Connection, { position, id }: Tip): void {
  writer.save('replica', 'only', { only: 1, position, id });
}

export function readHeads(writer: Connection): Heads {
  const row = writer.prepare('SELECT head, history_floor FROM meta').get();
  return row
    ? { head: bigint(row, 'head'), historyFloor: bigint(row, 'history_floor') }
    : { head: 0n, historyFloor: 0n };
}

/** Nothing was ever changed in it. */
export function isUnused(db: Connection): boolean {
  return readBigint(db, 'SELECT head + (SELECT count(*) FROM audit) AS value FROM meta') === 0n;
}

/** The first record of a log: the life that this file begins. */
export function firstBody(db: Connection): Buffer {
  return encodeCommit({
    schema: SCHEMA_VERSION,
    epoch: readEpoch(db),
    ...readHeads(db),
    events: [],
    changes: new Uint8Array(0),
  });
}

/**
 * Within a transaction, with foreign keys off: makes the next record's changes.
 * @returns what those who follow learn, after the commit
 * @throws FleetblockError FAILED_PRECONDITION (of another version of the tables, or this file has a store of its own), DATA_LOSS (this
 * file is not what the record begins with)
 */
export function applyRecord(writer: Connection, record: LogRecord): readonly StoreEvent[] {
  const { schema, epoch, head, historyFloor, events, changes } = decodeCommit(record.body);
  if (schema !== SCHEMA_VERSION)
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `another replica writes schema ${schema}, this one knows ${SCHEMA_VERSION}: run the same version of fleetblock-controller on both`,
    );
  if (epoch !== undefined) beginLife(writer, epoch);
  if (changes.length > 0 && !writer.applyChangeset(changes, OWN_TABLES))
    throw new FleetblockError(
      'DATA_LOSS',
      `the store of this replica is not what the log in etcd has led to (record ${record.position}): set it up again`,
    );
  writer.prepare('UPDATE meta SET head = ?, history_floor = ?').run(head, historyFloor);
  saveTip(writer, record);
  return events.map(({ hostIds, ...event }) => ({
    ...event,
    hosts: hostIds.flatMap((id) => readHost(writer, id) ?? []),
  }));
}

function beginLife(writer: Connection, epoch: string): void {
  if (!isUnused(writer))
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      'the data directory has a store of its own, and etcd that of another fleet: use an empty directory or another prefix',
    );
  writer.prepare('UPDATE meta SET epoch = ?').run(epoch);
}
