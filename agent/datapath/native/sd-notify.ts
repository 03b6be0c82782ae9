// Tells systemd about this service (sd_notify(3)): one datagram to the socket that NOTIFY_SOCKET names. Node has no Unix
// datagrams, so libc sends it.
import koffi from 'koffi';
import { library } from '../libbpf/library.ts';

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
/** MSG_NOSIGNAL | MSG_DONTWAIT: the kernel queues ten datagrams, and the agent must not hang when they are not read. */
const FLAGS = 0x4000 | 0x40;
/** Between two attempts at a message that must arrive, milliseconds. */
const AGAIN_MS = 200;
/** As long as systemd waits for a service to start, milliseconds (DefaultTimeoutStartSec=). */
const READY_MS = 90_000;
const MAX_PATH_BYTES = 107;

/** `READY=1`, `STOPPING=1`, `STATUS=text`; lines. Never waits; does nothing outside systemd. @returns whether it was sent */
export function notifySystemd(state: string, socketPath = process.env.NOTIFY_SOCKET): boolean {
  if (!socketPath || !/^[/@]/.test(socketPath)) return false;
  const path = Buffer.from(socketPath);
  if (path.length > MAX_PATH_BYTES) return false;
  // struct sockaddr_un: u16 family, path; an abstract name begins with a zero byte instead of @.
  const address = Buffer.alloc(2 + path.length);
  address[0] = AF_UNIX;
  path.copy(address, 2);
  if (socketPath.startsWith('@')) address[2] = 0;
  const { socket, close } = library();
  const fd = socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
  if (fd < 0) return false;
  try {
    const message = Buffer.from(state);
    return sendTo(fd, message, message.length, FLAGS, address, address.length) === message.length;
  } finally {
    close(fd);
  }
}

/** Sends READY=1 until there is room for it: a unit of Type=notify does not start without it. */
export function notifyReady(signal: AbortSignal, env: NodeJS.ProcessEnv = process.env): void {
  if (!env.NOTIFY_SOCKET || notifySystemd('READY=1', env.NOTIFY_SOCKET)) return;
  const timer = setInterval(() => {
    if (notifySystemd('READY=1', env.NOTIFY_SOCKET)) clearInterval(timer);
  }, AGAIN_MS).unref();
  const over = AbortSignal.any([signal, AbortSignal.timeout(READY_MS)]);
  over.addEventListener('abort', () => clearInterval(timer), { once: true });
}

/**
 * Tells systemd regularly that the event loop is alive, when the unit asks for it (WatchdogSec=), until the signal aborts: an agent
 * that hangs is then restarted, while the kernel keeps dropping.
 */
export function feedWatchdog(signal: AbortSignal, env: NodeJS.ProcessEnv = process.env): void {
  const limitMs = Number(env.WATCHDOG_USEC) / 1000;
  const forUs = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === process.pid;
  if (!(limitMs > 0) || !forUs || signal.aborted) return;
  const feed = () => notifySystemd('WATCHDOG=1', env.NOTIFY_SOCKET);
  feed();
  // Half of it, as sd_watchdog_enabled(3) advises.
  const timer = setInterval(feed, limitMs / 2).unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}

function sendTo(fd: number, bytes: Buffer, length: number, flags: number, to: Buffer, toLength: number): number {
  const libc = koffi.load('libc.so.6');
  const call = libc.func('sendto', 'intptr_t', ['int', 'void *', 'size_t', 'int', 'void *', 'uint32_t']);
  return Number(call(fd, bytes, length, flags, to, toLength));
}
