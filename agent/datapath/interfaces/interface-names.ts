// Interface names and indexes of this process's own network namespace: sysfs shows those of the namespace that it was mounted in.
import { library } from '../libbpf/library.ts';

const NAME_BYTES = 16;

/** Kernel index of an interface, 0 when there is none of that name. */
export function interfaceIndex(name: string): number {
  return library().nameToIndex(name);
}

/** Present name of an interface; undefined when there is none of that index. */
export function interfaceName(index: number): string | undefined {
  const bytes = Buffer.alloc(NAME_BYTES);
  if (index === 0 || library().indexToName(index, bytes) === null) return undefined;
  return bytes.toString('utf8', 0, bytes.indexOf(0));
}

/** Whether an interface can have that name (dev_valid_name in the kernel). */
export function isInterfaceName(name: string): boolean {
  return name !== '.' && name !== '..' && /^[^\s/:]+$/.test(name) && Buffer.byteLength(name) < NAME_BYTES;
}

/** The name as one on bpffs, which has no dots: `eth0.100` -> `eth0%2E100`. */
export function pinName(interfaceName: string): string {
  return interfaceName.replace(/[%.]/g, (character) => (character === '.' ? '%2E' : '%25'));
}
