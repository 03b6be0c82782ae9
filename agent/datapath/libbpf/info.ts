// bpf_obj_get_info_by_fd: the kernel's description of a map, a program or a link. All numbers are in the machine's byte order,
// which is little-endian wherever the object runs (it is built for bpfel).
import koffi from 'koffi';
import { check } from './errno.ts';
import { library } from './library.ts';

/** struct bpf_map_info, as far as it is used. `type`: BPF_MAP_TYPE_*; sizes in bytes. */
export interface MapInfo {
  readonly type: number;
  readonly id: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly name: string;
}

/** struct bpf_prog_info, as far as it is used. */
export interface ProgramInfo {
  readonly type: number;
  readonly id: number;
  readonly name: string;
  /** Hash of the instructions, hexadecimal: equal for equal code, whatever maps it uses. */
  readonly tag: string;
  readonly mapIds: readonly number[];
}

/** struct bpf_link_info, as far as it is used. */
export interface LinkInfo {
  readonly type: number;
  readonly id: number;
  readonly programId: number;
  /** Of an XDP link; 0 once its interface is gone. */
  readonly ifindex: number;
}

/** BPF_PROG_TYPE_XDP, BPF_LINK_TYPE_XDP of linux/bpf.h. */
export const PROGRAM_TYPE_XDP = 6;
/** BPF_LINK_TYPE_XDP of linux/bpf.h. */
export const LINK_TYPE_XDP = 6;

// Offsets in struct bpf_map_info, bpf_prog_info and bpf_link_info of linux/bpf.h; kernels write no more than is asked for.
const MAP_INFO_BYTES = 88;
const PROGRAM_INFO_BYTES = 104;
const LINK_INFO_BYTES = 32;
const NAME_BYTES = 16;

function read(fd: number, bytes: number, what: string, prepare?: (info: Buffer) => void): Buffer {
  const info = Buffer.alloc(bytes);
  prepare?.(info);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes);
  check(library().objInfo(fd, info, length), `cannot read about ${what}`);
  return info;
}

function nameAt(info: Buffer, offset: number): string {
  const end = info.indexOf(0, offset);
  return info.toString('latin1', offset, Math.min(end < 0 ? info.length : end, offset + NAME_BYTES));
}

/** Kernel id of a map, a program or a link; ids of different kinds may be equal. @throws KernelError EINVAL: no BPF object */
export function objectId(fd: number): number {
  // The three infos begin with a type and an id.
  return read(fd, 8, 'a BPF object').readUInt32LE(4);
}

/** @throws KernelError EINVAL when `fd` is no BPF object */
export function mapInfo(fd: number): MapInfo {
  const info = read(fd, MAP_INFO_BYTES, 'a map');
  return {
    type: info.readUInt32LE(0),
    id: info.readUInt32LE(4),
    keyBytes: info.readUInt32LE(8),
    valueBytes: info.readUInt32LE(12),
    maxEntries: info.readUInt32LE(16),
    flags: info.readUInt32LE(20),
    name: nameAt(info, 24),
  };
}

/** @throws KernelError */
export function programInfo(fd: number): ProgramInfo {
  const count = read(fd, PROGRAM_INFO_BYTES, 'a program').readUInt32LE(52);
  const ids = new Uint32Array(count);
  const info = read(fd, PROGRAM_INFO_BYTES, 'a program', (blank) => {
    blank.writeUInt32LE(count, 52);
    if (count > 0) blank.writeBigUInt64LE(koffi.address(ids), 56);
  });
  return {
    type: info.readUInt32LE(0),
    id: info.readUInt32LE(4),
    tag: info.toString('hex', 8, 16),
    mapIds: [...ids],
    name: nameAt(info, 64),
  };
}

/** @throws KernelError */
export function linkInfo(fd: number): LinkInfo {
  const info = read(fd, LINK_INFO_BYTES, 'a link');
  return {
    type: info.readUInt32LE(0),
    id: info.readUInt32LE(4),
    programId: info.readUInt32LE(8),
    ifindex: info.readUInt32LE(16),
  };
}
