// What a block does not stop: prefixes, or parts of them, that an allow entry lets through on some hosts, whether a claim or an address
// that the host protects by itself. The allow entry wins in the kernel, so that no proof of the block is a proof of dropping.

import { FAMILIES } from '../../../common/entries/packed.ts';
import { hasEnded } from '../../../common/precedence.ts';
import type { Prefix } from '../../../common/text/prefix.ts';
import { selectorMatches } from '../../../common/text/selector.ts';
import { Pacer } from '../../../common/time/pacer.ts';
import type { HostRefusal, HostState } from '../../fleet/host/host-state.ts';
import type { HostRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { AllowIndex, AllowLayer } from './allow-index.ts';
import { BlockedPrefixes } from './blocked-prefixes.ts';
import { type Hit, Meetings } from './meetings.ts';
import { ByLayers, passing } from './passing.ts';
import { Names, refusalText, warningsOf } from './sentences.ts';

/** `stateOf` tells what each host protects by itself; `store` is only asked for the origins that texts name. */
export interface ExemptionDeps {
  readonly allowed: Pick<AllowIndex, 'layers'>;
  readonly store: Pick<Store, 'claims'>;
  readonly stateOf: (hostId: string) => HostState;
  readonly wallMs: () => number;
}

/** What a block of some prefixes does not do. */
export interface Exempted {
  /** Hosts on which at least one of the prefixes passes as a whole. */
  readonly refusals: ReadonlyMap<string, HostRefusal>;
  /** One sentence each: prefixes of which only parts pass. */
  readonly warnings: readonly string[];
}

const NONE: Exempted = { refusals: new Map(), warnings: [] };
/** Entries between two readings of the clock. */
const ROWS_BETWEEN_LOOKS = 1024;

/** The effect of a block of `prefixes` on `hosts`, with what is allowed now. */
export async function findExemptions(
  deps: ExemptionDeps,
  prefixes: readonly Prefix[],
  hosts: readonly HostRecord[],
): Promise<Exempted> {
  const blocked = new BlockedPrefixes(prefixes);
  const pacer = new Pacer();
  const met = new Meetings();
  for (const layer of deps.allowed.layers()) {
    await pacer.pause();
    if (hosts.some((host) => selectorMatches(layer.selector, host))) await ofLayer(met, blocked, layer, deps, pacer);
  }
  const names = new Names(deps.store, deps.wallMs());
  const byLayers = new ByLayers(met);
  const refusals = new Map<string, HostRefusal>();
  for (const host of hosts) {
    const own: Hit[] = [];
    const { protectedAddresses } = deps.stateOf(host.id);
    for (const { prefix, why } of protectedAddresses) own.push(...blocked.meeting(prefix, { host, why }));
    await pacer.pause();
    const [first, ...others] = passing(met, byLayers.of(host), own);
    if (first) refusals.set(host.id, { code: 'ALLOWED', text: await refusalText(first, others.length, names) });
    for (const hit of own) if (!hit.whole) met.addPart(hit);
  }
  if (met.empty && refusals.size === 0) return NONE;
  return { refusals, warnings: await warningsOf(met, names) };
}

async function ofLayer(
  met: Meetings,
  blocked: BlockedPrefixes,
  layer: AllowLayer,
  deps: ExemptionDeps,
  pacer: Pacer,
): Promise<void> {
  const { entries } = layer;
  const nowMs = deps.wallMs();
  for (const prefix of blocked.prefixes) {
    for (const { row, length, expiresMs } of entries.covering(prefix))
      if (length < prefix.length && !hasEnded(expiresMs, nowMs))
        met.add({ prefix, entry: entries.prefixAt(prefix.family, row), whole: true, by: layer });
    await pacer.pause();
  }
  for (const family of FAMILIES)
    for (let row = 0; row < entries.countOf(family); row++) {
      if (!hasEnded(entries.expiryAt(family, row), nowMs))
        for (const hit of blocked.around(entries.prefixAt(family, row), layer)) met.add(hit);
      if (row % ROWS_BETWEEN_LOOKS === 0) await pacer.pause();
    }
}
