// One change in memory, for tests: what it gathers for hosts and the audit.
import type { PackedEntries } from '../../../common/entries/packed.ts';
import type { Revision } from '../../../common/revision.ts';
import type { LayerTx } from '../../claims/claim-tx.ts';
import type { LayerChange, LayerKey } from '../../claims/layers.ts';
import type { AuditEntry } from '../port/transaction.ts';
import type { HostRecord } from '../records.ts';

/** Gathers only: the store puts it in place when the change went well. */
export class MemoryChange implements LayerTx {
  readonly nowMs: number;
  readonly layers: LayerChange[] = [];
  readonly hosts: HostRecord[] = [];
  readonly records: (AuditEntry & { readonly revision: Revision })[] = [];
  readonly #before: Revision;
  #revised = false;

  /** `head`: the last revision before this change. */
  constructor(nowMs: number, head: Revision) {
    this.nowMs = nowMs;
    this.#before = head;
  }

  revise(): Revision {
    this.#revised = true;
    return this.head();
  }

  head(): Revision {
    return this.#revised ? this.#before + 1n : this.#before;
  }

  touch(layer: LayerKey, sets: PackedEntries<'unix'>, deletes: PackedEntries): void {
    this.layers.push({ layer, sets, deletes });
  }

  audit(entry: AuditEntry, revision = this.#revised ? this.head() : 0n): void {
    this.records.push({ ...entry, revision });
  }
}
