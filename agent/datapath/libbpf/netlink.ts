// Events of this network namespace's interfaces, as the kernel reports them over netlink (rtnetlink(7)), in the event loop.
import koffi from 'koffi';
import { errnoName, kernelError } from './errno.ts';
import { library } from './library.ts';

/** An RTM_NEWLINK or RTM_DELLINK message: the receiver asks the kernel itself how the interface is now. */
export interface LinkEvent {
  readonly index: number;
  readonly name: string;
}

const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;
/** SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC */
const SOCKET_TYPE = 3 | 0o4000 | 0o2000000;
const RTMGRP_LINK = 1;
const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
const IFLA_IFNAME = 3;
const MESSAGE_HEADER = 16;
const INTERFACE_HEADER = 16;
const ATTRIBUTE_HEADER = 4;
const BUFFER_BYTES = 1 << 16;

const align4 = (bytes: number): number => (bytes + 3) & ~3;

/**
 * Calls `onEvent` for every one from now on, and `onLost` when the kernel had to drop some (then check everything).
 * @returns a function that stops it, idempotent
 * @throws KernelError
 */
export function watchLinks(onEvent: (event: LinkEvent) => void, onLost: () => void): () => void {
  const lib = library();
  const fd = lib.socket(AF_NETLINK, SOCKET_TYPE, NETLINK_ROUTE);
  if (fd < 0) throw kernelError(lib.errno(), 'cannot open a netlink socket');
  const address = Buffer.alloc(12);
  address.writeUInt16LE(AF_NETLINK, 0);
  address.writeUInt32LE(RTMGRP_LINK, 8);
  if (lib.bind(fd, address, address.length) !== 0) {
    const error = kernelError(lib.errno(), 'cannot listen to interface events');
    lib.close(fd);
    throw error;
  }
  const buffer = Buffer.alloc(BUFFER_BYTES);
  const drain = (): void => {
    for (;;) {
      const length = Number(lib.recv(fd, buffer, buffer.length, 0));
      if (length > 0) for (const event of parseLinkEvents(buffer.subarray(0, length))) onEvent(event);
      else if (length < 0 && errnoName(lib.errno()) === 'ENOBUFS') onLost();
      else if (length < 0 && errnoName(lib.errno()) === 'EINTR') continue;
      else return;
    }
  };
  const poll = koffi.node.poll(fd, { readable: true }, drain);
  poll.unref();
  let open = true;
  return () => {
    if (!open) return;
    open = false;
    poll.close();
    lib.close(fd);
  };
}

/** The interface messages of one datagram; anything malformed ends it. */
export function parseLinkEvents(datagram: Buffer): LinkEvent[] {
  const events: LinkEvent[] = [];
  for (let at = 0; at + MESSAGE_HEADER <= datagram.length; ) {
    const length = datagram.readUInt32LE(at);
    const type = datagram.readUInt16LE(at + 4);
    if (length < MESSAGE_HEADER || at + length > datagram.length) break;
    if ((type === RTM_NEWLINK || type === RTM_DELLINK) && length >= MESSAGE_HEADER + INTERFACE_HEADER) {
      const body = datagram.subarray(at + MESSAGE_HEADER, at + length);
      const name = nameOf(body.subarray(INTERFACE_HEADER));
      if (name !== undefined) events.push({ index: body.readInt32LE(4), name });
    }
    at += align4(length);
  }
  return events;
}

function nameOf(attributes: Buffer): string | undefined {
  for (let at = 0; at + ATTRIBUTE_HEADER <= attributes.length; ) {
    const length = attributes.readUInt16LE(at);
    if (length < ATTRIBUTE_HEADER || at + length > attributes.length) return undefined;
    if (attributes.readUInt16LE(at + 2) === IFLA_IFNAME) {
      const name = attributes.subarray(at + ATTRIBUTE_HEADER, at + length);
      const end = name.indexOf(0);
      return name.toString('utf8', 0, end < 0 ? name.length : end);
    }
    at += align4(length);
  }
  return undefined;
}
