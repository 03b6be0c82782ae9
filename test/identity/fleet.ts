// A certificate authority with one of each kind of caller, and the parts of the controller that stand before its handlers.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { createLogger } from '../../common/logger.ts';
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import { protocol } from '../../common/rpc/proto.ts';
import type { Clock } from '../../common/time/clock.ts';
import { Authorizer, type Refusal } from '../../controller/identity/auth/authorizer.ts';
import { Authority, privateKeyPem } from '../../controller/identity/pki/authority.ts';
import { newKeyPair } from '../../controller/identity/pki/certificates.ts';
import type { OperatorRole } from '../../controller/identity/pki/names.ts';
import { PeerReader } from '../../controller/identity/pki/peer.ts';
import { ServerIdentity } from '../../controller/identity/server-identity.ts';
import { Front } from '../../controller/server/front/front.ts';
import type { FrontLimits } from '../../controller/server/front/limits.ts';
import { admission } from '../../controller/server/services/call-admission.ts';
import { GrpcServers } from '../../controller/server/services/grpc-servers.ts';

/** A wall clock that a test may move. */
export class TestClock implements Clock {
  offsetMs = 0;
  wallMs = (): number => Date.now() + this.offsetMs;
  monotonicMs = (): number => performance.now();
}

export class TestFleet {
  readonly authority: Authority;
  readonly clock = new TestClock();
  readonly #directory: string;

  private constructor(directory: string, authority: Authority) {
    this.#directory = directory;
    this.authority = authority;
  }

  /** The fleet of a data directory that `init` made; it is removed with it. */
  static of(directory: string, authority: Authority): TestFleet {
    return new TestFleet(directory, authority);
  }

  static async make(name = 'lab'): Promise<TestFleet> {
    const directory = mkdtempSync(join(tmpdir(), 'fleetblock-identity-'));
    return new TestFleet(directory, await Authority.create(join(directory, 'pki'), name, Date.now()));
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /**
   * @param bornMs when the certificate was made; default now
   * @param generation how often the host was enrolled again
   */
  async agent(
    hostId: string = randomUUID(),
    bornMs = Date.now(),
    generation = 0,
  ): Promise<ClientIdentity & { hostId: string }> {
    const key = newKeyPair();
    const { chain } = await this.authority.issueAgent(hostId, key.publicKey, bornMs, generation);
    return { ...this.#identity(chain, privateKeyPem(key.privateKey)), hostId };
  }

  async operator(
    role: OperatorRole,
    name: string = role,
    bornMs = Date.now(),
  ): Promise<ClientIdentity & { serial: string; expiresMs: number }> {
    const key = newKeyPair();
    const issued = await this.authority.issueOperator(role, name, key.publicKey, bornMs, 86_400_000);
    const identity = this.#identity(issued.chain, privateKeyPem(key.privateKey));
    return { ...identity, serial: issued.serial, expiresMs: issued.notAfterMs };
  }

  #identity(certificateChain: string, privateKey: string): ClientIdentity {
    return { rootCertificate: this.authority.rootCertificate, certificateChain, privateKey };
  }
}

export interface GateOptions {
  readonly operator?: UntypedServiceImplementation;
  readonly agent?: UntypedServiceImplementation;
  readonly enrollment?: UntypedServiceImplementation;
  readonly limits?: Partial<FrontLimits>;
}

/** Front, call admission and authorizer as the controller has them, before handlers of the test's own. */
export class TestGate {
  readonly revoked = new Set<string>();
  readonly refusals: Refusal[] = [];
  readonly letGo: string[] = [];
  readonly authorizer: Authorizer;
  readonly front: Front;
  readonly serverIdentity: ServerIdentity;
  readonly #servers: GrpcServers;
  address = '';

  private constructor(
    fleet: TestFleet,
    options: GateOptions,
    serverIdentity: ServerIdentity,
    front: (gate: TestGate) => Front,
  ) {
    this.serverIdentity = serverIdentity;
    this.authorizer = new Authorizer({
      reader: new PeerReader(fleet.authority.fleet, fleet.authority.clientIssuers),
      standing: {
        hostMayCall: (hostId) => !this.revoked.has(hostId),
        operatorMayCall: (serial) => !this.revoked.has(serial),
      },
      clock: fleet.clock,
      onRefusal: (refusal) => this.refusals.push(refusal),
    });
    this.#servers = new GrpcServers({
      admission: admission({
        authorizer: this.authorizer,
        disconnect: (connection) => this.front.disconnect(connection),
        refusalOf: (connection) => this.front.refusalOf(connection),
      }),
      services: [
        { definition: protocol.OperatorService.service, handlers: options.operator ?? {} },
        { definition: protocol.AgentService.service, handlers: options.agent ?? {} },
      ],
      enrollment: { definition: protocol.EnrollmentService.service, handlers: options.enrollment ?? {} },
    });
    this.front = front(this);
  }

  /** @param more.shownRoot a root shown to those who enroll in place of the fleet's own: an impostor's trick */
  static async start(
    fleet: TestFleet,
    options: GateOptions = {},
    more: { readonly shownRoot?: string } = {},
  ): Promise<TestGate> {
    const log = createLogger('test', 'silent');
    const serverIdentity = new ServerIdentity({ authority: fleet.authority, clock: fleet.clock, log });
    const identity = await serverIdentity.make();
    const gate = new TestGate(fleet, options, serverIdentity, (made) => {
      return new Front({
        identity: { ...identity, ...(more.shownRoot && { root: more.shownRoot }) },
        onClient: (socket) => made.#servers.serveClient(socket),
        onEnrollment: (socket) => made.#servers.serveEnrollment(socket),
        onRefused: (reason) => made.letGo.push(reason),
        ...(options.limits && { limits: options.limits }),
      });
    });
    const { port } = await gate.front.listen({ host: '127.0.0.1', port: 0 });
    gate.address = `127.0.0.1:${port}`;
    return gate;
  }

  async stop(): Promise<void> {
    this.authorizer.close();
    this.serverIdentity.close();
    const stopped = this.front.stopListening();
    await this.#servers.close(100);
    this.front.destroyAll();
    await stopped;
  }
}
