// A prefix as CrowdSec and firewalls write it.
import { familyBits, formatAddress, formatPrefix, type Prefix } from '../../../common/text/prefix.ts';

/** A single address has no length. */
export function addressText(prefix: Prefix): string {
  const { family, address, length } = prefix;
  return length === familyBits(family) ? formatAddress(family, address) : formatPrefix(prefix);
}
