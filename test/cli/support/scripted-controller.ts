// A controller that answers as a test says: real gRPC, real mutual TLS, in this process.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { FleetblockError } from '../../../common/errors.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import { toStatus } from '../../../common/rpc/to-status.ts';
import type { AuditEntry } from '../../../proto/gen/fleetblock/v1/AuditEntry.ts';
import type { BlockRequest__Output } from '../../../proto/gen/fleetblock/v1/BlockRequest.ts';
import type { ChangeReply } from '../../../proto/gen/fleetblock/v1/ChangeReply.ts';
import type { CheckReply } from '../../../proto/gen/fleetblock/v1/CheckReply.ts';
import type { CheckRequest__Output } from '../../../proto/gen/fleetblock/v1/CheckRequest.ts';
import type { CheckWaitReply } from '../../../proto/gen/fleetblock/v1/CheckWaitReply.ts';
import type { CheckWaitRequest__Output } from '../../../proto/gen/fleetblock/v1/CheckWaitRequest.ts';
import type { Claim } from '../../../proto/gen/fleetblock/v1/Claim.ts';
import type { ConfirmRequest__Output } from '../../../proto/gen/fleetblock/v1/ConfirmRequest.ts';
import type { CreateApiKeyReply } from '../../../proto/gen/fleetblock/v1/CreateApiKeyReply.ts';
import type { CreateApiKeyRequest__Output } from '../../../proto/gen/fleetblock/v1/CreateApiKeyRequest.ts';
import type { CreateOperatorReply } from '../../../proto/gen/fleetblock/v1/CreateOperatorReply.ts';
import type { CreateOperatorRequest__Output } from '../../../proto/gen/fleetblock/v1/CreateOperatorRequest.ts';
import type { CreateTokenReply } from '../../../proto/gen/fleetblock/v1/CreateTokenReply.ts';
import type { CreateTokenRequest__Output } from '../../../proto/gen/fleetblock/v1/CreateTokenRequest.ts';
import type { DetectorServiceHandlers } from '../../../proto/gen/fleetblock/v1/DetectorService.ts';
import type { DropReport } from '../../../proto/gen/fleetblock/v1/DropReport.ts';
import type { EntriesChunk } from '../../../proto/gen/fleetblock/v1/EntriesChunk.ts';
import type { Event } from '../../../proto/gen/fleetblock/v1/Event.ts';
import type { ExportChunk } from '../../../proto/gen/fleetblock/v1/ExportChunk.ts';
import type { ExportRequest__Output } from '../../../proto/gen/fleetblock/v1/ExportRequest.ts';
import type { FeedServiceHandlers } from '../../../proto/gen/fleetblock/v1/FeedService.ts';
import type { HookServiceHandlers } from '../../../proto/gen/fleetblock/v1/HookService.ts';
import type { IdentityServiceHandlers } from '../../../proto/gen/fleetblock/v1/IdentityService.ts';
import type { ImportListRequest__Output } from '../../../proto/gen/fleetblock/v1/ImportListRequest.ts';
import type { IncludeInListRequest__Output } from '../../../proto/gen/fleetblock/v1/IncludeInListRequest.ts';
import type { LabelHostReply } from '../../../proto/gen/fleetblock/v1/LabelHostReply.ts';
import type { LabelHostRequest__Output } from '../../../proto/gen/fleetblock/v1/LabelHostRequest.ts';
import type { ListApiKeysReply } from '../../../proto/gen/fleetblock/v1/ListApiKeysReply.ts';
import type { ListAuditRequest__Output } from '../../../proto/gen/fleetblock/v1/ListAuditRequest.ts';
import type { ListChangeReply } from '../../../proto/gen/fleetblock/v1/ListChangeReply.ts';
import type { ListConfirmationsReply } from '../../../proto/gen/fleetblock/v1/ListConfirmationsReply.ts';
import type { ListDetectorsReply } from '../../../proto/gen/fleetblock/v1/ListDetectorsReply.ts';
import type { ListEntriesRequest__Output } from '../../../proto/gen/fleetblock/v1/ListEntriesRequest.ts';
import type { ListException } from '../../../proto/gen/fleetblock/v1/ListException.ts';
import type { ListExceptionsRequest__Output } from '../../../proto/gen/fleetblock/v1/ListExceptionsRequest.ts';
import type { ListFeedsReply } from '../../../proto/gen/fleetblock/v1/ListFeedsReply.ts';
import type { ListHooksReply } from '../../../proto/gen/fleetblock/v1/ListHooksReply.ts';
import type { ListHostsReply } from '../../../proto/gen/fleetblock/v1/ListHostsReply.ts';
import type { ListListsReply } from '../../../proto/gen/fleetblock/v1/ListListsReply.ts';
import type { ListOperatorsReply } from '../../../proto/gen/fleetblock/v1/ListOperatorsReply.ts';
import type { ListOperatorTokensReply } from '../../../proto/gen/fleetblock/v1/ListOperatorTokensReply.ts';
import type { ListRolloutsReply } from '../../../proto/gen/fleetblock/v1/ListRolloutsReply.ts';
import type { ListTokensReply } from '../../../proto/gen/fleetblock/v1/ListTokensReply.ts';
import type { OperatorServiceHandlers } from '../../../proto/gen/fleetblock/v1/OperatorService.ts';
import type { RemoveListRequest__Output } from '../../../proto/gen/fleetblock/v1/RemoveListRequest.ts';
import type { ResyncHostsReply } from '../../../proto/gen/fleetblock/v1/ResyncHostsReply.ts';
import type { ResyncHostsRequest__Output } from '../../../proto/gen/fleetblock/v1/ResyncHostsRequest.ts';
import type { RevokeApiKeyReply } from '../../../proto/gen/fleetblock/v1/RevokeApiKeyReply.ts';
import type { RevokeApiKeyRequest__Output } from '../../../proto/gen/fleetblock/v1/RevokeApiKeyRequest.ts';
import type { RevokeHostReply } from '../../../proto/gen/fleetblock/v1/RevokeHostReply.ts';
import type { RevokeHostRequest__Output } from '../../../proto/gen/fleetblock/v1/RevokeHostRequest.ts';
import type { RevokeOperatorReply } from '../../../proto/gen/fleetblock/v1/RevokeOperatorReply.ts';
import type { RevokeOperatorRequest__Output } from '../../../proto/gen/fleetblock/v1/RevokeOperatorRequest.ts';
import type { RevokeOperatorTokenReply } from '../../../proto/gen/fleetblock/v1/RevokeOperatorTokenReply.ts';
import type { RevokeOperatorTokenRequest__Output } from '../../../proto/gen/fleetblock/v1/RevokeOperatorTokenRequest.ts';
import type { RevokeTokenReply } from '../../../proto/gen/fleetblock/v1/RevokeTokenReply.ts';
import type { RevokeTokenRequest__Output } from '../../../proto/gen/fleetblock/v1/RevokeTokenRequest.ts';
import type { RolloutReply } from '../../../proto/gen/fleetblock/v1/RolloutReply.ts';
import type { RolloutRequest__Output } from '../../../proto/gen/fleetblock/v1/RolloutRequest.ts';
import type { RolloutServiceHandlers } from '../../../proto/gen/fleetblock/v1/RolloutService.ts';
import type { UnblockRequest__Output } from '../../../proto/gen/fleetblock/v1/UnblockRequest.ts';
import type { WatchDropsRequest__Output } from '../../../proto/gen/fleetblock/v1/WatchDropsRequest.ts';
import type { WatchEventsRequest__Output } from '../../../proto/gen/fleetblock/v1/WatchEventsRequest.ts';
import { type Pair, TestAuthority } from './certificates.ts';

