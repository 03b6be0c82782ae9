// What a rule may do inside the transaction of its change, whatever it changes.
import type { AuditVerb } from '../../../common/audit-verbs.ts';
import type { Revision } from '../../../common/revision.ts';
import type { Attribution } from '../../claims/attribution.ts';

/** A record of the audit, as the change that it belongs to says it. */
export interface AuditEntry extends Attribution {
  readonly verb: AuditVerb;
  readonly subject: string;
}

/** One transaction. All of it is committed together, or nothing of it is there. */
export interface ChangeTx {
  /** Unix milliseconds, one time for the whole change. */
  readonly nowMs: number;
  /** The revision that this change makes; taken on the first call. */
  revise(): Revision;
  /** The revision that this change made, else the head: what an unchanged answer reports. */
  head(): Revision;
  /** `about`: the revision that the record is about; default the one that this change makes, 0 for none. */
  audit(entry: AuditEntry, about?: Revision): void;
}
