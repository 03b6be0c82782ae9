// The way between a host and the controller, to be cut and to be clogged: a TCP relay on the loopback interface.
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Cable {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #clogged = false;

  private constructor(port: () => number) {
    this.#server = createServer((near) => {
      const far = connect(port(), '127.0.0.1');
      const pair = [near, far] as const;
      this.#pairs.add(pair);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          to.destroy();
          this.#pairs.delete(pair);
        });
      }
      if (this.#clogged) this.#clog(pair);
    });
  }

  /** `port`: the controller's, as it is at every connection. */
  static async lay(port: () => number): Promise<Cable> {
    const cable = new Cable(port);
    await new Promise<void>((resolve) => cable.#server.listen(0, '127.0.0.1', resolve));
    return cable;
  }

  get address(): string {
    const at = this.#server.address();
    return typeof at === 'object' && at ? `127.0.0.1:${at.port}` : '';
  }

  /** Ends all connections; new ones are taken. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** What the controller says is no longer taken from it: it has a slow reader. */
  clog(): void {
    this.#clogged = true;
    for (const pair of this.#pairs) this.#clog(pair);
  }

  unclog(): void {
    this.#clogged = false;
    for (const [near, far] of this.#pairs) far.pipe(near);
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #clog([near, far]: readonly [Socket, Socket]): void {
    far.unpipe(near);
    far.pause();
  }
}