/** What a test scripts, by the method's name; each may throw FleetblockError. What is not scripted is answered UNIMPLEMENTED. */
export interface Script {
  block?: (request: BlockRequest__Output) => ChangeReply | Promise<ChangeReply>;
  unblock?: (request: UnblockRequest__Output) => ChangeReply | Promise<ChangeReply>;
  listEntries?: (request: ListEntriesRequest__Output) => Iterable<Claim>;
  confirm?: (request: ConfirmRequest__Output) => ChangeReply;
  /** Default: nothing waits. */
  listConfirmations?: () => ListConfirmationsReply;
  /** Default: there are none. */
  listRollouts?: () => ListRolloutsReply;
  abortRollout?: (request: RolloutRequest__Output) => RolloutReply;
  listHosts?: () => ListHostsReply;
  createToken?: (request: CreateTokenRequest__Output) => CreateTokenReply;
  importList?: (requests: ImportListRequest__Output[]) => ListChangeReply;
  removeList?: (request: RemoveListRequest__Output) => ListChangeReply;
  listLists?: () => ListListsReply;
  includeInList?: (request: IncludeInListRequest__Output) => ChangeReply;
  listExceptions?: (request: ListExceptionsRequest__Output) => Iterable<ListException>;
  export?: (request: ExportRequest__Output) => Iterable<ExportChunk>;
  check?: (request: CheckRequest__Output) => CheckReply;
  labelHost?: (request: LabelHostRequest__Output) => LabelHostReply;
  resyncHosts?: (request: ResyncHostsRequest__Output) => ResyncHostsReply;
  watchDrops?: (request: WatchDropsRequest__Output) => Iterable<DropReport>;
  watchEvents?: (request: WatchEventsRequest__Output) => Iterable<Event>;
  listAudit?: (request: ListAuditRequest__Output) => Iterable<AuditEntry>;
  listTokens?: () => ListTokensReply;
  revokeToken?: (request: RevokeTokenRequest__Output) => RevokeTokenReply;
  revokeHost?: (request: RevokeHostRequest__Output) => RevokeHostReply;
  createOperator?: (request: CreateOperatorRequest__Output) => CreateOperatorReply;
  listOperators?: () => ListOperatorsReply;
  listOperatorTokens?: () => ListOperatorTokensReply;
  revokeOperatorToken?: (request: RevokeOperatorTokenRequest__Output) => RevokeOperatorTokenReply;
  revokeOperator?: (request: RevokeOperatorRequest__Output) => RevokeOperatorReply;
  createApiKey?: (request: CreateApiKeyRequest__Output) => CreateApiKeyReply;
  listApiKeys?: () => ListApiKeysReply;
  listFeeds?: () => ListFeedsReply;
  listDetectors?: () => ListDetectorsReply;
  listHooks?: () => ListHooksReply;
  revokeApiKey?: (request: RevokeApiKeyRequest__Output) => RevokeApiKeyReply;
}

