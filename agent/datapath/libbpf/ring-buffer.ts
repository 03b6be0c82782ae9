// Records of a BPF ring buffer, as they come, without a thread that polls.
import koffi from 'koffi';
import { check, kernelError } from './errno.ts';
import { library } from './library.ts';
import type { LibbpfMap } from './map.ts';

export interface RingBuffer {
  /** Stops reading; what is not read stays in the map. Idempotent. */
  close(): void;
}

/**
 * Calls `onRecord` with a copy of every record from now on. An exception of `onRecord` goes to `onError`, as does a broken ring.
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
  const consume = () => {
    try {
      check(lib.ringBufferConsume(ring), `cannot read the ring buffer ${map.name}`);
    } catch (error) {
      onError(error);
    }
  };
  const poll = koffi.node.poll(lib.ringBufferEpollFd(ring), { readable: true }, consume);
  poll.unref();
  let open = true;
  return {
    close: () => {
      if (!open) return;
      open = false;
      poll.close();
      lib.ringBufferFree(ring);
      koffi.unregister(callback);
    },
  };
}
