// The socket that systemd would listen on for sd_notify: Node has no Unix datagrams, so libc receives them.
import { rmSync } from 'node:fs';
import { library } from '../../agent/datapath/libbpf/library.ts';

const AF_UNIX = 1;
/** SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC */
const TYPE = 2 | 0o4000 | 0o2000000;

export class NotifySocket {
  readonly path: string;
  readonly #fd: number;
  readonly #received: string[] = [];

  /** `@` in front: an abstract name. */
  constructor(path: string) {
    this.path = path;
    const name = Buffer.from(path.replace(/^@/, '\0'));
    const address = Buffer.alloc(2 + name.length);
    address[0] = AF_UNIX;
    name.copy(address, 2);
    this.#fd = library().socket(AF_UNIX, TYPE, 0);
    if (this.#fd < 0 || library().bind(this.#fd, address, address.length) !== 0)
      throw new Error(`cannot listen on ${path}: errno ${library().errno()}`);
  }

  /** All that has come so far. */
  received(): readonly string[] {
    const buffer = Buffer.alloc(4096);
    for (;;) {
      const length = Number(library().recv(this.#fd, buffer, buffer.length, 0));
      if (length <= 0) return this.#received;
      this.#received.push(buffer.toString('utf8', 0, length));
    }
  }

  close(): void {
    library().close(this.#fd);
    if (!this.path.startsWith('@')) rmSync(this.path, { force: true });
  }
}
