// What is asked of the audit.
import type { AuditVerb } from '../../../common/audit-verbs.ts';
import type { Revision } from '../../../common/revision.ts';
import type { Attribution } from '../../claims/attribution.ts';
import type { AuditRecord, AuditVerdict } from '../records.ts';

/** Which records are meant; conditions are joined by "and". */
export interface AuditFilter {
  readonly actor?: string;
  readonly verb?: string;
  /** Unix milliseconds. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** Substring of the subject. */
  readonly subject?: string;
  /** Canonical, named in the subject. */
  readonly prefix?: string;
  /** Host, named in the subject. */
  readonly host?: string;
  /** Only records after this sequence number. */
  readonly afterSequence?: number;
  /** Newest first and at most this many; undefined: all, oldest first. */
  readonly last?: number;
}

/** The audit: an append-only chain of records. */
export interface AuditStore {
  /** Something that changed nothing and is to be remembered: a refusal, or how hosts stood to a `revision`. */
  recordAudit(record: Attribution & { verb: AuditVerb; subject: string; revision?: Revision }): Promise<void>;
  audit(filter: AuditFilter): AsyncIterable<readonly AuditRecord[]>;
  /** The last audit record and its hash: what is to be kept elsewhere. */
  auditHead(): Promise<{ readonly sequence: number; readonly hash: Uint8Array }>;
  /** Recomputes the chain of all audit records. */
  verifyAudit(): Promise<AuditVerdict>;
}
