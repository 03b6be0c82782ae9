// The sync stream as a session sees it: messages in, messages out, an end. sync-dialer.ts opens the real one.
import type { AgentMessage } from '../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { ControllerMessage__Output } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';

/** Tests and the fleet simulator hand in streams of their own. */
export interface SyncStream {
  /** In order; not read ahead further than a few messages. Throws what the stream failed with. */
  readonly messages: AsyncIterable<ControllerMessage__Output>;
  /** Resolves once the transport has room for more. Rejects when the stream is over. */
  send(message: AgentMessage): Promise<void>;
  /** Ends it now; `messages` and pending sends then fail. Idempotent. */
  close(): void;
}

/** Opens a stream, or rejects when there is no way there. Later failures come out of `messages`. `signal`: no longer wanted. */
export type Dial = (signal: AbortSignal) => SyncStream | Promise<SyncStream>;
