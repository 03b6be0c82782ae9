// What is asked of the single claims, and what is answered.

import type { Action } from '../../../common/action.ts';
import type { Revision } from '../../../common/revision.ts';
import type { Prefix } from '../../../common/text/prefix.ts';
import type { SelectableHost } from '../../../common/text/selector.ts';
import type { AddClaims, ChangeResult, RemoveClaims } from '../../claims/change.ts';
import type { Claim } from '../../claims/claim.ts';
import type { Confirmation, Confirming, ConfirmResult, Undone } from '../../claims/confirmation.ts';
import type { ApplyReports, ReportResult } from '../../claims/report.ts';

/** Which single claims are meant; conditions are joined by "and". */
export interface ClaimFilter {
  readonly origin?: string;
  /** One of these. */
  readonly actions?: readonly Action[];
  /** Only claims that may matter to this host. */
  readonly host?: SelectableHost;
  /** Only claims whose prefix covers this one (or is it). */
  readonly covering?: Prefix;
  /** Only claims on narrower prefixes inside this one. */
  readonly within?: Prefix;
  /** Also claims that have ended and are not removed yet. */
  readonly expired?: boolean;
}

/** Single claims: changed, confirmed, ended and read. */
export interface ClaimStore {
  addClaims(request: AddClaims): Promise<ChangeResult>;
  removeClaims(request: RemoveClaims): Promise<ChangeResult>;
  /** What a detector reports: see claims/report.ts. */
  applyReports(request: ApplyReports): Promise<ReportResult>;
  /**
   * Gives the claims of an unconfirmed change the end that was asked for.
   * @throws FleetblockError NOT_FOUND, FAILED_PRECONDITION (too late, confirmed already), PERMISSION_DENIED (not `mayForce`, another
   * `origin`)
   */
  confirm(id: string, by: Confirming): Promise<ConfirmResult>;
  /** Changes that wait to be confirmed, the first to be undone first. */
  confirmations(): Promise<readonly Confirmation[]>;
  /**
   * Undoes what was not confirmed and removes claims and list rows that ended, at or before `nowMs` (actor `system`), at most a
   * bounded number per call.
   */
  expireClaims(
    nowMs: number,
  ): Promise<{ readonly removed: number; readonly revision: Revision; readonly undone: readonly Undone[] }>;
  /** Unix milliseconds at which the next claim ends or a change is undone; 0 when none does. */
  nextExpiryMs(): Promise<number>;
  /** Single claims, in bounded batches, by prefix. */
  claims(filter: ClaimFilter): AsyncIterable<readonly Claim[]>;
}
