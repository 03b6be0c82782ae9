// One member of etcd: its connection, which grpc-js keeps and makes again, and the calls on it.
import {
  Channel,
  type ChannelCredentials,
  type ChannelOptions,
  type Metadata,
  type CallOptions as RpcOptions,
  type requestCallback,
} from '@grpc/grpc-js';
import { FleetblockError, messageOf } from '../../../../common/errors.ts';
import { explained } from './errors.ts';
import { services } from './protocol.ts';

const OPTIONS: ChannelOptions = {
  // A member that restarts is back within a second of it.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.dns_min_time_between_resolutions_ms': 1000,
  // etcd refuses pings that are less than 5 s apart.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5000,
  // Pages and pieces are bounded where they are asked for.
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // etcd sits beside its controllers: a proxy of the environment is for the world outside.
  'grpc.enable_http_proxy': 0,
};

/** What the methods of grpc-js take after the request. */
export type Rest<Reply> = [metadata: Metadata, options: RpcOptions, done: requestCallback<Reply>];

/** Makes a call at an endpoint; what it returns cancels the call. */
export type Ask<Reply> = (at: Endpoint, ...rest: Rest<Reply>) => { cancel(): void };

/** Its services share a connection, which is made with the first call. */
export class Endpoint {
  /** HOST:PORT. */
  readonly address: string;
  readonly kv: InstanceType<typeof services.KV>;
  readonly watch: InstanceType<typeof services.Watch>;
  readonly lease: InstanceType<typeof services.Lease>;
  readonly maintenance: InstanceType<typeof services.Maintenance>;
  readonly auth: InstanceType<typeof services.Auth>;
  readonly #channel: Channel;

  constructor(address: string, credentials: ChannelCredentials) {
    this.address = address;
    this.#channel = new Channel(address, credentials, OPTIONS);
    const shared = [address, credentials, { channelOverride: this.#channel }] as const;
    this.kv = new services.KV(...shared);
    this.watch = new services.Watch(...shared);
    this.lease = new services.Lease(...shared);
    this.maintenance = new services.Maintenance(...shared);
    this.auth = new services.Auth(...shared);
  }

  /** @param done with the reply, or what the call failed with in the project's words. @returns a function that ends it */
  start<Reply>(
    ask: Ask<Reply>,
    metadata: Metadata,
    deadline: Date,
    done: (error: FleetblockError | undefined, reply: Reply | undefined) => void,
  ): () => void {
    const call = ask(this, metadata, { deadline }, (error, reply) =>
      done(error ? explained(error, this.address) : undefined, reply),
    );
    return () => call.cancel();
  }

  /** What a stream of this endpoint failed with. */
  explain(error: unknown): FleetblockError {
    if (error instanceof FleetblockError) return error;
    return isStatus(error) ? explained(error, this.address) : new FleetblockError('INTERNAL', messageOf(error));
  }

  close(): void {
    this.#channel.close();
  }
}

function isStatus(error: unknown): error is { code: number; details: string } {
  const { code, details } = Object(error);
  return typeof code === 'number' && typeof details === 'string';
}
