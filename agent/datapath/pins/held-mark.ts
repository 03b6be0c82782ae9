// Which revision the pinned maps hold, kept beside them in the kernel. The record on disk can fall behind (a full disk, one that
// went read-only, one that lost its last writes): this mark tells the next agent not to bring the maps back to it.
import { join } from 'node:path';
import type { MarkedView } from '../datapath.ts';
import { check } from '../libbpf/errno.ts';
import { library } from '../libbpf/library.ts';
import { LibbpfMap, MAP_TYPE } from '../libbpf/map.ts';
import type { MapShape } from '../libbpf/object.ts';
import type { OwnPin } from './own-pins.ts';
import { openPinnedMap, pin } from './pins.ts';

/** Name in the pin directory. */
export const MARK_PIN = 'held';

/** u64 revision, 8 bytes of digest, 16 of the epoch's hash. All zeros: no mark yet. */
const VALUE_BYTES = 32;
const SHAPE: MapShape = {
  name: MARK_PIN,
  type: MAP_TYPE.ARRAY,
  keyBytes: 4,
  valueBytes: VALUE_BYTES,
  maxEntries: 1,
  flags: 0,
};
const KEY = new Uint8Array(4);

/** Written after every change the kernel took; the next agent compares it with the record on disk before it touches the maps. */
export class HeldMark {
  readonly #map: LibbpfMap;
  readonly #path: string;

  /** Opens the mark of a pin directory, or makes an empty one. @throws FleetblockError when something else is pinned there */
  constructor(pinDir: string) {
    const path = join(pinDir, MARK_PIN);
    this.#path = path;
    const found = openPinnedMap(path, SHAPE);
    if (found) {
      this.#map = found;
      return;
    }
    const fd = check(
      library().mapCreate(MAP_TYPE.ARRAY, 'fleetblock_held', 4, VALUE_BYTES, 1, null),
      'cannot make a map',
    );
    this.#map = new LibbpfMap(fd, MARK_PIN);
    try {
      pin(fd, path);
    } catch (error) {
      this.#map.close();
      throw error;
    }
  }

  get pin(): OwnPin {
    return { path: this.#path, fd: this.#map.fd };
  }

  read(): MarkedView | undefined {
    const value = Buffer.from(this.#map.lookup(KEY) ?? []);
    if (value.every((byte) => byte === 0)) return undefined;
    return { revision: value.readBigUInt64LE(0), digest: value.subarray(8, 16), epochHash: value.subarray(16) };
  }

  /** Atomic for later readers: the kernel copies the value even if this process is killed meanwhile. */
  write({ revision, digest, epochHash }: MarkedView): void {
    const value = Buffer.alloc(VALUE_BYTES);
    value.writeBigUInt64LE(revision, 0);
    value.set(digest.subarray(0, 8), 8);
    value.set(epochHash.subarray(0, 16), 16);
    this.#map.update(KEY, value);
  }

  /** Clears the mark: the maps are new and empty. */
  clear(): void {
    this.#map.update(KEY, new Uint8Array(VALUE_BYTES));
  }

  close(): void {
    this.#map.close();
  }
}
