// All that a store in memory keeps, as one value that can be copied.
import { randomUUID } from 'node:crypto';
import type { Revision } from '../../../common/revision.ts';
import type { LayerKey } from '../../claims/layers.ts';
import type { Touched } from '../port/revisions.ts';
import type { HostNote } from '../records.ts';
import { MemoryAudit } from './audit.ts';
import { MemoryClaims } from './claims.ts';
import { MemoryIdentity } from './identity.ts';
import { MemoryLists } from './lists.ts';

/** Copied before every change, so that one that fails leaves nothing behind. */
export class MemoryState {
  readonly epoch: string;
  readonly claims: MemoryClaims;
  readonly lists: MemoryLists;
  readonly identity: MemoryIdentity;
  readonly audit: MemoryAudit;
  readonly notes: Map<string, HostNote>;
  /** By revision, the oldest first. */
  readonly history: (Touched & { readonly layer: LayerKey; readonly revision: Revision })[];
  head: Revision;
  /** Unix milliseconds; 0: not known. */
  aliveMs: number;

  /** A copy of `from`: later changes of one do not touch the other. */
  constructor(from?: MemoryState) {
    this.epoch = from?.epoch ?? randomUUID();
    this.claims = new MemoryClaims(from?.claims);
    this.lists = new MemoryLists(from?.lists);
    this.identity = new MemoryIdentity(from?.identity);
    this.audit = new MemoryAudit(from?.audit);
    this.notes = new Map(from?.notes);
    this.history = [...(from?.history ?? [])];
    this.head = from?.head ?? 0n;
    this.aliveMs = from?.aliveMs ?? 0;
  }
}
