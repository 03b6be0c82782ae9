// The keys that a change of single claims touched: from them come the rows for hosts and the subject of the audit record.
import type { Slot } from '../../common/action.ts';
import type { AuditVerb } from '../../common/audit-verbs.ts';
import { type Entry, packEntries } from '../../common/entries/packed.ts';
import type { Revision } from '../../common/revision.ts';
import { formatPrefix, type Prefix } from '../../common/text/prefix.ts';
import { formatSelector, type Selector } from '../../common/text/selector.ts';
import type { Attribution } from './attribution.ts';
import type { ClaimKey } from './claim.ts';
import type { ClaimTx } from './claim-tx.ts';
import { claimsLayer, effectOf, layerEntry } from './layers.ts';
import type { Steps } from './steps.ts';

/** Prefixes that a subject names; more are counted. */
const MAX_SUBJECTS = 100;

/** How a change reads in the audit, around its prefixes and targets. */
export interface Wording {
  readonly verb: AuditVerb;
  /** Stands before the prefixes. */
  readonly head?: string;
  /** Stands behind the targets. */
  readonly tail?: string;
}

interface LayerRows {
  readonly selector: Selector;
  readonly sets: Entry<'unix'>[];
  readonly deletes: Entry<'unix'>[];
}

/** One per change: filled while claims are saved and deleted, then committed once. */
export class TouchedKeys {
  readonly #keys = new Map<string, { prefix: Prefix; slot: Slot; layers: Map<string, Selector> }>();
  readonly #subjects = new Set<string>();
  readonly #targets = new Map<string, Selector>();

  /** Hosts get another row for it, or none: one, however many claims on it changed. */
  touched({ prefix, slot, selector }: Omit<ClaimKey, 'origin'>): void {
    const id = `${formatPrefix(prefix)} ${slot}`;
    const key = this.#keys.get(id) ?? { prefix, slot, layers: new Map() };
    key.layers.set(formatSelector(selector), selector);
    this.#keys.set(id, key);
    this.named({ prefix, selector });
  }

  /** It is about this prefix, although nothing changes for hosts. */
  named({ prefix, selector }: Pick<ClaimKey, 'prefix' | 'selector'>): void {
    this.#subjects.add(formatPrefix(prefix));
    this.#targets.set(formatSelector(selector), selector);
  }

  get targets(): Selector[] {
    return [...this.#targets.values()];
  }

  /** Writes the rows and the audit record, if there is something to say. @returns the revision that holds it */
  *commit(tx: ClaimTx, { actor, reason, from }: Attribution, { verb, head = '', tail = '' }: Wording): Steps<Revision> {
    if (this.#subjects.size === 0) return tx.head();
    const changes = this.#keys.size > 0;
    if (changes) tx.revise();
    const layers = new Map<string, LayerRows>();
    for (const { prefix, slot, layers: selectors } of this.#keys.values()) {
      const claims = yield* tx.on(prefix, slot);
      for (const [id, selector] of selectors) {
        const rows = layers.get(id) ?? { selector, sets: [], deletes: [] };
        layers.set(id, rows);
        const effect = effectOf(claims, selector, tx.nowMs);
        (effect ? rows.sets : rows.deletes).push(layerEntry(prefix, effect ?? { action: slot, expiresMs: 0 }));
      }
      yield;
    }
    for (const { selector, sets, deletes } of layers.values())
      tx.touch(claimsLayer(selector), packEntries(sets), packEntries(deletes));
    const subject = `${head}${shorten([...this.#subjects])} on ${[...this.#targets.keys()].join(' ')}${tail}`;
    tx.audit({ actor, reason, ...(from !== undefined && { from }), verb, subject }, changes ? tx.head() : 0n);
    return tx.head();
  }
}

/** Prefixes in a subject: the first are named. */
export function shorten(subjects: readonly string[]): string {
  const shown = subjects.slice(0, MAX_SUBJECTS).join(' ');
  return subjects.length > MAX_SUBJECTS ? `${shown} and ${subjects.length - MAX_SUBJECTS} more` : shown;
}
