// Single addresses, sorted once and asked a million times: is any of them inside this prefix?
import type { Family, Prefix } from '../../../common/text/prefix.ts';

/** For addresses that stay as they are: built once per look of the guard. */
export class AddressIndex {
  readonly #v4: Uint32Array;
  readonly #v6: readonly bigint[];

  /** `addresses`: of full length. */
  constructor(addresses: Iterable<Prefix>) {
    const v4: number[] = [];
    const v6 = new Set<bigint>();
    for (const { family, address } of addresses) {
      const bytes = new DataView(address.buffer, address.byteOffset);
      if (family === 4) v4.push(bytes.getUint32(0));
      else v6.add(wide(bytes, 0));
    }
    this.#v4 = Uint32Array.from(v4).sort();
    this.#v6 = [...v6].sort((a, b) => (a < b ? -1 : 1));
  }

  /** `address`: network byte order, canonical, at `offset`. */
  anyInside(family: Family, address: Uint8Array, offset: number, length: number): boolean {
    if ((family === 4 ? this.#v4 : this.#v6).length === 0) return false;
    const bytes = new DataView(address.buffer, address.byteOffset);
    if (family === 4) {
      const first = bytes.getUint32(offset);
      return within(this.#v4, first, first + 2 ** (32 - length) - 1);
    }
    const first = wide(bytes, offset);
    return within(this.#v6, first, first + (1n << BigInt(128 - length)) - 1n);
  }
}

function wide(bytes: DataView, offset: number): bigint {
  return (bytes.getBigUint64(offset) << 64n) | bytes.getBigUint64(offset + 8);
}

/** Is one of the sorted values between `first` and `last`, both inclusive? */
function within<T extends number | bigint>(sorted: ArrayLike<T>, first: T, last: T): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? last) < first) low = middle + 1;
    else high = middle;
  }
  const next = sorted[low];
  return next !== undefined && next <= last;
}
