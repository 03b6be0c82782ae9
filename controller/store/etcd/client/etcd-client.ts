// A client of etcd: several members as one, over TLS, with a user's token that is renewed when etcd no longer knows it. Every call has a
// limit, and may be carried out more than once.
import { createSecureContext } from 'node:tls';
import { ChannelCredentials, credentials, Metadata } from '@grpc/grpc-js';
import type { AuthenticateResponse__Output } from '../../../../proto/gen/etcdserverpb/AuthenticateResponse.ts';
import type { LeaseGrantResponse__Output } from '../../../../proto/gen/etcdserverpb/LeaseGrantResponse.ts';
import type { LeaseKeepAliveResponse__Output } from '../../../../proto/gen/etcdserverpb/LeaseKeepAliveResponse.ts';
import type { StatusResponse__Output } from '../../../../proto/gen/etcdserverpb/StatusResponse.ts';
import type { Ask } from './endpoint.ts';
import { Endpoints } from './endpoints.ts';
import { Compacted, TokenRefused, Unreachable } from './errors.ts';
import {
  type Entry,
  type Found,
  foundFromWire,
  type Read,
  rangeToWire,
  type Txn,
  type TxnResult,
  txnFromWire,
  txnToWire,
} from './kv.ts';
import { type WatchRange, watchAt } from './watch.ts';

/** For a call as a whole: one that etcd cannot answer is refused within two seconds. */
export const LIMIT_MS = 1800;

/** PEM texts. */
export interface EtcdTls {
  readonly ca: string;
  /** Leaf first. Both or none. */
  readonly certificate?: string;
  readonly key?: string;
}

export interface EtcdOptions {
  /** HOST:PORT of the members, at least one. */
  readonly endpoints: readonly string[];
  /** Default: none, for members on this machine. */
  readonly tls?: EtcdTls;
  readonly user?: { readonly name: string; readonly password: string };
  /** Milliseconds until a call is given up. Default 1,800. */
  readonly limitMs?: number;
}

/** What a member says of the cluster. */
export interface EtcdStatus {
  /** Another one after a restore: its revisions are those of another life. */
  readonly clusterId: string;
  readonly version: string;
  /** Alarms: `alarm:NOSPACE` and the like. */
  readonly errors: readonly string[];
  /** Of the member's file, bytes. */
  readonly sizeBytes: number;
  readonly usedBytes: number;
}

/**
 * All methods throw FleetblockError: Unreachable (no answer in time: whether a change was made is not known), RESOURCE_EXHAUSTED (etcd
 * is full), FAILED_PRECONDITION (user, password or permissions), DATA_LOSS.
 */
export class EtcdClient {
  readonly #endpoints: Endpoints;
  readonly #user: EtcdOptions['user'];
  readonly #limitMs: number;
  #token: Promise<string> | undefined;

  constructor({ endpoints, tls, user, limitMs = LIMIT_MS }: EtcdOptions) {
    this.#endpoints = new Endpoints(endpoints, tls ? secure(tls) : credentials.createInsecure());
    this.#user = user;
    this.#limitMs = limitMs;
  }

