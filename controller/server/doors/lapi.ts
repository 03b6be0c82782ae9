// The half of CrowdSec's local API that bouncers use: every bouncer there is enforces this list. docs/decisions/0075.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../common/time/clock.ts';
import type { EventLog } from '../../fleet/events.ts';
import type { Bans, Wanted } from '../../operations/outlets/bans.ts';
import type { Ban } from '../../operations/outlets/standing.ts';
import type { Peer } from '../http/admission.ts';
import type { Door, DoorPlace } from '../http/door.ts';
import { readMessage } from '../http/request-body.ts';
import { decisionOf, type Query, queryOf, removedOf, scopeWanted } from './decisions.ts';
import type { Pulls } from './pulls.ts';
import { type ReaderDeps, serveReader } from './readers.ts';

/** `careful` is the clock by which bans end. */
export interface LapiDeps extends ReaderDeps {
  readonly bans: Bans;
  readonly pulls: Pulls;
  readonly careful: Pick<Clock, 'wallMs'>;
  readonly events: Pick<EventLog, 'add'>;
}

type Work = (asked: Asked) => Promise<void>;

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: Query;
  readonly caller: string;
  readonly signal: AbortSignal;
}

/** See the file. */
export class LapiDoor implements Door {
  readonly #deps: LapiDeps;
  readonly #places: ReadonlyMap<string, DoorPlace>;

  constructor(deps: LapiDeps) {
    this.#deps = deps;
    this.#places = new Map([
      ['/v1/decisions', this.#place(['GET', 'HEAD'], (asked) => this.#decisions(asked))],
      ['/v1/decisions/stream', this.#place(['GET', 'HEAD'], (asked) => this.#stream(asked))],
      ['/v1/usage-metrics', this.#place(['POST'], usageMetrics)],
    ]);
  }

  at(path: string): DoorPlace | undefined {
    return this.#places.get(path);
  }

  #place(methods: readonly string[], work: Work): DoorPlace {
    return {
      methods,
      serve: (request: IncomingMessage, response: ServerResponse, peer: Peer) => {
        const key = request.headers['x-api-key'];
        serveReader(this.#deps, request, response, peer, {
          key: typeof key === 'string' ? key : undefined,
          // What LAPI says, and its clients know.
          denied: { status: 403 },
          answer: async ({ id }, signal) =>
            work({ request, response, query: queryOf(request.url ?? ''), caller: id, signal }),
        });
      },
    };
  }

  /** What covers an address or a range; without either, everything. */
  async #decisions({ request, response, query, signal }: Asked): Promise<void> {
    const body = new Body(request, response, signal);
    const { around, wanted } = query;
    const rows = around ? [await this.#deps.bans.covering(around, wanted)] : this.#whole(query);
    let any = false;
    for await (const batch of rows)
      for (const ban of batch.filter(query.matches)) {
        await body.write(`${any ? ',' : '['}${JSON.stringify(this.#decision(ban))}`);
        any = true;
      }
    await body.end(any ? ']' : 'null');
  }

  /** What is new since this key's last pull, or everything. */
  async #stream({ request, response, query, caller, signal }: Asked): Promise<void> {
    const { bans, pulls } = this.#deps;
    const body = new Body(request, response, signal);
    const since = query.startup ? undefined : pulls.since(caller);
    const changes = since === undefined ? undefined : await bans.changes(since, query.wanted);
    const { revision } = changes ?? (await bans.standing());
    await body.write('{"deleted":');
    if (changes)
      await writeRows(body, changes.removed, (prefix) => (scopeWanted(query, prefix) ? removedOf(prefix) : undefined));
    else await body.write('[]');
    await body.write(',"new":');
    await writeRows(body, changes?.added ?? this.#whole(query), (ban) =>
      query.matches(ban) ? this.#decision(ban) : undefined,
    );
    await body.end('}');
    if (request.method !== 'GET') return;
    pulls.served(caller, revision, !changes);
    if (!changes && !query.startup) this.#untold(caller);
  }

  /** It got everything, and what it holds besides stays in it for as long as it was said to last. */
  #untold(caller: string): void {
    const bouncer = caller.replace(/^apikey\//, '');
    const text = `bouncer ${bouncer}: what ended since its last pull is not known any more, and it still drops it: restart the bouncer`;
    this.#deps.log.warn({ bouncer }, text);
    this.#deps.events.add('bouncer', text);
  }

  async *#whole({ wanted }: { readonly wanted: Wanted }): AsyncGenerator<readonly Ban[]> {
    const { bans } = this.#deps;
    yield* bans.whole(await bans.standing(), wanted);
  }

  #decision(ban: Ban) {
    return decisionOf(ban, this.#deps.careful.wallMs());
  }
}

/** Bouncers say what they dropped; they must get their answer, and nothing is kept of it. */
async function usageMetrics({ request, response }: Asked): Promise<void> {
  await readMessage(request);
  response.writeHead(201, { 'content-length': 0 }).end();
}

/** One JSON array. `row`: undefined is left out. */
async function writeRows<T>(
  body: Body,
  batches: AsyncIterable<readonly T[]>,
  row: (item: T) => object | undefined,
): Promise<void> {
  let before = '[';
  for await (const batch of batches) {
    const rows = batch.map(row).filter((each) => each !== undefined);
    if (rows.length === 0) continue;
    await body.write(before + rows.map((each) => JSON.stringify(each)).join(','));
    before = ',';
  }
  await body.write(before === '[' ? '[]' : ']');
}

/** The answer's body: JSON in pieces, each awaited; nothing for HEAD. */
class Body {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;

  constructor(request: IncomingMessage, response: ServerResponse, signal: AbortSignal) {
    this.#request = request;
    this.#response = response;
    this.#signal = signal;
  }

  /** @throws the signal's reason, when the reader is gone or may read no more */
  async write(text: string): Promise<void> {
    this.#signal.throwIfAborted();
    const { headersSent } = this.#response;
    if (!headersSent)
      this.#response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    if (this.#request.method === 'HEAD' || this.#response.write(text)) return;
    await once(this.#response, 'drain', { signal: this.#signal });
  }

  /** Resolves once all of it is on its way. @throws as write() */
  async end(text: string): Promise<void> {
    await this.write(text);
    this.#response.end();
    await once(this.#response, 'finish', { signal: this.#signal });
  }
}
