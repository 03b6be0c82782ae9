// What a controller sends for given entries, made from a reference table: for tests of the agent.
import { EntryTable } from '../../common/entries/entry-table.ts';
import { type Entry, type PackedEntries, packEntries, unpackEntries } from '../../common/entries/packed.ts';
import { sliceEntries } from '../../common/entries/rows.ts';
import { toWire } from '../../common/entries/wire.ts';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import type { ControllerMessage } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';

export const entry = (prefix: string, more: Partial<Entry> = {}): Entry => ({
  prefix: parsePrefix(prefix),
  action: 'block',
  ttlMs: 0,
  ...more,
});

export const welcome = (storeEpoch: string, more: object = {}): ControllerMessage => ({
  welcome: { protocol: 1, storeEpoch, hostName: 'h', statusIntervalMs: 60_000, silenceLimitMs: 60_000, ...more },
});

/** A view and its revision, as the controller would keep it. */
export class ReferenceView {
  readonly epoch: string;
  revision = 0n;
  readonly table = new EntryTable<'boot'>();

  constructor(epoch: string, revision = 0n) {
    this.epoch = epoch;
    this.revision = revision;
  }

  /** Adds `count` spread addresses, at the same revision. */
  fill(count: number): void {
    const address = new Uint8Array(4);
    for (let i = 0; i < count; i++) {
      // A permutation of 32-bit numbers: distinct and far apart.
      new DataView(address.buffer).setUint32(0, Math.imul(i, 0x9e3779b1) >>> 0);
      this.table.v4.set(address, 0, 32, 0, 0);
    }
  }

  /** Changes the view by one revision and gives the delta. */
  change(adds: readonly Entry[], removes: readonly Entry[] = []): ControllerMessage {
    return this.changePacked(packEntries(adds), packEntries(removes));
  }

  changePacked(adds: PackedEntries<'left'>, removes: PackedEntries<'left'>): ControllerMessage {
    const from = this.revision++;
    this.table.addLeft(adds, 0);
    this.table.removeAll(removes);
    return {
      delta: {
        storeEpoch: this.epoch,
        fromRevision: `${from}`,
        toRevision: `${this.revision}`,
        adds: toWire(adds),
        removes: toWire(removes),
        digest: this.table.digest(),
      },
    };
  }

  /** The whole view in chunks of `rows` rows. */
  snapshot(rows = 2, more: object = {}): ControllerMessage[] {
    const all = this.table.packLeft(0);
    const chunks: ControllerMessage[] = [];
    for (let at = 0; at < Math.max(all.v4.count, all.v6.count); at += rows)
      chunks.push({ snapshotChunk: { entries: toWire(sliceEntries(all, at, at + rows)) } });
    return [
      {
        snapshotBegin: {
          storeEpoch: this.epoch,
          revision: `${this.revision}`,
          entries: `${this.table.size}`,
          ...more,
        },
      },
      ...chunks,
      { snapshotEnd: { revision: `${this.revision}`, digest: this.table.digest() } },
    ];
  }
}

/** `block 192.0.2.1/32`, sorted. */
export function listed(table: EntryTable<'boot'>): string[] {
  return unpackEntries(table.pack())
    .map(({ prefix, action }) => `${action} ${formatPrefix(prefix)}`)
    .sort();
}
