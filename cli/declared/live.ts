// The claims that an origin has now.
import { actionOf, selectorText } from '../output/claims/claim.ts';
import type { OperatorClient } from '../services/operator-client.ts';
import type { LiveClaim } from './plan.ts';

/** All of them, in the controller's order. @throws FleetblockError as the client does */
export async function liveClaims(client: OperatorClient, origin: string): Promise<LiveClaim[]> {
  const live: LiveClaim[] = [];
  for await (const claims of client.listEntries({ origin }))
    for (const claim of claims)
      live.push({
        prefix: claim.prefix,
        action: actionOf(claim),
        selector: selectorText(claim),
        reason: claim.reason,
        endsMs: Number(claim.expiresAtMs),
      });
  return live;
}
