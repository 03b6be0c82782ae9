// Tells systemd how this service is doing (sd_notify(3)): a datagram per message to the socket that NOTIFY_SOCKET names. Node.js has no Unix
// datagrams, so libc sends them. Outside systemd all of it does nothing, and koffi is not loaded.
import { messageOf } from '../errors.ts';
import type { Logger } from '../logger.ts';

/** How systemd learns of a service that runs. */
export interface ServiceState {
  /** Takes the way of the service's own work. The watchdog is fed when it resolves, with a line for `systemctl status`. */
  readonly check: () => Promise<string>;
  /** How long a check may wait behind work that is under way while the watchdog is still fed, milliseconds. Default 0. */
  readonly checkLimitMs?: number;
}

/** `signal` aborts when the service is told to stop. `env`: for tests. */
export interface SystemdOptions {
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
}

/** Sends one message; never waits. @returns whether there was room for it */
type Send = (message: string) => boolean;

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
/** MSG_NOSIGNAL | MSG_DONTWAIT: the kernel queues ten datagrams, and the service must not hang when they are not read. */
const FLAGS = 0x4000 | 0x40;
const MAX_PATH_BYTES = 107;
/** Between two attempts at READY=1, milliseconds: a unit of Type=notify does not start without it. */
const READY_AGAIN_MS = 200;
/** Between two checks at most, milliseconds; half of WatchdogSec= where that is less, as sd_watchdog_enabled(3) advises. */
const CHECK_MS = 10_000;

/** This service, as systemd sees it. A service that hangs, or whose check does, is killed and restarted if its unit has WatchdogSec=. */
export class Systemd {
  /** Undefined outside systemd. */
  readonly #send: Send | undefined;
  readonly #checkMs: number;
  readonly #log: Logger;
  readonly #signal: AbortSignal;
  #state: ServiceState | undefined;
  /** When the check that is under way began, monotonic milliseconds. */
  #checkingSince: number | undefined;

  private constructor(send: Send | undefined, { log, signal, env = process.env }: SystemdOptions) {
    this.#send = send;
    this.#log = log;
    this.#signal = signal;
    const watchdogMs = Number(env.WATCHDOG_USEC ?? 0) / 1000;
    this.#checkMs = watchdogMs > 0 ? Math.min(CHECK_MS, watchdogMs / 2) : CHECK_MS;
    signal.addEventListener('abort', () => send?.('STOPPING=1\nSTATUS=stopping'), { once: true });
  }

  /** @throws Error when koffi cannot be loaded and systemd waits for a word */
  static async connect(options: SystemdOptions): Promise<Systemd> {
    return new Systemd(await sender((options.env ?? process.env).NOTIFY_SOCKET), options);
  }

  /** The service is ready, and is in this state from now on; another call replaces the state. */
  ready(state: ServiceState): void {
    const first = this.#state === undefined;
    this.#state = state;
    if (!first || this.#signal.aborted || !this.#send) return;
    this.#sayReady();
    const timer = setInterval(() => this.#look(), this.#checkMs).unref();
    this.#signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    this.#look();
  }

  #sayReady(): void {
    if (this.#signal.aborted || this.#send?.('READY=1')) return;
    setTimeout(() => this.#sayReady(), READY_AGAIN_MS).unref();
  }

  #look(): void {
    const state = this.#state;
    if (state === undefined) return;
    if (this.#checkingSince === undefined) void this.#check(state);
    else if (performance.now() - this.#checkingSince < (state.checkLimitMs ?? 0)) this.#send?.('WATCHDOG=1');
  }

  async #check({ check }: ServiceState): Promise<void> {
    this.#checkingSince = performance.now();
    try {
      const status = await check();
      if (!this.#signal.aborted) this.#send?.(`WATCHDOG=1\nSTATUS=${status.replaceAll('\n', ' ')}`);
    } catch (error) {
      this.#log.error({ reason: messageOf(error) }, 'not well: the watchdog is not fed');
    } finally {
      this.#checkingSince = undefined;
    }
  }
}

async function sender(socketPath: string | undefined): Promise<Send | undefined> {
  // What is neither a path nor an abstract name (`@`) is not for datagrams between Unix sockets.
  if (!socketPath || !/^[/@]/.test(socketPath)) return undefined;
  const path = Buffer.from(socketPath);
  if (path.length > MAX_PATH_BYTES) return undefined;
  // struct sockaddr_un: u16 family, path; an abstract name begins with a zero byte instead of @.
  const address = Buffer.alloc(2 + path.length);
  address[0] = AF_UNIX;
  path.copy(address, 2);
  if (socketPath.startsWith('@')) address[2] = 0;

  const { default: koffi } = await import('koffi');
  const libc = koffi.load('libc.so.6');
  const socket = libc.func('socket', 'int', ['int', 'int', 'int']);
  const close = libc.func('close', 'int', ['int']);
  const sendTo = libc.func('sendto', 'intptr_t', ['int', 'void *', 'size_t', 'int', 'void *', 'uint32_t']);
  return (text) => {
    const fd = socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
    if (fd < 0) return false;
    try {
      const message = Buffer.from(text);
      return Number(sendTo(fd, message, message.length, FLAGS, address, address.length)) === message.length;
    } finally {
      close(fd);
    }
  };
}
