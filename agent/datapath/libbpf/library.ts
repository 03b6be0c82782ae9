// libbpf.so.1 and libc as typed functions. Everything that crosses into C is declared here and in program.ts; buffers are
// `void *`: koffi then passes the Buffer's own memory, both ways.
import koffi, { type LibraryHandle } from 'koffi';
import { FleetblockError, messageOf } from '../../../common/errors.ts';

/** An address in this process; null is C's NULL. */
export type Pointer = bigint | null;

type Bytes = Uint8Array | Uint32Array | null;
type Done = (error: Error | null, result: number) => void;

/** A call that can also run in a worker thread: by `offLoop`, with memory that stays unchanged until it is done. */
export interface OffLoop<Args extends readonly unknown[]> {
  (...args: Args): number;
  async(...args: [...Args, Done]): void;
}

/** Numbers below 0 are negative errnos; check() in errno.ts turns them into errors. Pointers are valid until their object is closed. */
export interface Library {
  // libbpf: objects
  readonly objectOpen: (path: string, options: Bytes) => Pointer;
  readonly objectLoad: OffLoop<[object: Pointer]>;
  readonly objectClose: (object: Pointer) => void;
  readonly nextMap: (object: Pointer, after: Pointer) => Pointer;
  readonly nextProgram: (object: Pointer, after: Pointer) => Pointer;
  readonly mapName: (map: Pointer) => string;
  readonly mapFd: (map: Pointer) => number;
  readonly mapIsInternal: (map: Pointer) => boolean;
  readonly mapSetMaxEntries: (map: Pointer, entries: number) => number;
  readonly mapReuseFd: (map: Pointer, fd: number) => number;
  readonly mapType: (map: Pointer) => number;
  readonly mapKeySize: (map: Pointer) => number;
  readonly mapValueSize: (map: Pointer) => number;
  readonly mapMaxEntries: (map: Pointer) => number;
  readonly mapFlags: (map: Pointer) => number;
  readonly programName: (program: Pointer) => string;
  readonly programFd: (program: Pointer) => number;
  readonly programType: (program: Pointer) => number;
  readonly programFlags: (program: Pointer) => number;
  readonly programSetFlags: (program: Pointer, flags: number) => number;
  readonly setPrint: (callback: Pointer) => Pointer;
  // libbpf: system calls on file descriptors
  readonly mapLookup: (fd: number, key: Bytes, value: Bytes) => number;
  readonly mapUpdate: OffLoop<[fd: number, key: Bytes, value: Bytes, flags: number]>;
  readonly mapDelete: (fd: number, key: Bytes) => number;
  readonly mapNextKey: (fd: number, key: Bytes, next: Bytes) => number;
  readonly mapUpdateBatch: OffLoop<[fd: number, keys: Bytes, values: Bytes, count: Bytes, options: Bytes]>;
  readonly mapDeleteBatch: OffLoop<[fd: number, keys: Bytes, count: Bytes, options: Bytes]>;
  readonly mapLookupBatch: OffLoop<
    [fd: number, from: Bytes, next: Bytes, keys: Bytes, values: Bytes, count: Bytes, options: Bytes]
  >;
  readonly mapCreate: (type: number, name: string, key: number, value: number, entries: number, opts: Bytes) => number;
  readonly objPin: (fd: number, path: string) => number;
  readonly objGet: (path: string) => number;
  readonly objInfo: (fd: number, info: Bytes, length: Bytes) => number;
  readonly linkCreate: (programFd: number, ifindex: number, attachType: number, options: Bytes) => number;
  readonly linkUpdate: (linkFd: number, programFd: number, options: Bytes) => number;
  readonly linkDetach: (linkFd: number) => number;
  readonly xdpQuery: (ifindex: number, flags: number, options: Bytes) => number;
  readonly xdpAttach: (ifindex: number, programFd: number, flags: number, options: Bytes) => number;
  readonly xdpDetach: (ifindex: number, flags: number, options: Bytes) => number;
  readonly programFdById: (id: number) => number;
  readonly ringBufferNew: (fd: number, callback: Pointer, context: Pointer, options: Bytes) => Pointer;
  readonly ringBufferConsume: (ring: Pointer) => number;
  readonly ringBufferFree: (ring: Pointer) => void;
  // libc
  readonly mmap: (at: Pointer, bytes: number, protection: number, flags: number, fd: number, offset: number) => Pointer;
  readonly mallopt: (parameter: number, value: number) => number;
  readonly mallocTrim: (keep: number) => number;
  readonly munmap: (at: Pointer, bytes: number) => number;
  readonly close: (fd: number) => number;
  /** fcntl F_DUPFD_CLOEXEC */
  readonly duplicate: (fd: number) => number;
  readonly flock: (fd: number, operation: number) => number;
  readonly mount: (source: string, target: string, type: string, flags: number, data: string) => number;
  readonly nameToIndex: (name: string) => number;
  readonly indexToName: (index: number, name: Bytes) => Pointer;
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly bind: (fd: number, address: Bytes, length: number) => number;
  readonly ioctl: (fd: number, request: number, argument: Bytes) => number;
  readonly recv: (fd: number, bytes: Bytes, length: number, flags: number) => number;
  readonly vsnprintf: (out: Bytes, size: number, format: Pointer, values: Pointer) => number;
  /** errno of the last libc call. */
  readonly errno: () => number;
  /** For calls that take structs: declared where they are used. */
  readonly libbpf: LibraryHandle;
}

