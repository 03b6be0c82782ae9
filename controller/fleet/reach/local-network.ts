// The addresses that the controller needs on its own machine: its own, its gateways' and its resolvers'.
import { type NetworkAddresses, networkAddresses } from '../../../common/host/addresses.ts';
import { formatAddress, type Prefix } from '../../../common/text/prefix.ts';
import type { LocalNetwork, Protected } from '../../claims/guard/guard.ts';

/** For how long what was read is used, milliseconds: no block pays for reading it. */
const FRESH_MS = 1000;

/** As of at most a second ago. `nowMs`: monotonic. */
export function localNetwork(
  read: () => NetworkAddresses = networkAddresses,
  nowMs = () => performance.now(),
): LocalNetwork {
  let known: readonly Protected[] = [];
  let untilMs = Number.NEGATIVE_INFINITY;
  return {
    addresses: () => {
      if (nowMs() < untilMs) return known;
      try {
        known = protectedOf(read());
        untilMs = nowMs() + FRESH_MS;
      } catch {
        // Nothing can be read now, perhaps for lack of file descriptors: the last known values stay.
      }
      return known;
    },
  };
}

/** The controller's addresses with their sentences. */
export function protectedOf({ own, gateways, resolvers }: NetworkAddresses): Protected[] {
  const named = (prefixes: readonly Prefix[], what: string) =>
    prefixes.map((prefix) => ({
      prefix,
      what: `the controller's ${what} ${formatAddress(prefix.family, prefix.address)}`,
    }));
  return [...named(own, 'own address'), ...named(gateways, 'gateway'), ...named(resolvers, 'resolver')];
}
