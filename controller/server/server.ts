// A running controller: store, hub, authorization and the one port, put together and taken apart in order.

import { FleetblockError } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { protocol } from '../../common/rpc/proto.ts';
import { type Endpoint, formatEndpoint } from '../../common/text/endpoint.ts';
import type { Clock } from '../../common/time/clock.ts';
import { type Controller, startController } from '../controller.ts';
import type { HubOptions } from '../fleet/hub/hub-options.ts';
import { ApiKeys } from '../identity/auth/api-keys.ts';
import { Authorizer, type Refusal } from '../identity/auth/authorizer.ts';
import { OperatorRegistry } from '../identity/auth/operator-registry.ts';
import { RefusalRecorder } from '../identity/auth/refusals.ts';
import { Identity } from '../identity/identity.ts';
import { Authority } from '../identity/pki/authority.ts';
import { PeerReader } from '../identity/pki/peer.ts';
import { ServerIdentity } from '../identity/server-identity.ts';
import { logAuditHead } from '../operations/audit-head.ts';
import { Enrollment } from '../operations/enroll.ts';
import { ReadTurns } from '../operations/queries/read-turns.ts';
import { UnderWay } from '../operations/under-way.ts';
import { DataDirectory, littleRoom, loadSecret, readFleetSettings, roomLeft } from '../store/data-dir.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { Front } from './front/front.ts';
import type { HttpSettings, RunningHttp } from './http/start-http.ts';
import { type Health, serveLocalAdmin } from './local-admin.ts';
import { createLocally } from './make-credentials.ts';
import { admission } from './services/call-admission.ts';
import { detectorMethods } from './services/detector-service.ts';
import { enrollmentHandlers } from './services/enrollment-service.ts';
import { feedMethods } from './services/feed-service.ts';
import { grpcHandlers } from './services/grpc-calls.ts';
import { GrpcServers } from './services/grpc-servers.ts';
import { hookMethods } from './services/hook-service.ts';
import { identityMethods } from './services/identity-service.ts';
import { operatorMethods } from './services/operator/operator-service.ts';
import { rolloutMethods } from './services/rollout-service.ts';
import { agentHandlers, syncServiceDefinition } from './services/sync-service.ts';

/** `listen` may have port 0. `hub` is for tests; production leaves it out. */
export interface ServerOptions {
  readonly dataDir: string;
  readonly listen: Endpoint;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hub?: HubOptions;
  /** See ControllerOptions. */
  readonly leastBakeMs?: number;
  /** See ControllerOptions. */
  readonly trustClock?: boolean;
  /** Default: no HTTP is served. */
  readonly http?: HttpSettings | undefined;
}

/** Its parts are here for the process and for tests; none of them may be closed by itself. */
export interface RunningServer {
  /** With the real port when port 0 was asked for. */
  readonly listening: Endpoint;
  readonly fleet: string;
  readonly controller: Controller;
  readonly front: Front;
  readonly http: RunningHttp | undefined;
  readonly store: Store;
  /** What `fleetblock status` warns of. */
  warnings(): string[];
  /** Of the data directory, bytes. */
  diskFreeBytes(): number;
  /** Reads the store. @throws FleetblockError when it cannot do its work */
  health(): Promise<Health>;
  /** Idempotent. Ends open calls, then closes the store. */
  close(): Promise<void>;
}

/** Time for calls that are under way when the controller is told to stop, milliseconds. */
const GRACE_MS = 500;

/** Connections that were let go are logged once in this time and reason, milliseconds. */
const QUIET_MS = 10_000;

