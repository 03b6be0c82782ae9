// Claims in words and in JSON.
import { selectorFromWire } from '../../../common/rpc/selector.ts';
import { formatSelector } from '../../../common/text/selector.ts';
import type { Claim__Output } from '../../../proto/gen/fleetblock/v1/Claim.ts';
import { jsonTime } from '../json.ts';

/** One element of `list -o json`: docs/cli.md names every field. */
export interface ClaimJson {
  readonly prefix: string;
  readonly action: 'block' | 'monitor' | 'allow';
  readonly origin: string;
  readonly selector: string;
  readonly reason: string;
  readonly actor: string;
  readonly createdAt: string | null;
  readonly expiresAt: string | null;
  /** Only while it waits to be confirmed. */
  readonly confirm?: { readonly id: string; readonly by: string | null };
}

/** What happens to packets: a block that only counts is `monitor`. */
export function actionOf(claim: Claim__Output): ClaimJson['action'] {
  if (claim.action === 'ACTION_ALLOW') return 'allow';
  return claim.monitor ? 'monitor' : 'block';
}

/** Canonical text of the claim's selector: `all`, `host:a,b`, `labels:env=prod`. */
export function selectorText(claim: Claim__Output): string {
  return formatSelector(selectorFromWire(claim.selector));
}

/** Times become ISO 8601, null for no end. */
export function claimJson(claim: Claim__Output): ClaimJson {
  return {
    prefix: claim.prefix,
    action: actionOf(claim),
    origin: claim.origin,
    selector: selectorText(claim),
    reason: claim.reason,
    actor: claim.actor,
    createdAt: jsonTime(claim.createdAtMs),
    expiresAt: jsonTime(claim.expiresAtMs),
    ...(claim.confirmId === '' ? {} : { confirm: { id: claim.confirmId, by: jsonTime(claim.confirmByMs) } }),
  };
}
