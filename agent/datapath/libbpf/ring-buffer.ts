// Records of a BPF ring buffer, read when the caller chooses: a wake-up per record would cost the program and the event loop.
import koffi from 'koffi';
import { check, kernelError } from './errno.ts';
import { library } from './library.ts';
import type { LibbpfMap } from './map.ts';

/** Has no timer of its own: what is not read in time, the kernel drops. */
export interface RingBuffer {
  /** Hands over what is there. */
  read(): void;
  /** Stops reading; what is not read stays in the map. Idempotent. */
  close(): void;
}

/**
 * `onRecord` gets a copy of every record, within `read`. An exception of `onRecord` goes to `onError`, as does a broken ring.
 * @throws KernelError EINVAL when the map is no ring buffer
 */
export function openRingBuffer(
  map: LibbpfMap,
  onRecord: (record: Uint8Array) => void,
  onError: (error: unknown) => void,
): RingBuffer {
  const lib = library();
  const sample = koffi.proto('int', ['void *', 'void *', 'size_t']);
  const take = (_context: bigint | null, data: bigint | null, size: number | bigint): number => {
    try {
      // A copy: the kernel writes over the record once this returns.
      if (data !== null) onRecord(new Uint8Array(koffi.view(data, Number(size)).slice(0)));
    } catch (error) {
      onError(error);
    }
    return 0;
  };
  const callback = koffi.register(take, koffi.pointer(sample));
  const ring = lib.ringBufferNew(map.fd, callback, null, null);
  if (ring === null) {
    koffi.unregister(callback);
    throw kernelError(lib.errno(), `cannot read the ring buffer ${map.name}`);
  }
  let open = true;
  return {
    read: () => {
      if (!open) return;
      try {
        check(lib.ringBufferConsume(ring), `cannot read the ring buffer ${map.name}`);
      } catch (error) {
        onError(error);
      }
    },
    close: () => {
      if (!open) return;
      open = false;
      lib.ringBufferFree(ring);
      koffi.unregister(callback);
    },
  };
}
