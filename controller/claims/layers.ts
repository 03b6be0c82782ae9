// Layers: what claims amount to for hosts, as rows, by where they come from.
import { slotOf } from '../../common/action.ts';
import { type Entry, NO_ENTRIES, type PackedEntries, packEntries } from '../../common/entries/packed.ts';
import { type Effect, hasEnded, stronger } from '../../common/precedence.ts';
import { listOrigin } from '../../common/text/origin.ts';
import type { Prefix } from '../../common/text/prefix.ts';
import { formatSelector, type Selector } from '../../common/text/selector.ts';
import type { Claim } from './claim.ts';

/**
 * A layer is one source of effective entries: all single claims of one selector, or one list. A view is the stack of the
 * layers whose selectors match its hosts.
 */
export interface LayerKey {
  /** `claims <selector text>` or `list:<name> <selector text>`; unique and stable. */
  readonly id: string;
  readonly selector: Selector;
}

/** Of all single claims for these hosts, of every origin and action. */
export function claimsLayer(selector: Selector): LayerKey {
  return { id: `claims ${formatSelector(selector)}`, selector };
}

/** A list that is given another target becomes another layer. */
export function listLayer(name: string, selector: Selector): LayerKey {
  return { id: `${listOrigin(name)} ${formatSelector(selector)}`, selector };
}

/** Rows of one layer that changed: absolute, so that applying them twice does no harm. Times are Unix milliseconds. */
export interface LayerChange {
  readonly layer: LayerKey;
  /** New or replaced rows. */
  readonly sets: PackedEntries<'unix'>;
  /** Rows that are gone. */
  readonly deletes: PackedEntries;
}

/** What claims on one prefix and slot amount to for hosts of this selector; undefined: none of them is for these, or lives. */
export function effectOf(claims: readonly Claim[], selector: Selector, nowMs: number): Effect | undefined {
  const wanted = formatSelector(selector);
  return claims
    .filter((claim) => formatSelector(claim.selector) === wanted && !hasEnded(claim.expiresMs, nowMs))
    .reduce<Effect | undefined>(stronger, undefined);
}

/** A row as a layer change carries it: the end in Unix milliseconds in place of the remaining time. */
export function layerEntry(prefix: Prefix, { action, expiresMs }: Effect): Entry<'unix'> {
  return { prefix, action, ttlMs: expiresMs };
}

/** What claims amount to, one change per layer: all claims on the same prefix and slot must be among them. */
export function claimLayers(claims: readonly Claim[], nowMs: number): LayerChange[] {
  const layers = new Map<string, { layer: LayerKey; rows: Map<string, { claim: Claim; effect: Effect }> }>();
  for (const claim of claims) {
    if (hasEnded(claim.expiresMs, nowMs)) continue;
    const layer = claimsLayer(claim.selector);
    const found = layers.get(layer.id) ?? { layer, rows: new Map() };
    layers.set(layer.id, found);
    const key = `${Buffer.from(claim.prefix.address).toString('hex')}/${claim.prefix.length} ${slotOf(claim.action)}`;
    found.rows.set(key, { claim, effect: stronger(found.rows.get(key)?.effect, claim) });
  }
  return [...layers.values()].map(({ layer, rows }) => ({
    layer,
    sets: packEntries([...rows.values()].map(({ claim, effect }) => layerEntry(claim.prefix, effect))),
    deletes: NO_ENTRIES,
  }));
}
