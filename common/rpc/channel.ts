// Client channels to the controller: mutual TLS against the fleet's own root, limits and keepalive in one place.
import { ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';

/**
 * The name in the controller's certificate. The fleet's root signs only one server, so that the name, not the address
 * that happened to be dialled, is what is checked: a controller may move without new certificates.
 */
export const CONTROLLER_NAME = 'controller.fleetblock.internal';

/** The TLS server name (SNI) by which a host without a certificate reaches the enrollment service on the same port. */
export const ENROLLMENT_NAME = 'enrollment.fleetblock.internal';

/** PEM texts. */
export interface ClientIdentity {
  readonly rootCertificate: string;
  /** Leaf first. */
  readonly certificateChain: string;
  readonly privateKey: string;
}

export function clientCredentials(identity: ClientIdentity): ChannelCredentials {
  return ChannelCredentials.createSsl(
    Buffer.from(identity.rootCertificate),
    Buffer.from(identity.privateKey),
    Buffer.from(identity.certificateChain),
  );
}

/** Most bytes of one message, either way. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

export function channelOptions(serverName: string): ChannelOptions {
  return {
    'grpc.ssl_target_name_override': serverName,
    'grpc.default_authority': serverName,
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 5_000,
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    // Every client has its own connection: streams of different hosts must not share one by accident in one process.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
    // The controller is dialled, never a proxy of the environment, and DNS is asked for its address only.
    'grpc.enable_http_proxy': 0,
    'grpc.service_config_disable_resolution': 1,
  };
}