  /** The present state. */
  async range(read: Read): Promise<Found> {
    const request = rangeToWire(read);
    return foundFromWire(await this.#call((at, ...rest) => at.kv.range(request, ...rest)));
  }

  /** One atomic step. It may be carried out twice: its conditions must say whether it was made already. */
  async txn(txn: Txn): Promise<TxnResult> {
    const request = txnToWire(txn);
    return txnFromWire(await this.#call((at, ...rest) => at.kv.txn(request, ...rest)));
  }

  /** Forgets what keys were before this revision. That it has been forgotten already is no error. */
  async compact(revision: bigint): Promise<void> {
    try {
      await this.#call((at, ...rest) => at.kv.compact({ revision: String(revision) }, ...rest));
    } catch (error) {
      if (!(error instanceof Compacted)) throw error;
    }
  }

  async status(): Promise<EtcdStatus> {
    const { header, version, errors, dbSize, dbSizeInUse } = await this.#call<StatusResponse__Output>((at, ...rest) =>
      at.maintenance.status({}, ...rest),
    );
    return {
      clusterId: header?.clusterId ?? '',
      version,
      errors,
      sizeBytes: Number(dbSize),
      usedBytes: Number(dbSizeInUse),
    };
  }

  /**
   * What is put in these keys, in order, from a revision on, until it breaks; the next watch is then at another member.
   * @throws also TokenRefused and Compacted
   */
  async *watch(range: WatchRange, signal: AbortSignal): AsyncGenerator<readonly Entry[]> {
    const metadata = await this.#metadata(this.#limitMs);
    const endpoint = this.#endpoints.preferred;
    try {
      yield* watchAt(endpoint, metadata, range, signal);
    } catch (error) {
      if (error instanceof TokenRefused) this.#token = undefined;
      if (error instanceof Unreachable) this.#endpoints.leave(endpoint);
      throw error;
    }
  }

  /** A lease of its own for `ttlS` seconds. @returns its id */
  async grantLease(ttlS: number): Promise<string> {
    // Carried out twice it leaves a lease that nothing is attached to, and that ends by itself.
    const { ID } = await this.#call<LeaseGrantResponse__Output>((at, ...rest) =>
      at.lease.leaseGrant({ TTL: ttlS }, ...rest),
    );
    return ID;
  }

  /** From now on it lasts as long again. @returns false when it has ended */
  async renewLease(id: string): Promise<boolean> {
    const { TTL } = await this.#call<LeaseKeepAliveResponse__Output>((at, metadata, options, done) => {
      const call = at.lease.leaseKeepAlive(metadata, options);
      call.once('data', (reply) => {
        done(null, reply);
        call.cancel();
      });
      call.once('error', done);
      call.write({ ID: id });
      return call;
    });
    return TTL !== '0';
  }

  /** Ends a lease, with the keys that are attached to it. That it has ended already is no error. */
  async revokeLease(id: string): Promise<void> {
    if (await this.renewLease(id)) await this.#call((at, ...rest) => at.lease.leaseRevoke({ ID: id }, ...rest));
  }

  close(): void {
    this.#endpoints.close();
  }

  async #call<Reply>(ask: Ask<Reply>): Promise<Reply> {
    const untilMs = performance.now() + this.#limitMs;
    const remainingMs = () => Math.max(1, Math.round(untilMs - performance.now()));
    try {
      return await this.#endpoints.answer(ask, await this.#metadata(remainingMs()), remainingMs());
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      // Tokens last minutes, and a member that restarts may have forgotten them.
      this.#token = undefined;
      return this.#endpoints.answer(ask, await this.#metadata(remainingMs()), remainingMs());
    }
  }

  /** `hasleader`: a member that is cut off from the others refuses the call, and ends a watch, instead of being silent. */
  async #metadata(limitMs: number): Promise<Metadata> {
    const metadata = plainMetadata();
    if (this.#user) metadata.set('token', await this.#authenticated(this.#user, limitMs));
    return metadata;
  }

  #authenticated(user: { readonly name: string; readonly password: string }, limitMs: number): Promise<string> {
    if (this.#token) return this.#token;
    const asked = this.#endpoints
      .answer<AuthenticateResponse__Output>(
        (at, ...rest) => at.auth.authenticate(user, ...rest),
        plainMetadata(),
        limitMs,
      )
      .then(({ token }) => token);
    this.#token = asked;
    asked.catch(() => {
      if (this.#token === asked) this.#token = undefined;
    });
    return asked;
  }
}

function plainMetadata(): Metadata {
  const metadata = new Metadata();
  metadata.set('hasleader', 'true');
  return metadata;
}

function secure({ ca, certificate, key }: EtcdTls): ChannelCredentials {
  const context = createSecureContext({
    ca,
    ...(certificate !== undefined && { cert: certificate }),
    ...(key !== undefined && { key }),
    minVersion: 'TLSv1.2',
  });
  return ChannelCredentials.createFromSecureContext(context);
}
