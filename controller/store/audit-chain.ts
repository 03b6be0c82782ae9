// The audit as a chain: every record carries a hash over itself and the one before, so that none can be changed, removed or
// slipped in later without all that follow being made again. Who keeps the last hash elsewhere notices that too.
import { createHash } from 'node:crypto';
import type { AuditRecord, AuditVerdict } from './records.ts';

/** A record's place in the chain. */
export interface Link {
  readonly sequence: number;
  readonly hash: Uint8Array;
}

/** What the first record follows. */
export const CHAIN_START: Link = { sequence: 0, hash: Buffer.alloc(32) };

/** The record that follows, with the hash to keep beside it. */
export function chained(before: Link, entry: Omit<AuditRecord, 'sequence'>): AuditRecord & Link {
  const record = { ...entry, sequence: before.sequence + 1 };
  return { ...record, hash: chainHash(before.hash, record) };
}

/** The record's own link; undefined: the record does not follow. */
export function linkAfter(before: Link, record: AuditRecord, hash: Uint8Array): Link | undefined {
  const follows = record.sequence === before.sequence + 1 && Buffer.compare(chainHash(before.hash, record), hash) === 0;
  return follows ? { sequence: record.sequence, hash } : undefined;
}

/** `last`: the last link that follows from all before it; `broken`: another record comes after it. */
export function chainVerdict(last: Link, broken: boolean): AuditVerdict {
  return { records: last.sequence, head: last.hash, brokenAt: broken ? last.sequence + 1 : undefined };
}

/** SHA-256 over the hash before and the record's fields as JSON. Records without a source are as they were before there was one. */
function chainHash(before: Uint8Array, record: AuditRecord): Uint8Array {
  const { sequence, atMs, actor, verb, subject, reason, revision, from } = record;
  const source = from === '' ? [] : [from];
  const fields = JSON.stringify([sequence, atMs, actor, verb, subject, reason, `${revision}`, ...source]);
  return createHash('sha256').update(before).update(fields).digest();
}
