// What the contracts of a store share: a store that is opened for each test, a clock that stands still, and short words for requests.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { unpackEntries } from '../../../common/entries/packed.ts';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import { parseSelector } from '../../../common/text/selector.ts';
import type { Clock } from '../../../common/time/clock.ts';
import type { AddClaims, RemoveClaims } from '../../claims/change.ts';
import type { Claim } from '../../claims/claim.ts';
import type { ClaimFilter } from '../port/claims.ts';
import type { StoreEvent } from '../port/revisions.ts';
import type { Store } from '../store.ts';

/** What a contract gives to the function that opens a store. */
export interface OpenOptions {
  /** Unique to a test: what was stored there before is there again. */
  readonly directory: string;
  readonly clock: Clock;
  readonly historyRevisions?: number;
  readonly onFollowerError?: (error: unknown) => void;
}

/** Who makes the changes of all contracts. */
export const BY = { actor: 'admin/alice', reason: 'test' };
/** The target of claims unless a test names another. */
export const ALL = parseSelector('all');

class StandingClock implements Clock {
  now = 1_700_000_000_000;
  /** By how much somebody has set the wall clock, milliseconds. */
  setMs = 0;
  wallMs = () => this.now + this.setMs;
  monotonicMs = () => this.now;
}

/** Made inside a `describe`: each of its tests finds an empty store. */
export class Harness {
  readonly #open: (options: OpenOptions) => Promise<Store>;
  #directory = '';
  #store: Store | undefined;
  clock = new StandingClock();
  events: StoreEvent[] = [];

  /** Opens an empty store before each test of the suite that it is made in, and closes it afterwards. */
  constructor(open: (options: OpenOptions) => Promise<Store>) {
    this.#open = open;
    beforeEach(async () => {
      this.#directory = mkdtempSync(join(tmpdir(), 'fleetblock-store-'));
      this.clock = new StandingClock();
      await this.reopen();
    });
    afterEach(async () => {
      await this.#store?.close();
      this.#store = undefined;
      rmSync(this.#directory, { recursive: true, force: true });
    });
  }

  get store(): Store {
    if (!this.#store) throw new Error('no test is running');
    return this.#store;
  }

  async reopen(more: Partial<OpenOptions> = {}): Promise<void> {
    await this.#store?.close();
    this.#store = await this.#open({ directory: this.#directory, clock: this.clock, ...more });
    this.events = [];
    this.#store.follow((event) => this.events.push(event));
  }

  add(prefixes: readonly string[], more: Partial<AddClaims> = {}) {
    return this.store.addClaims({
      ...BY,
      prefixes: prefixes.map(parsePrefix),
      action: 'block',
      origin: 'manual',
      selector: ALL,
      expiresMs: 0,
      dryRun: false,
      ...more,
    });
  }

  remove(prefixes: readonly string[], more: Partial<RemoveClaims> = {}) {
    return this.store.removeClaims({
      ...BY,
      prefixes: prefixes.map(parsePrefix),
      action: 'block',
      origin: 'manual',
      selector: undefined,
      dryRun: false,
      ...more,
    });
  }

  async claims(filter: ClaimFilter = {}): Promise<Claim[]> {
    return gathered(this.store.claims(filter));
  }

  /** The present rows of all layers, one text per row. */
  async layers(): Promise<string[]> {
    const rows: string[] = [];
    for await (const { layer, sets } of this.store.readLayers())
      for (const { prefix, action, ttlMs } of unpackEntries(sets))
        rows.push(
          `${layer.id}: ${formatPrefix(prefix)}${action === 'monitor' ? ' monitor' : ''}${ttlMs ? ` until ${ttlMs - this.clock.now}` : ''}`,
        );
    return rows.sort();
  }
}

/** All items of all batches. */
export async function gathered<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}
