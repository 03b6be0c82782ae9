// What an allow entry overrides: blocks of the same prefix, around it and inside it, on the hosts that it is for.
import { formatPrefix, type Prefix } from '../../../common/text/prefix.ts';
import { formatSelector, selectorMatches } from '../../../common/text/selector.ts';
import type { Claim } from '../../claims/claim.ts';
import type { HostRecord } from '../../store/records.ts';
import type { Matches } from '../queries/matches.ts';

const MAX_NAMED = 3;
const MAX_WARNINGS = 20;

/** One sentence per prefix that is blocked on one of the hosts, as a whole or in parts. */
export async function overridden(
  matches: Matches,
  prefixes: readonly Prefix[],
  hosts: readonly HostRecord[],
): Promise<string[]> {
  const warnings: string[] = [];
  const concerns = ({ selector }: Claim) => hosts.some((host) => selectorMatches(selector, host));
  for (const prefix of prefixes) {
    const around = (await matches.covering(prefix, ['block'])).filter(concerns);
    const inside = await matches.within(prefix, 'block', MAX_NAMED);
    const claims = [...around, ...inside.claims.filter(concerns)];
    if (claims.length === 0) continue;
    if (warnings.length === MAX_WARNINGS)
      return [...warnings, 'more of the prefixes were blocked: see fleetblock list'];
    const named = claims.slice(0, MAX_NAMED).map(nameOf).join(', ');
    const more = claims.length - Math.min(claims.length, MAX_NAMED) + inside.more;
    warnings.push(
      `${formatPrefix(prefix)} passes from now on in spite of ${named}${more > 0 ? ` and ${more} more` : ''}`,
    );
  }
  return warnings;
}

function nameOf({ prefix, origin, selector }: Claim): string {
  return `the block of ${formatPrefix(prefix)} by ${origin} on ${formatSelector(selector)}`;
}
