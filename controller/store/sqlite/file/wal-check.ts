// Finds damage in a write-ahead log that SQLite takes for its end: it stops at the first frame whose checksum is wrong and drops
// every commit after it without a word. A crash can only tear the last, unsynced transaction; anything after that is damage.
import { closeSync, openSync, readSync } from 'node:fs';
import { FleetblockError } from '../../../../common/errors.ts';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC_LITTLE = 0x377f0682;
const MAGIC_BIG = 0x377f0683;

interface Sums {
  a: number;
  b: number;
}

/** @throws FleetblockError DATA_LOSS when commits that were durable would be lost. */
export function checkWal(path: string): void {
  const file = openSync(path, 'r');
  try {
    const lost = commitsAfterDamage(file);
    if (lost > 1)
      throw new FleetblockError(
        'DATA_LOSS',
        `the store is damaged: ${path} has a bad frame before ${lost} commits, which would be lost. Nothing is served from it, hosts go on enforcing what they hold; restore a backup with fleetblock-controller restore`,
      );
  } finally {
    closeSync(file);
  }
}

/** Commits from the first bad frame on, of this log's own life (its salts). One may be the transaction a crash tore. */
function commitsAfterDamage(file: number): number {
  const header = Buffer.alloc(HEADER_BYTES);
  if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return 0;
  const magic = header.readUInt32BE(0);
  if (magic !== MAGIC_LITTLE && magic !== MAGIC_BIG) return Number.POSITIVE_INFINITY;
  const bigEndian = magic === MAGIC_BIG;
  const pageSize = header.readUInt32BE(8);
  const sums: Sums = { a: 0, b: 0 };
  add(sums, header, 0, 24, bigEndian);
  if (sums.a !== header.readUInt32BE(24) || sums.b !== header.readUInt32BE(28)) return Number.POSITIVE_INFINITY;

  const frame = Buffer.alloc(FRAME_HEADER_BYTES + pageSize);
  let whole = true;
  let commits = 0;
  for (let at = HEADER_BYTES; ; at += frame.length) {
    if (readSync(file, frame, 0, frame.length, at) < frame.length) return commits;
    // Frames of an earlier life of the file: the log ended before them.
    if (frame.compare(header, 16, 24, 8, 16) !== 0) {
      if (whole) return 0;
      continue;
    }
    if (whole) {
      add(sums, frame, 0, 8, bigEndian);
      add(sums, frame, FRAME_HEADER_BYTES, frame.length, bigEndian);
      whole = sums.a === frame.readUInt32BE(16) && sums.b === frame.readUInt32BE(20);
    }
    if (!whole && frame.readUInt32BE(4) !== 0) commits++;
  }
}

/** SQLite's WAL checksum over pairs of 32-bit words. */
function add(sums: Sums, bytes: Buffer, start: number, end: number, bigEndian: boolean): void {
  for (let at = start; at < end; at += 8) {
    const first = bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    const second = bigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
    sums.a = (sums.a + first + sums.b) >>> 0;
    sums.b = (sums.b + second + sums.a) >>> 0;
  }
}
