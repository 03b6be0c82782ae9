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

/** One per change: filled while claims are saved and deleted, then committed once. */
export class TouchedKeys {
  readonly #layers = new Map<string, { selector: Selector; keys: Map<string, { prefix: Prefix; slot: Slot }> }>();
  readonly #subjects = new Set<string>();
  readonly #targets = new Map<string, Selector>();

  /** Hosts get another row for it, or none: one, however many claims on it changed. */
  touched({ prefix, slot, selector }: Omit<ClaimKey, 'origin'>): void {
    const id = formatSelector(selector);
    const group = this.#layers.get(id) ?? { selector, keys: new Map() };
    group.keys.set(`${formatPrefix(prefix)} ${slot}`, { prefix, slot });
    this.#layers.set(id, group);
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
    const changes = this.#layers.size > 0;
    if (changes) tx.revise();
    for (const { selector, keys } of this.#layers.values()) {
      const sets: Entry<'unix'>[] = [];
      const deletes: Entry<'unix'>[] = [];
      for (const { prefix, slot } of keys.values()) {
        const effect = effectOf(yield* tx.on(prefix, slot), selector, tx.nowMs);
        (effect ? sets : deletes).push(layerEntry(prefix, effect ?? { action: slot, expiresMs: 0 }));
        yield;
      }
      tx.touch(claimsLayer(selector), packEntries(sets), packEntries(deletes));
    }
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
