// Two gRPC servers behind the one port: one for the fleet's certificates, one for hosts that have none yet. Neither
// listens, and neither sees a connection that the front has not let in: TLS ends there, hence the "insecure" here.

import type { TLSSocket } from 'node:tls';
import {
  type ConnectionInjector,
  Server,
  ServerCredentials,
  type ServerInterceptor,
  type ServerOptions,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { MAX_MESSAGE_BYTES } from '../../../common/rpc/channel.ts';
import { requiredRole } from '../../identity/auth/policy.ts';

/** A definition with the handlers for all of its methods. */
export interface Service {
  readonly definition: ServiceDefinition;
  readonly handlers: UntypedServiceImplementation;
}

/** What the controller must have agreed to before a call of it is answered. */
export interface GrpcServersOptions {
  /** Served to the fleet's certificates, behind the interceptor. */
  readonly services: readonly Service[];
  readonly admission: ServerInterceptor;
  /** Served without a certificate. */
  readonly enrollment: Service;
}

const CLIENT_LIMITS: ServerOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  // An agent has one stream, a command one call; a program that shares a connection may have more.
  'grpc.max_concurrent_streams': 64,
  // A half-open connection is noticed within 15 s; grpc-js servers have no keepalive by default.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.max_connection_idle_ms': 300_000,
  'grpc.enable_channelz': 0,
};

const ENROLLMENT_LIMITS: ServerOptions = {
  'grpc.max_receive_message_length': 16 * 1024,
  'grpc.max_send_message_length': 64 * 1024,
  'grpc.max_concurrent_streams': 2,
  'grpc.max_connection_idle_ms': 5_000,
  'grpc-node.max_session_memory': 1,
  'grpc.enable_channelz': 0,
};

/** Connections are injected by the front once TLS is done. */
export class GrpcServers {
  readonly #clients: Server;
  readonly #enrollment: Server;
  readonly #clientInjector: ConnectionInjector;
  readonly #enrollmentInjector: ConnectionInjector;

  /** @throws Error when a method has no row in the policy: a controller that would always refuse a call does not start */
  constructor({ services, admission, enrollment }: GrpcServersOptions) {
    this.#clients = new Server({ ...CLIENT_LIMITS, interceptors: [admission] });
    for (const { definition, handlers } of services) {
      for (const { path } of Object.values(definition))
        if (!requiredRole(path)) throw new Error(`${path} has no row in controller/identity/auth/policy.ts`);
      this.#clients.addService(definition, handlers);
    }
    this.#enrollment = new Server(ENROLLMENT_LIMITS);
    this.#enrollment.addService(enrollment.definition, enrollment.handlers);
    this.#clientInjector = this.#clients.createConnectionInjector(ServerCredentials.createInsecure());
    this.#enrollmentInjector = this.#enrollment.createConnectionInjector(ServerCredentials.createInsecure());
  }

  serveClient(socket: TLSSocket): void {
    this.#clientInjector.injectConnection(socket);
  }

  serveEnrollment(socket: TLSSocket): void {
    this.#enrollmentInjector.injectConnection(socket);
  }

  /** Tells all peers to go: calls that are under way have `graceMs` to end. */
  async close(graceMs: number): Promise<void> {
    const closed = (server: Server) => new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    const all = Promise.all([closed(this.#clients), closed(this.#enrollment)]);
    const timer = setTimeout(() => {
      this.#clients.forceShutdown();
      this.#enrollment.forceShutdown();
    }, graceMs);
    await all;
    clearTimeout(timer);
  }
}