export class ScriptedController {
  script: Script = {};
  readonly authority: TestAuthority;
  readonly directory = mkdtempSync(join(tmpdir(), 'fleetblock-cli-'));
  readonly operator: Pair;
  readonly #server: Server;
  readonly port: number;

  private constructor(authority: TestAuthority, operator: Pair, server: Server, port: number) {
    this.authority = authority;
    this.operator = operator;
    this.#server = server;
    this.port = port;
  }

  static async start(): Promise<ScriptedController> {
    const authority = await TestAuthority.create();
    const { certificate, key } = await authority.server();
    const server = new Server();
    let controller: ScriptedController | undefined;
    const script = () => controller?.script ?? {};
    server.addService(protocol.OperatorService.service, operatorHandlers(script));
    server.addService(protocol.IdentityService.service, identityHandlers(script));
    server.addService(protocol.FeedService.service, feedHandlers(script));
    server.addService(protocol.RolloutService.service, rolloutHandlers(script));
    server.addService(protocol.DetectorService.service, detectorHandlers(script));
    server.addService(protocol.HookService.service, hookHandlers(script));
    const port = await new Promise<number>((resolve, reject) => {
      const pair = { cert_chain: Buffer.from(certificate), private_key: Buffer.from(key) };
      const credentials = ServerCredentials.createSsl(Buffer.from(authority.root), [pair], true);
      server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    controller = new ScriptedController(authority, await authority.operator(), server, port);
    return controller;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Writes a credentials file, in the form of `fleetblock-controller init`. Returns its path. */
  credentials(change: Partial<{ root: string; pair: Pair; address: string; mode: number; name: string }> = {}): string {
    const { root = this.authority.root, pair = this.operator, address = this.address, mode = 0o600 } = change;
    const path = join(this.directory, change.name ?? 'config.yaml');
    const block = (pem: string) => pem.trimEnd().replace(/^/gm, '      ');
    const text = `# fleetblock operator credentials. Keep it to yourself: mode 0600.
currentContext: default
contexts:
  default:
    controller: ${address}
    fleet: default
    operator: admin
    ca: |
${block(root)}
    certificate: |
${block(pair.certificate)}
    key: |
${block(pair.key)}
`;
    rmSync(path, { force: true });
    writeFileSync(path, text, { mode });
    return path;
  }

  close(): void {
    this.#server.forceShutdown();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** One request, one reply. */
function unary<Request, Reply>(script: () => ((request: Request) => Reply | Promise<Reply>) | undefined) {
  return async ({ request }: ServerUnaryCall<Request, Reply>, callback: sendUnaryData<Reply>): Promise<void> => {
    try {
      callback(null, await scripted(script())(request));
    } catch (error) {
      callback(toStatus(error));
    }
  };
}

/** One request, many replies. */
function many<Request, Reply>(script: () => ((request: Request) => Iterable<Reply>) | undefined) {
  return async (call: ServerWritableStream<Request, Reply>): Promise<void> => {
    try {
      for (const reply of scripted(script())(call.request)) {
        if (call.cancelled) return;
        if (!call.write(reply)) await new Promise((resolve) => call.once('drain', resolve));
      }
      call.end();
    } catch (error) {
      call.emit('error', toStatus(error));
    }
  };
}

/** The only one of many replies. */
function alone<Request, Reply>(answer: ((request: Request) => Reply) | undefined) {
  return answer && ((request: Request) => [answer(request)]);
}

/** Many requests, one reply. */
function collected<Request, Reply>(script: () => ((requests: Request[]) => Reply) | undefined) {
  return async (call: ServerReadableStream<Request, Reply>, callback: sendUnaryData<Reply>): Promise<void> => {
    try {
      const requests: Request[] = [];
      for await (const request of call) requests.push(request);
      callback(null, scripted(script())(requests));
    } catch (error) {
      callback(toStatus(error));
    }
  };
}

function scripted<T>(script: T | undefined): T {
  if (script === undefined) throw new FleetblockError('UNIMPLEMENTED', 'not scripted');
  return script;
}

function operatorHandlers(script: () => Script): OperatorServiceHandlers {
  return {
    Block: unary(() => script().block),
    Unblock: unary(() => script().unblock),
    ListEntryChunks: many(() => {
      const { listEntries } = script();
      return (
        listEntries &&
        function* (request: ListEntriesRequest__Output): Generator<EntriesChunk> {
          for (const claim of listEntries(request)) yield { claims: [claim] };
        }
      );
    }),
    ListHostChunks: many(() => alone(script().listHosts)),
    CreateToken: unary(() => script().createToken),
    ImportList: collected(() => script().importList),
    RemoveList: unary(() => script().removeList),
    ListListChunks: many(() => alone(script().listLists)),
    IncludeInList: unary(() => script().includeInList),
    ListExceptions: many(() => script().listExceptions),
    Export: many(() => script().export),
    CheckPrefix: many(() => alone(script().check)),
    LabelHost: unary(() => script().labelHost),
    ResyncHosts: unary(() => script().resyncHosts),
    WatchDrops: many(() => script().watchDrops),
    WatchEvents: many(() => script().watchEvents),
    ListAudit: many(() => script().listAudit),
    Confirm: unary(() => script().confirm),
    CheckWait: unary<CheckWaitRequest__Output, CheckWaitReply>(() => undefined),
    ListConfirmations: unary(() => script().listConfirmations ?? (() => ({}))),
  };
}

function rolloutHandlers(script: () => Script): UntypedServiceImplementation {
  return {
    ListRolloutChunks: many(() => alone(script().listRollouts ?? (() => ({})))),
    AbortRollout: unary(() => script().abortRollout),
  } satisfies Partial<RolloutServiceHandlers>;
}

/** grpc-js answers UNIMPLEMENTED for what is not here. */
function feedHandlers(script: () => Script): UntypedServiceImplementation {
  return { ListFeedChunks: many(() => alone(script().listFeeds)) } satisfies Partial<FeedServiceHandlers>;
}

function detectorHandlers(script: () => Script): UntypedServiceImplementation {
  return { ListDetectors: unary(() => script().listDetectors) } satisfies Partial<DetectorServiceHandlers>;
}

function hookHandlers(script: () => Script): UntypedServiceImplementation {
  return { ListHooks: unary(() => script().listHooks) } satisfies Partial<HookServiceHandlers>;
}

function identityHandlers(script: () => Script): UntypedServiceImplementation {
  return {
    ListTokenChunks: many(() => alone(script().listTokens)),
    RevokeToken: unary(() => script().revokeToken),
    RevokeHost: unary(() => script().revokeHost),
    CreateOperator: unary(() => script().createOperator),
    ListOperatorChunks: many(() => alone(script().listOperators)),
    RevokeOperator: unary(() => script().revokeOperator),
    ListOperatorTokenChunks: many(() => alone(script().listOperatorTokens)),
    RevokeOperatorToken: unary(() => script().revokeOperatorToken),
    CreateApiKey: unary(() => script().createApiKey),
    ListApiKeyChunks: many(() => alone(script().listApiKeys)),
    RevokeApiKey: unary(() => script().revokeApiKey),
  } satisfies Partial<IdentityServiceHandlers>;
}
