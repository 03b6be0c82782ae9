// Channels of grpc-js to the controller, for tests and benches that call it with another client than the programs have.
import { ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { type ClientIdentity, MAX_MESSAGE_BYTES } from '../common/rpc/channel.ts';

export function clientCredentials(identity: ClientIdentity): ChannelCredentials {
  return ChannelCredentials.createSsl(
    Buffer.from(identity.rootCertificate),
    Buffer.from(identity.privateKey),
    Buffer.from(identity.certificateChain),
  );
}

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
