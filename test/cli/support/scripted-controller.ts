// A controller that answers as a test says: real gRPC, real mutual TLS, in this process.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { FleetblockError } from '../../../common/errors.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import { toStatus } from '../../../common/rpc/status.ts';
import type { BlockRequest__Output } from '../../../proto/gen/fleetblock/v1/BlockRequest.ts';
import type { ChangeReply } from '../../../proto/gen/fleetblock/v1/ChangeReply.ts';
import type { Claim } from '../../../proto/gen/fleetblock/v1/Claim.ts';
import type { CreateTokenReply } from '../../../proto/gen/fleetblock/v1/CreateTokenReply.ts';
import type { CreateTokenRequest__Output } from '../../../proto/gen/fleetblock/v1/CreateTokenRequest.ts';
import type { ListEntriesRequest__Output } from '../../../proto/gen/fleetblock/v1/ListEntriesRequest.ts';
import type { ListHostsReply } from '../../../proto/gen/fleetblock/v1/ListHostsReply.ts';
import type { OperatorServiceHandlers } from '../../../proto/gen/fleetblock/v1/OperatorService.ts';
import type { UnblockRequest__Output } from '../../../proto/gen/fleetblock/v1/UnblockRequest.ts';
import { type Pair, TestAuthority } from './certificates.ts';

/** What a test scripts; each may throw FleetblockError. A call that is not scripted is answered UNIMPLEMENTED. */
export interface Script {
  block?: (request: BlockRequest__Output) => ChangeReply | Promise<ChangeReply>;
  unblock?: (request: UnblockRequest__Output) => ChangeReply | Promise<ChangeReply>;
  listEntries?: (request: ListEntriesRequest__Output) => Iterable<Claim>;
  listHosts?: () => ListHostsReply;
  createToken?: (request: CreateTokenRequest__Output) => CreateTokenReply;
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
    server.addService(
      protocol.OperatorService.service,
      handlers(() => controller?.script ?? {}),
    );
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

/** grpc-js answers UNIMPLEMENTED for what is not here. */
function handlers(script: () => Script): UntypedServiceImplementation {
  const answer = async <Reply>(
    callback: (error: Error | null, reply?: Reply) => void,
    work: (() => Reply | Promise<Reply>) | undefined,
  ) => {
    try {
      if (!work) throw new FleetblockError('UNIMPLEMENTED', 'not scripted');
      callback(null, await work());
    } catch (error) {
      callback(toStatus(error));
    }
  };
  return {
    Block: ({ request }, callback) => {
      const { block } = script();
      void answer(callback, block && (() => block(request)));
    },
    Unblock: ({ request }, callback) => {
      const { unblock } = script();
      void answer(callback, unblock && (() => unblock(request)));
    },
    ListHosts: (_, callback) => {
      void answer(callback, script().listHosts);
    },
    CreateToken: ({ request }, callback) => {
      const { createToken } = script();
      void answer(callback, createToken && (() => createToken(request)));
    },
    ListEntries: async (call) => {
      try {
        for (const claim of script().listEntries?.(call.request) ?? []) {
          if (call.cancelled) return;
          if (!call.write(claim)) await new Promise((resolve) => call.once('drain', resolve));
        }
        call.end();
      } catch (error) {
        call.emit('error', toStatus(error));
      }
    },
  } satisfies Partial<OperatorServiceHandlers>;
}
