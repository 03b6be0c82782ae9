// `check`: what the claims say about an address, and what each host's kernel does with it, read back from its maps.

import { type Slot, slotOf } from '../../../common/action.ts';
import { type Verdict as Decided, decide } from '../../../common/precedence.ts';
import { type Prefix, parsePrefix } from '../../../common/text/prefix.ts';
import { selectorMatches } from '../../../common/text/selector.ts';
import type { LookupReply__Output } from '../../../proto/gen/fleetblock/v1/LookupReply.ts';
import type { Claim } from '../../claims/claim.ts';
import type { HostStatus } from '../../fleet/host/host-state.ts';
import type { Hub } from '../../fleet/hub/hub.ts';
import type { HostRecord } from '../../store/records.ts';
import { byName } from '../../views/host-registry.ts';
import type { Targets } from '../targets.ts';
import type { Matches } from './matches.ts';

/** The words that agents use in their look-up replies; `pass` also stands for an address that nothing covers. */
export type Verdict = Exclude<Decided, 'clear'> | 'pass';

/** `desired` comes from the claims, `reply` from the kernel; a difference is drift or a change under way. */
export interface HostCheck {
  readonly host: HostRecord;
  readonly status: HostStatus;
  readonly desired: Verdict;
  /** Undefined: no answer. */
  readonly reply: LookupReply__Output | undefined;
}

/** `claims` has all that cover the address, whatever hosts they are for, the most exact first. */
export interface CheckResult {
  readonly prefix: Prefix;
  readonly claims: readonly Claim[];
  readonly hosts: readonly HostCheck[];
}

/** `matches` answers from the store, `hub` from the kernels. */
export interface CheckDeps {
  readonly matches: Matches;
  readonly targets: Targets;
  readonly hub: Hub;
}

const DEFAULT_TIMEOUT_MS = 2000;
/** Longest wait for hosts' answers, milliseconds. */
const MAX_TIMEOUT_MS = 30_000;

/** @throws FleetblockError INVALID_ARGUMENT, NOT_FOUND (host) */
export async function check(
  deps: CheckDeps,
  address: string,
  hostName: string,
  timeoutMs: number,
): Promise<CheckResult> {
  const prefix = parsePrefix(address);
  const waitMs = Math.min(timeoutMs || DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS);
  const hosts = hostName === '' ? deps.targets.hosts([{ kind: 'all' }]).sort(byName) : [deps.targets.host(hostName)];
  const claims = await deps.matches.covering(prefix);
  const checked = hosts.map(async (host): Promise<HostCheck> => {
    const reply = await deps.hub.lookUp(host.id, prefix.address, waitMs);
    return { host, status: deps.hub.statusOf(host.id), desired: verdictFor(claims, host, deps.matches.nowMs), reply };
  });
  return { prefix, claims, hosts: await Promise.all(checked) };
}

/** As the host's kernel should decide. */
function verdictFor(claims: readonly Claim[], host: HostRecord, nowMs: number): Verdict {
  const own = claims.filter(({ selector }) => selectorMatches(selector, host));
  const of = (slot: Slot) => own.filter(({ action }) => slotOf(action) === slot);
  const { verdict } = decide(of('block'), () => of('allow'), nowMs);
  return verdict === 'clear' ? 'pass' : verdict;
}
