// Where other programs post what they have found: `/hooks/NAME`. docs/integrate/webhooks.md, docs/decisions/0081.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FleetblockError, systemCode } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import { HeaviestOut } from '../../../common/net/heaviest-out.ts';
import { networkOf } from '../../../common/net/network.ts';
import { parsePrefix } from '../../../common/text/prefix.ts';
import type { Clock } from '../../../common/time/clock.ts';
import type { Hooks, RowResult } from '../../hooks/hooks.ts';
import type { HookResult } from '../../hooks/metrics.ts';
import { TryLater } from '../../hooks/try-later.ts';
import { RateLimit } from '../../identity/auth/rate-limit.ts';
import type { Peer } from '../http/admission.ts';
import { sendError, sendJson } from '../http/answer.ts';
import type { Door, DoorPlace } from '../http/door.ts';
import { readMessage } from '../http/request-body.ts';
import { parseJson } from '../http/strict-json.ts';
import { logUnexpected } from '../services/calls.ts';
import { addressText } from './address-text.ts';

export interface HooksDoorDeps {
  readonly hooks: Pick<Hooks, 'admit' | 'take' | 'meter'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const PATH = /^\/hooks\/([^/]+)$/;
const MAX_BODY_BYTES = 1024 * 1024;
/** Bodies that are read at once, each as large as that; one more pushes out the oldest of the network that has the most. */
const BODIES = { limit: 64, perNetwork: 16 } as const;
/** Requests of one network without a good signature. */
const GUESSES = { burst: 60, perSecond: 1 } as const;
/** One text, whatever is wrong. */
const DENIED =
  "nothing here takes this: check the webhook's name and scheme, its secret, and that the sender's clock is right";

/** Until its signature was checked, a request costs what one body costs, and what it asks for is not looked at. */
export class HooksDoor implements Door {
  readonly #deps: HooksDoorDeps;
  readonly #guesses: RateLimit;
  readonly #bodies = new HeaviestOut<ServerResponse>({ ...BODIES, evict: (response) => response.destroy() });

  constructor(deps: HooksDoorDeps) {
    this.#deps = deps;
    this.#guesses = new RateLimit({ ...GUESSES, clock: deps.clock });
  }

  at(path: string): DoorPlace | undefined {
    const [, name] = PATH.exec(path) ?? [];
    if (name === undefined) return undefined;
    return {
      methods: ['POST'],
      serve: (request: IncomingMessage, response: ServerResponse, peer: Peer) =>
        void this.#answer(name, request, response, peer).catch((error: unknown) => {
          this.#deps.hooks.meter.count(resultOf(error));
          if (response.destroyed) return;
          if (systemCode(error) !== 'ECONNRESET') logUnexpected(this.#deps.log, request.url ?? '', error);
          refuse(response, error);
        }),
    };
  }

  async #answer(name: string, request: IncomingMessage, response: ServerResponse, peer: Peer): Promise<void> {
    const { hooks } = this.#deps;
    const { from } = peer;
    const network = networkOf(from.slice(0, from.lastIndexOf(':')));
    if (peer.refusal !== undefined) throw new TryLater('RESOURCE_EXHAUSTED', peer.refusal, 1000);
    if (!this.#guesses.take(network))
      throw new TryLater(
        'RESOURCE_EXHAUSTED',
        'too many requests without a good signature',
        this.#guesses.waitMs(network),
      );
    const body = await this.#read(request, response, network);
    const admitted = hooks.admit(name, { headers: request.headers, body, from });
    if (!admitted) {
      hooks.meter.count('denied');
      sendJson(response, 401, JSON.stringify({ code: 'unauthenticated', message: DENIED }));
      return;
    }
    this.#guesses.giveBack(network);
    // From here on it is no stranger's connection.
    peer.known(true);
    response.once('close', () => peer.known(false));
    const { rows } = await hooks.take(admitted, from, () => parseJson(body));
    const status = rows && rows.length > 0 && rows.every(({ refused }) => refused !== undefined) ? 422 : 200;
    hooks.meter.count(rows ? (status === 200 ? 'taken' : 'invalid') : 'replayed');
    sendJson(response, status, JSON.stringify(rows ? { rows: rows.map(rowJson) } : { replayed: true }));
  }

  async #read(request: IncomingMessage, response: ServerResponse, network: string): Promise<Buffer> {
    this.#bodies.add(response, network);
    try {
      if (request.headers.expect !== undefined) response.writeContinue();
      return await readMessage(request, MAX_BODY_BYTES);
    } finally {
      this.#bodies.delete(response, network);
    }
  }
}

function rowJson(row: RowResult) {
  const { refused } = row;
  return {
    ...('prefix' in row && { address: addressText(parsePrefix(row.prefix)), verb: row.unban ? 'unban' : 'ban' }),
    result: refused === undefined ? 'taken' : 'refused',
    ...(refused !== undefined && { reason: refused }),
  };
}

/** A body that is too long, one that nothing can be made of, and what is to be said again have a status of their own. */
function refuse(response: ServerResponse, error: unknown): void {
  if (error instanceof TryLater)
    sendError(response, error, { headers: { 'retry-after': `${Math.max(1, Math.ceil(error.retryMs / 1000))}` } });
  else if (error instanceof FleetblockError && error.code === 'RESOURCE_EXHAUSTED')
    sendError(response, error, { status: 413 });
  else if (error instanceof FleetblockError && error.code === 'INVALID_ARGUMENT')
    sendError(response, error, { status: 422 });
  else sendError(response, error);
}

function resultOf(error: unknown): HookResult {
  if (!(error instanceof FleetblockError)) return 'failed';
  if (error.code === 'RESOURCE_EXHAUSTED') return error instanceof TryLater ? 'limited' : 'invalid';
  return error.code === 'INVALID_ARGUMENT' || error.code === 'DEADLINE_EXCEEDED' ? 'invalid' : 'failed';
}
