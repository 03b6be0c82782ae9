// `list --sort`: the order of claims. Only as many as are wanted are kept, of however many there are.
import { parsePrefix } from '../../../common/text/prefix.ts';
import type { Claim__Output } from '../../../proto/gen/fleetblock/v1/Claim.ts';

/** The choices of `list --sort`; unsorted, claims come in the controller's order. */
export const CLAIM_ORDERS = ['prefix', 'ends', 'created', 'origin', 'actor'] as const;
/** One of CLAIM_ORDERS. */
export type ClaimOrder = (typeof CLAIM_ORDERS)[number];

type Keyed = readonly [key: string, claim: Claim__Output];

const KEYS: Readonly<Record<ClaimOrder, (claim: Claim__Output) => string>> = {
  prefix: prefixKey,
  // The next to end first, what never ends last.
  ends: ({ expiresAtMs }) => (expiresAtMs === '0' ? '~' : expiresAtMs.padStart(16, '0')),
  // The newest first.
  created: ({ createdAtMs }) => String(10 ** 15 - Number(createdAtMs)),
  origin: ({ origin }) => origin,
  actor: ({ actor }) => actor,
};

/** In batches; equal ones stay as they came. `limit` 0: all. */
export async function* sortedClaims(
  batches: AsyncIterable<Claim__Output[]>,
  order: ClaimOrder,
  limit: number,
): AsyncGenerator<Claim__Output[]> {
  const key = KEYS[order];
  let kept: Keyed[] = [];
  const most = limit || Number.POSITIVE_INFINITY;
  const cut = () => {
    kept = kept.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).slice(0, most);
  };
  for await (const claims of batches) {
    for (const claim of claims) kept.push([key(claim), claim]);
    if (kept.length > 2 * most + BATCH) cut();
  }
  cut();
  for (let start = 0; start < kept.length; start += BATCH)
    yield kept.slice(start, start + BATCH).map(([, claim]) => claim);
}

const BATCH = 2000;

/** IPv4 first, then by address, the wider first. */
function prefixKey(claim: Claim__Output): string {
  const { family, address, length } = parsePrefix(claim.prefix);
  return `${family}${Buffer.from(address).toString('hex')}${String(length).padStart(3, '0')}`;
}
