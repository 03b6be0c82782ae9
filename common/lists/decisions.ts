// A row that says what to do with an address and for how long: decisions of CrowdSec, and what `fleetblock export` writes.
import { goDurationMs } from '../text/go-duration.ts';
import { bad, type Rows } from './rows.ts';

/** Texts as they stand in the file, not checked yet. */
export interface Decision {
  readonly value: string;
  /** `ip` or `range`; empty when nothing is said. */
  readonly scope?: string | undefined;
  /** Go's form: `3h59m58.12s`. */
  readonly duration?: string | undefined;
  /** ISO 8601. */
  readonly expiresAt?: string | undefined;
  /** `ban`, `block`...; empty when nothing is said. */
  readonly action?: string | undefined;
}

const SCOPES = ['', 'ip', 'range'];

/** @throws FleetblockError INVALID_ARGUMENT: no address, no time. */
export function readDecision(decision: Decision, rows: Rows): void {
  // A listing writes `Ip:192.0.2.1`; an IPv6 address has colons of its own.
  const [, prefixScope, rest] = /^(ip|range):(.*)$/i.exec(decision.value) ?? [];
  const scope = prefixScope ?? decision.scope ?? '';
  if (!SCOPES.includes(scope.toLowerCase()))
    throw bad(`scope ${JSON.stringify(scope.slice(0, 40))} is not ip or range: only addresses can be blocked`);
  const action = decision.action ?? '';
  // Captchas and the like are for bouncers in front of applications.
  const isTaken = action === '' || rows.takes.includes(action);
  const prefix = rest ?? decision.value;
  const ttlMs = decision.duration ? goDuration(decision.duration) : 0;
  if (!isTaken) rows.leaveOut(`not a ban (${action.slice(0, 40)})`);
  else if (decision.expiresAt) rows.until(prefix, timeOf(decision.expiresAt));
  // What has ended already is not sent.
  else if (ttlMs < 0) rows.leaveOut('ended already');
  else rows.prefixOrRange(prefix, ttlMs);
}

/** Milliseconds, at least 1 when it is not negative. @throws FleetblockError INVALID_ARGUMENT. */
function goDuration(text: string): number {
  const ms = goDurationMs(text.trim());
  if (ms === undefined) throw bad(`${JSON.stringify(text.slice(0, 40))} is not a duration like 4h or 3h59m58s`);
  return ms < 0 || Object.is(ms, -0) ? -1 : Math.max(1, Math.ceil(ms));
}

function timeOf(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw bad(`${JSON.stringify(text.slice(0, 40))} is not a time like 2026-11-24T12:00:00Z`);
  return ms;
}
