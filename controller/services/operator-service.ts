// What operators ask: converts between the wire and the controller, and nothing else.
import type { EventEmitter } from 'node:events';
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import type { Clock } from '../../common/clock.ts';
import { FleetblockError } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { selectorFromWire } from '../../common/rpc/selector.ts';
import { toStatus } from '../../common/rpc/status.ts';
import type { Action__Output } from '../../proto/gen/fleetblock/v1/Action.ts';
import type { Claim as ClaimWire } from '../../proto/gen/fleetblock/v1/Claim.ts';
import type { ListEntriesRequest__Output } from '../../proto/gen/fleetblock/v1/ListEntriesRequest.ts';
import type { OperatorServiceHandlers } from '../../proto/gen/fleetblock/v1/OperatorService.ts';
import type { Wait__Output } from '../../proto/gen/fleetblock/v1/Wait.ts';
import type { Authorize, Caller } from '../auth/caller.ts';
import type { Changes } from '../changes.ts';
import type { Hub } from '../hub/hub.ts';
import type { HostRegistry } from '../registry.ts';
import type { ClaimAction } from '../store/records.ts';
import type { ClaimFilter, Store } from '../store/store.ts';
import { createToken } from '../tokens.ts';
import { changeReplyToWire, claimToWire, hostToWire } from './operator-wire.ts';

export interface OperatorServiceDeps {
  readonly store: Store;
  readonly registry: HostRegistry;
  readonly hub: Hub;
  readonly changes: Changes;
  readonly authorize: Authorize;
  readonly clock: Clock;
  readonly log: Logger;
  /** SHA-256 over the fleet root's SubjectPublicKeyInfo: goes into every enrollment token. */
  readonly rootPin: Uint8Array;
}

export function operatorHandlers(deps: OperatorServiceDeps): OperatorServiceHandlers {
  const { store, registry, hub, changes, clock } = deps;
  return {
    Block: unary(deps, async (request, caller, arrivedMs) =>
      changeReplyToWire(
        await changes.block({
          caller,
          arrivedMs,
          prefixes: request.prefixes,
          target: selectorFromWire(request.target),
          action: actionOr(request.action, 'block'),
          origin: request.origin,
          reason: request.reason,
          ttlMs: milliseconds(request.ttlMs),
          monitor: request.monitor,
          dryRun: request.dryRun,
          waitMs: waitOf(request.wait),
          force: request.force,
        }),
      ),
    ),
    Unblock: unary(deps, async (request, caller, arrivedMs) =>
      changeReplyToWire(
        await changes.unblock({
          caller,
          arrivedMs,
          prefixes: request.prefixes,
          target: request.target?.target ? selectorFromWire(request.target) : undefined,
          action: actionOr(request.action, 'block'),
          origin: request.origin,
          reason: request.reason,
          dryRun: request.dryRun,
          waitMs: waitOf(request.wait),
        }),
      ),
    ),
    ListEntries: stream(deps, (request) => listEntries(deps, request)),
    ListHosts: unary(deps, async () => ({
      hosts: [...registry.live()]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map((host) => hostToWire(host, hub.statusOf(host.id), hub.stateOf(host.id))),
      revision: String(store.head),
    })),
    CreateToken: unary(deps, (request, caller) =>
      createToken(
        { store, clock, rootPin: deps.rootPin },
        {
          ttlMs: milliseconds(request.ttlMs),
          maxUses: request.maxUses,
          labels: request.labels,
          hostName: request.hostName,
          actor: caller.actor,
        },
      ),
    ),
  };
}

async function* listEntries(deps: OperatorServiceDeps, request: ListEntriesRequest__Output): AsyncGenerator<ClaimWire> {
  const host = request.host === '' ? undefined : deps.registry.findByName(request.host);
  if (request.host !== '' && !host)
    throw new FleetblockError('NOT_FOUND', `there is no host ${JSON.stringify(request.host)}: see fleetblock hosts`);
  const filter: ClaimFilter = {
    expired: request.expired,
    ...(request.origin !== '' && { origin: request.origin }),
    ...(request.action !== 'ACTION_UNSPECIFIED' && { action: actionOr(request.action, 'block') }),
    ...(host && { host }),
  };
  for await (const batch of deps.store.claims(filter)) for (const claim of batch) yield claimToWire(claim);
}

type UnaryHandler<Request, Reply> = (call: ServerUnaryCall<Request, Reply>, callback: sendUnaryData<Reply>) => void;

/** Says who calls, measures from the request's arrival, and maps errors to fixed texts. */
function unary<Request, Reply>(
  deps: OperatorServiceDeps,
  answer: (request: Request, caller: Caller, arrivedMs: number) => Promise<Reply>,
): UnaryHandler<Request, Reply> {
  return (call, callback) => {
    const arrivedMs = deps.clock.monotonicMs();
    const run = async () => answer(call.request, deps.authorize(call), arrivedMs);
    run().then(
      (reply) => callback(null, reply),
      (error: unknown) => {
        logUnexpected(deps.log, call.getPath(), error);
        callback(toStatus(error));
      },
    );
  };
}

/** Sends what the generator yields, as fast as the caller reads. */
function stream<Request, Item>(
  deps: OperatorServiceDeps,
  items: (request: Request, caller: Caller) => AsyncGenerator<Item>,
): (call: ServerWritableStream<Request, Item>) => void {
  return (call) => {
    call.on('error', () => {});
    const run = async () => {
      for await (const item of items(call.request, deps.authorize(call))) {
        if (call.cancelled) return;
        if (!call.write(item)) await drained(call);
      }
      call.end();
    };
    run().catch((error: unknown) => {
      logUnexpected(deps.log, call.getPath(), error);
      call.emit('error', toStatus(error));
    });
  };
}

/** Resolves when more may be written, or when nobody reads any more. */
function drained(call: EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['drain', 'close', 'cancelled']) call.once(event, resolve);
  });
}

function logUnexpected(log: Logger, method: string, error: unknown): void {
  if (!(error instanceof FleetblockError)) log.error({ err: error, method }, 'a call failed');
}

function actionOr(action: Action__Output, fallback: ClaimAction): ClaimAction {
  if (action === 'ACTION_ALLOW') return 'allow';
  return action === 'ACTION_BLOCK' ? 'block' : fallback;
}

/** uint64 of the wire. @throws FleetblockError INVALID_ARGUMENT past a century, where sums stop being exact. */
function milliseconds(field: string): number {
  const value = Number(field);
  if (value > 100 * 365 * 86_400_000)
    throw new FleetblockError('INVALID_ARGUMENT', 'a duration is at most 100 years: leave it out for no end');
  return value;
}

function waitOf(wait: Wait__Output | null): number | undefined {
  return wait ? wait.timeoutMs : undefined;
}
