// Layers: what claims amount to for hosts, as rows, by where they come from.
import type { PackedEntries } from '../../common/entries/packed.ts';
import { listOrigin } from '../../common/text/origin.ts';
import { formatSelector, type Selector } from '../../common/text/selector.ts';

/**
 * A layer is one source of effective entries: all single claims of one selector, or one list. A view is the stack of the
 * layers whose selectors match its hosts.
 */
export interface LayerKey {
  /** `claims <selector text>` or `list:<name> <selector text>`; unique and stable. */
  readonly id: string;
  readonly selector: Selector;
}

export function claimsLayer(selector: Selector): LayerKey {
  return { id: `claims ${formatSelector(selector)}`, selector };
}

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
