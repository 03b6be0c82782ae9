// A controller without its port, on a clock that tests move, and a web server that answers its feeds as they say.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { unpackEntries } from '../../common/entries/packed.ts';
import { createLogger } from '../../common/logger.ts';
import { formatPrefix } from '../../common/text/prefix.ts';
import type { Clock } from '../../common/time/clock.ts';
import { type Controller, startController } from '../../controller/controller.ts';
import type { Looked, NewFeed } from '../../controller/feeds/feeds.ts';
import type { Caller } from '../../controller/identity/auth/caller.ts';
import { MemoryStore } from '../../controller/store/memory/memory-store.ts';
import { MemoryState } from '../../controller/store/memory/state.ts';

const log = createLogger('test', process.env.FLEETBLOCK_TEST_LOG ?? 'silent');

export function caller(role: 'operator' | 'admin'): Caller {
  return { role, id: 'alice', actor: `${role}/alice`, serial: '01', from: '' };
}

/** Goes as the machine's does, and jumps when a test says so. */
class JumpingClock implements Clock {
  #aheadMs = 0;
  jump(ms: number): void {
    this.#aheadMs += ms;
  }
  wallMs = () => Date.now() + this.#aheadMs;
  monotonicMs = () => performance.now() + this.#aheadMs;
}

/** Answers with what was set last. */
export class ListServer {
  readonly #server: Server;
  readonly requests: IncomingMessage[] = [];
  answer: RequestListener = (_, response) => response.end();

  constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => {
      this.requests.push(request);
      this.answer(request, response);
    });
  }

  /** On the loopback address. */
  static async start(server = createServer()): Promise<ListServer> {
    const made = new ListServer(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return made;
  }

  get host(): string {
    const address = this.#server.address();
    return `127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
  }

  get url(): string {
    return `http://${this.host}/list.txt`;
  }

  /** Answers with this list, again and again. */
  text(body: string | Buffer, headers: Readonly<Record<string, string>> = {}): void {
    this.answer = (_, response) => response.writeHead(200, headers).end(body);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** `n` addresses, one per line, from `10.first.0.0` on. */
export function addresses(n: number, first = 0): string {
  return Array.from({ length: n }, (_, i) => `20.${first + (i >> 16)}.${(i >> 8) & 255}.${i & 255}\n`).join('');
}

export class FeedFleet {
  readonly clock: JumpingClock;
  store: MemoryStore;
  controller: Controller;
  readonly #disk: { state: MemoryState };

  private constructor(clock: JumpingClock, disk: { state: MemoryState }, store: MemoryStore, controller: Controller) {
    this.clock = clock;
    this.#disk = disk;
    this.store = store;
    this.controller = controller;
  }

  static async start(): Promise<FeedFleet> {
    const clock = new JumpingClock();
    const disk = { state: new MemoryState() };
    const store = new MemoryStore({ disk, clock });
    return new FeedFleet(clock, disk, store, await controllerOn(store, clock));
  }

  /** The same fleet with a controller that was started again. */
  async restart(): Promise<void> {
    await this.stop();
    this.store = new MemoryStore({ disk: this.#disk, clock: this.clock });
    this.controller = await controllerOn(this.store, this.clock);
  }

  async stop(): Promise<void> {
    await this.controller.close();
    await this.store.close();
  }

  /** Declares a feed for all hosts, from a server on this machine. */
  add(url: string, more: Partial<NewFeed> = {}, key = ''): Promise<Looked> {
    return this.controller.feeds.add({ ...FEED, url, ...more }, key, caller('admin'), false);
  }

  refresh(name = 'test', accept = false): Promise<Looked> {
    return this.controller.feeds.refresh(name, { accept, dryRun: false, ignoreHosts: [] }, caller('operator'));
  }

  /** What hosts are to hold of the feed's list. */
  async rows(name = 'test'): Promise<string[]> {
    const rows: string[] = [];
    for await (const piece of this.store.listRows(name))
      rows.push(...unpackEntries(piece).map(({ prefix }) => formatPrefix(prefix)));
    return rows.sort();
  }

  /** `actor verb` of every record of the audit. */
  async audit(): Promise<string[]> {
    const records: string[] = [];
    for await (const batch of this.store.audit({})) records.push(...batch.map(({ actor, verb }) => `${actor} ${verb}`));
    return records;
  }
}

export const FEED: NewFeed = {
  name: 'test',
  url: '',
  target: 'all',
  action: 'block',
  everyMs: 3_600_000,
  format: 'auto',
  at: '',
  skipInvalid: 0,
  skipRefused: false,
  keyHeader: '',
  allowPrivate: true,
  reason: '',
  haltDrops: 0,
};

function controllerOn(store: MemoryStore, clock: Clock): Promise<Controller> {
  return startController({ store, clock, log, network: { addresses: () => [] }, trustClock: true });
}