const F_DUPFD_CLOEXEC = 1030;

let loaded: Library | undefined;

/** @throws FleetblockError FAILED_PRECONDITION when libbpf is not installed, naming the package */
export function library(): Library {
  loaded ??= load();
  return loaded;
}

function open(name: string, fix: string): LibraryHandle {
  try {
    return koffi.load(name);
  } catch (error) {
    throw new FleetblockError('FAILED_PRECONDITION', `cannot load ${name}: ${fix} (${messageOf(error)})`, {
      cause: error,
    });
  }
}

function load(): Library {
  const bpf = open('libbpf.so.1', 'install libbpf 1.x: the package libbpf1 (Debian, Ubuntu) or libbpf (Fedora, Arch)');
  const libc = open('libc.so.6', 'glibc is needed');
  const p = 'void *';
  const fcntl = libc.func('fcntl', 'int', ['int', 'int', '...']);
  const ioctl = libc.func('ioctl', 'int', ['int', 'ulong', '...']);
  return {
    objectOpen: bpf.func('bpf_object__open_file', p, ['str', p]),
    objectLoad: bpf.func('bpf_object__load', 'int', [p]),
    objectClose: bpf.func('bpf_object__close', 'void', [p]),
    nextMap: bpf.func('bpf_object__next_map', p, [p, p]),
    nextProgram: bpf.func('bpf_object__next_program', p, [p, p]),
    mapName: bpf.func('bpf_map__name', 'str', [p]),
    mapFd: bpf.func('bpf_map__fd', 'int', [p]),
    mapIsInternal: bpf.func('bpf_map__is_internal', 'bool', [p]),
    mapSetMaxEntries: bpf.func('bpf_map__set_max_entries', 'int', [p, 'uint32_t']),
    mapReuseFd: bpf.func('bpf_map__reuse_fd', 'int', [p, 'int']),
    mapType: bpf.func('bpf_map__type', 'uint32_t', [p]),
    mapKeySize: bpf.func('bpf_map__key_size', 'uint32_t', [p]),
    mapValueSize: bpf.func('bpf_map__value_size', 'uint32_t', [p]),
    mapMaxEntries: bpf.func('bpf_map__max_entries', 'uint32_t', [p]),
    mapFlags: bpf.func('bpf_map__map_flags', 'uint32_t', [p]),
    programName: bpf.func('bpf_program__name', 'str', [p]),
    programFd: bpf.func('bpf_program__fd', 'int', [p]),
    programType: bpf.func('bpf_program__type', 'uint32_t', [p]),
    programFlags: bpf.func('bpf_program__flags', 'uint32_t', [p]),
    programSetFlags: bpf.func('bpf_program__set_flags', 'int', [p, 'uint32_t']),
    setPrint: bpf.func('libbpf_set_print', p, [p]),
    mapLookup: bpf.func('bpf_map_lookup_elem', 'int', ['int', p, p]),
    mapUpdate: bpf.func('bpf_map_update_elem', 'int', ['int', p, p, 'uint64_t']),
    mapDelete: bpf.func('bpf_map_delete_elem', 'int', ['int', p]),
    mapNextKey: bpf.func('bpf_map_get_next_key', 'int', ['int', p, p]),
    mapUpdateBatch: bpf.func('bpf_map_update_batch', 'int', ['int', p, p, p, p]),
    mapDeleteBatch: bpf.func('bpf_map_delete_batch', 'int', ['int', p, p, p]),
    mapLookupBatch: bpf.func('bpf_map_lookup_batch', 'int', ['int', p, p, p, p, p, p]),
    mapCreate: bpf.func('bpf_map_create', 'int', ['int', 'str', 'uint32_t', 'uint32_t', 'uint32_t', p]),
    objPin: bpf.func('bpf_obj_pin', 'int', ['int', 'str']),
    objGet: bpf.func('bpf_obj_get', 'int', ['str']),
    objInfo: bpf.func('bpf_obj_get_info_by_fd', 'int', ['int', p, p]),
    linkCreate: bpf.func('bpf_link_create', 'int', ['int', 'int', 'int', p]),
    linkUpdate: bpf.func('bpf_link_update', 'int', ['int', 'int', p]),
    linkDetach: bpf.func('bpf_link_detach', 'int', ['int']),
    xdpQuery: bpf.func('bpf_xdp_query', 'int', ['int', 'int', p]),
    xdpAttach: bpf.func('bpf_xdp_attach', 'int', ['int', 'int', 'uint32_t', p]),
    xdpDetach: bpf.func('bpf_xdp_detach', 'int', ['int', 'uint32_t', p]),
    programFdById: bpf.func('bpf_prog_get_fd_by_id', 'int', ['uint32_t']),
    ringBufferNew: bpf.func('ring_buffer__new', p, ['int', p, p, p]),
    ringBufferConsume: bpf.func('ring_buffer__consume', 'int', [p]),
    ringBufferFree: bpf.func('ring_buffer__free', 'void', [p]),
    mmap: libc.func('mmap', p, [p, 'size_t', 'int', 'int', 'int', 'int64_t']),
    mallopt: libc.func('mallopt', 'int', ['int', 'int']),
    mallocTrim: libc.func('malloc_trim', 'int', ['size_t']),
    munmap: libc.func('munmap', 'int', [p, 'size_t']),
    close: libc.func('close', 'int', ['int']),
    duplicate: (fd) => fcntl(fd, F_DUPFD_CLOEXEC, 'int', 0),
    flock: libc.func('flock', 'int', ['int', 'int']),
    mount: libc.func('mount', 'int', ['str', 'str', 'str', 'ulong', 'str']),
    nameToIndex: libc.func('if_nametoindex', 'uint32_t', ['str']),
    indexToName: libc.func('if_indextoname', p, ['uint32_t', p]),
    socket: libc.func('socket', 'int', ['int', 'int', 'int']),
    bind: libc.func('bind', 'int', ['int', p, 'uint32_t']),
    ioctl: (fd, request, argument) => ioctl(fd, request, p, argument),
    recv: libc.func('recv', 'intptr_t', ['int', p, 'size_t', 'int']),
    vsnprintf: libc.func('vsnprintf', 'int', [p, 'size_t', p, p]),
    errno: () => koffi.errno(),
    libbpf: bpf,
  };
}

/**
 * Arguments of the calls in progress. koffi hands the address of a buffer to its thread and keeps no reference to it: without
 * a reference here the kernel could read and write memory that has been collected.
 */
const underWay = new Set<readonly unknown[]>();

/** A worker-thread call as a promise. Holds the arguments, and what they refer to, until it is done. */
export function offLoop<Args extends readonly unknown[]>(call: OffLoop<Args>, ...args: Args): Promise<number> {
  underWay.add(args);
  return new Promise<number>((resolve, reject) => {
    call.async(...args, (error, result) => {
      if (error) reject(error);
      else resolve(result);
    });
  }).finally(() => underWay.delete(args));
}
