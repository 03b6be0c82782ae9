// What an interface's packets begin with. The program reads Ethernet headers: where there are none (WireGuard, tun, ppp, ipip,
// sit...) the kernel attaches it anyway, and the program would take addresses for headers and pass everything.
import { kernelError } from '../libbpf/errno.ts';
import { library } from '../libbpf/library.ts';

/** linux/if_arp.h */
const ARPHRD_ETHER = 1;
const ARPHRD_LOOPBACK = 772;

/** Names of common types, for messages. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [32, 'InfiniBand'],
  [512, 'PPP'],
  [768, 'an IP tunnel'],
  [769, 'an IPv6 tunnel'],
  [776, 'an IPv6-in-IPv4 tunnel'],
  [778, 'GRE over IP'],
  [823, 'GRE over IPv6'],
  [0xfffe, 'bare IP, as with WireGuard and tun'],
]);

const AF_INET = 2;
/** SOCK_DGRAM | SOCK_CLOEXEC */
const SOCKET_TYPE = 2 | 0o2000000;
const SIOCGIFHWADDR = 0x8927;
/** struct ifreq: the name, then struct sockaddr, whose family is the type of the link. */
const REQUEST_BYTES = 40;
const FAMILY_OFFSET = 16;

/** ARPHRD_* of an interface of this network namespace. @throws KernelError ENODEV: there is none of that name */
export function linkType(name: string): number {
  const lib = library();
  const socket = lib.socket(AF_INET, SOCKET_TYPE, 0);
  if (socket < 0) throw kernelError(lib.errno(), 'cannot open a socket');
  try {
    const request = Buffer.alloc(REQUEST_BYTES);
    request.write(name, 0, FAMILY_OFFSET - 1);
    if (lib.ioctl(socket, SIOCGIFHWADDR, request) !== 0)
      throw kernelError(lib.errno(), `cannot ask for the link type of ${name}`);
    return request.readUInt16LE(FAMILY_OFFSET);
  } finally {
    lib.close(socket);
  }
}

/** Whether packets of that type of link begin with an Ethernet header. */
export function isEthernet(type: number): boolean {
  return type === ARPHRD_ETHER || type === ARPHRD_LOOPBACK;
}

/** Why the program cannot work on the interface; empty when it can. */
export function linkTypeProblem(name: string): string {
  const type = linkType(name);
  return isEthernet(type)
    ? ''
    : `packets of ${name} have no Ethernet header (link type ${type}${NAMES.has(type) ? `, ${NAMES.get(type)}` : ''}), so that nothing could be matched`;
}
