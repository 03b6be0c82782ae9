// Connections from accept to the end of their TLS handshake: what has not said a whole hello is kept at next to no cost and not for
// long; what has waits in Turns, however long it takes, until the handshakes before it are done.
import type { Socket } from 'node:net';
import { networkOf } from '../../../common/net/network.ts';
import { EarlyBytes } from './hello.ts';
import type { FrontLimits } from './limits.ts';
import { OldestOut } from './oldest-out.ts';
import { Turns } from './turns.ts';

/** How often those that take too long are looked for, milliseconds. */
const LOOK_MS = 250;

/** `begin` starts TLS on a socket; `refuse` must destroy it. */
export interface ArrivalsOptions {
  readonly limits: FrontLimits;
  /** Its turn has come: what it has said is there to be read. */
  readonly begin: (socket: Socket) => void;
  /** It must be let go. */
  readonly refuse: (reason: string, socket: Socket) => void;
}

interface Arrival {
  readonly sinceMs: number;
  readonly network: string;
  readonly said: EarlyBytes;
  readonly hear: (piece: Buffer) => void;
}

/** A socket leaves by `done` or by its own close, whichever is first. */
export class Arrivals {
  readonly #options: ArrivalsOptions;
  readonly #all = new Map<Socket, Arrival>();
  readonly #silent: OldestOut<Socket>;
  readonly #turns: Turns<Socket>;
  readonly #timer: NodeJS.Timeout;

  constructor(options: ArrivalsOptions) {
    const { limits, refuse } = options;
    this.#options = options;
    this.#silent = new OldestOut(limits.silent, (socket) => refuse('too-many-silent', socket));
    this.#turns = new Turns<Socket>({
      running: limits.handshakes,
      waiting: limits.waiting,
      limitMs: limits.handshakeMs,
      patienceMs: limits.patienceMs,
      begin: (socket) => this.#begin(socket),
      refuse: (socket, reason) => refuse(reason, socket),
    });
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** By what they wait for: their own hello, their turn, the end of the handshake. */
  counts(): { readonly silent: number; readonly waiting: number; readonly handshakes: number } {
    return { silent: this.#silent.size, waiting: this.#turns.waiting, handshakes: this.#turns.running };
  }

  add(socket: Socket): void {
    // It may be gone already: 'close' comes then.
    const network = networkOf(socket.remoteAddress ?? '');
    const said = new EarlyBytes();
    const hear = (piece: Buffer) => this.#hear(socket, said.add(piece));
    this.#all.set(socket, { sinceMs: performance.now(), network, said, hear });
    // TLS takes the socket's handle and errors with it: 'close' still comes.
    socket.on('error', () => undefined);
    socket.once('close', () => this.done(socket));
    socket.on('data', hear);
    this.#silent.add(socket);
  }

  /** Its handshake is over, or it is. Idempotent. */
  done(socket: Socket): void {
    const arrival = this.#all.get(socket);
    if (!arrival) return;
    this.#all.delete(socket);
    this.#silent.delete(socket);
    this.#turns.delete(socket, arrival.network);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const socket of [...this.#all.keys()]) socket.destroy();
  }

  #hear(socket: Socket, state: 'partial' | 'whole' | 'junk'): void {
    if (state === 'junk') this.#options.refuse('not-tls', socket);
    else if (state === 'whole' && this.#silent.delete(socket))
      this.#turns.add(socket, this.#all.get(socket)?.network ?? '');
  }

  #begin(socket: Socket): void {
    const arrival = this.#all.get(socket);
    if (!arrival || socket.destroyed) return;
    socket.off('data', arrival.hear);
    socket.pause();
    socket.unshift(arrival.said.take());
    this.#options.begin(socket);
  }

  #look(): void {
    this.#turns.look();
    const now = performance.now();
    // Not at once: when this process was delayed, what they said lies in their sockets.
    setImmediate(() => {
      for (const socket of this.#silent) {
        if (now - (this.#all.get(socket)?.sinceMs ?? now) < this.#options.limits.helloMs) return;
        this.#silent.delete(socket);
        this.#options.refuse('silent-too-long', socket);
      }
    });
  }
}