/** @throws FleetblockError whose text names the fix; nothing is left open then */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { clock, log } = options;
  const closers: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    const directory = new DataDirectory(options.dataDir);
    const { fleet, advertise } = readFleetSettings(directory);
    const authority = Authority.load(directory.pki, fleet);
    const store = await openSqliteStore({
      directory: directory.store,
      clock,
      onFollowerError: (error) => log.error({ err: error }, 'a change was made, and not all parts could follow it'),
    });
    closers.push(() => store.close());
    closers.push(logAuditHead(store, log));
    const connected = () => authorizer.callers();
    const calledFrom = (address: string) => authorizer.recent.at(address);
    const secret = loadSecret(directory);
    const controller = await startController({
      store,
      clock,
      log,
      hub: options.hub ?? {},
      leastBakeMs: options.leastBakeMs,
      connected,
      calledFrom,
      secret,
      trustClock: options.trustClock ?? false,
    });
    closers.push(() => controller.close());
    secret.keep();

    const operators = await OperatorRegistry.load(store, () => authorizer.recheck());
    const apiKeys = await ApiKeys.load({ store, clock, log, onRevoked: () => authorizer.recheck() });
    closers.push(() => apiKeys.close());
    const refusals = new RefusalRecorder(store, clock, log);
    const authorizer = new Authorizer({
      reader: new PeerReader(fleet, authority.clientIssuers),
      standing: {
        hostMayCall: (hostId, { issuedMs, generation }) => {
          const host = controller.registry.find(hostId);
          if (host?.revokedMs !== 0 || host.generation !== generation) return false;
          // For those from before there were generations. They have whole seconds.
          return issuedMs + 1000 > host.identitySinceMs;
        },
        operatorMayCall: (serial) => operators.mayCall(serial),
      },
      apiKeys,
      clock,
      onRefusal: (refusal) => refusals.record(refusal),
    });
    closers.push(() => authorizer.close());
    controller.registry.onRevoked(() => authorizer.recheck());

    const { authorize, extend } = authorizer;
    const identity = new Identity({
      authority,
      operators,
      store,
      findHost: (hostId) => controller.registry.find(hostId),
      clock,
    });
    const { rootCertificate, rootPin } = authority;
    const calls = {
      authorize,
      onRefused: (refusal: Refusal) => refusals.recordRefused(refusal),
      underWay: new UnderWay(),
      readTurns: new ReadTurns(),
    };
    const warnings = () => [...controller.warnings(), littleRoom(directory.path) ?? []].flat();
    const operator = {
      definition: protocol.OperatorService.service,
      methods: operatorMethods({ ...controller, ...calls, store, rootPin, warnings }),
    };
    const membership = {
      definition: protocol.IdentityService.service,
      methods: identityMethods({
        ...calls,
        ...{ identity, apiKeys, extend, fleet, rootCertificate, rootPin, advertise, store, clock, log },
      }),
    };
    const feeds = {
      definition: protocol.FeedService.service,
      methods: feedMethods({ ...calls, feeds: controller.feeds, clock }),
    };
    const staging = {
      definition: protocol.RolloutService.service,
      methods: rolloutMethods({ ...controller, ...calls }),
    };
    const detecting = {
      definition: protocol.DetectorService.service,
      methods: detectorMethods({ ...calls, clock, policies: controller.detectors.policies }),
    };
    const hooking = {
      definition: protocol.HookService.service,
      methods: hookMethods({ ...calls, clock, hooks: controller.hooks }),
    };
    const servers = new GrpcServers({
      admission: admission({
        authorizer,
        disconnect: (connection) => front.disconnect(connection),
        refusalOf: (connection) => front.refusalOf(connection),
      }),
      services: [
        { definition: operator.definition, handlers: grpcHandlers(operator.methods, log) },
        { definition: membership.definition, handlers: grpcHandlers(membership.methods, log) },
        { definition: feeds.definition, handlers: grpcHandlers(feeds.methods, log) },
        { definition: staging.definition, handlers: grpcHandlers(staging.methods, log) },
        { definition: detecting.definition, handlers: grpcHandlers(detecting.methods, log) },
        { definition: hooking.definition, handlers: grpcHandlers(hooking.methods, log) },
        { definition: syncServiceDefinition, handlers: agentHandlers({ ...controller, clock, log, authorize }) },
      ],
      enrollment: {
        definition: protocol.EnrollmentService.service,
        handlers: enrollmentHandlers({
          enrollment: new Enrollment({
            authority,
            identity,
            store,
            clock,
            log,
            onRefused: (refusal) => refusals.record(refusal),
          }),
          authority,
          log,
        }),
      },
    });
    const serverIdentity = new ServerIdentity({ authority, clock, log });
    const certificate = await serverIdentity.make();
    const onRefused = quietly((reason, from) => log.warn({ reason, from }, 'connection refused'), clock);
    const front = new Front({
      identity: certificate,
      onClient: (socket) => servers.serveClient(socket),
      onEnrollment: (socket) => servers.serveEnrollment(socket),
      onRefused,
    });
    const health = async (): Promise<Health> => {
      await store.nextExpiryMs();
      if (!front.listening)
        throw new FleetblockError('UNAVAILABLE', `it does not listen on ${formatEndpoint(options.listen)}`);
      return { fleet, revision: `${store.head}`, hosts: controller.hostCounts(), warnings: warnings() };
    };
    const localAdmin = await serveLocalAdmin({
      dataDir: directory.path,
      log,
      createOperator: (request) => createLocally(identity, request),
      health,
    });
    closers.push(() => localAdmin.close());
    const listening = await front.listen(options.listen);
    closers.push(async () => {
      const stopped = front.stopListening();
      await servers.close(GRACE_MS);
      front.destroyAll();
      await stopped;
    });
    // Loaded only where it is served.
    const load = () => Promise.all([import('./http/start-http.ts'), import('./doors/doors.ts')]);
    const [starting, doors] = options.http ? await load() : [];
    const http =
      options.http &&
      (await starting?.startHttp({
        settings: options.http,
        doors: async (admission) => (await doors?.doorsOf({ ...controller, store, log, admission })) ?? [],
        services: [
          { name: 'OperatorService', ...operator },
          { name: 'IdentityService', ...membership },
          { name: 'FeedService', ...feeds },
          { name: 'RolloutService', ...staging },
          { name: 'DetectorService', ...detecting },
          { name: 'HookService', ...hooking },
        ],
        ...{ identity: certificate, authorizer, log, onRefused },
      }));
    if (http) closers.push(() => http.close(GRACE_MS));
    serverIdentity.keepFresh((renewed) => {
      front.useIdentity(renewed);
      http?.useIdentity(renewed);
    });
    closers.push(() => serverIdentity.close());
    const diskFreeBytes = () => roomLeft(directory.path);
    return { listening, fleet, controller, front, http, store, warnings, diskFreeBytes, health, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The same, called at most once per reason in a while: whoever is let go may come back at once. */
function quietly(say: (reason: string, from: string) => void, clock: Clock): (reason: string, from: string) => void {
  const quiet = new Map<string, number>();
  return (reason, from) => {
    const now = clock.monotonicMs();
    if (now < (quiet.get(reason) ?? 0)) return;
    quiet.set(reason, now + QUIET_MS);
    say(reason, from);
  };
}
