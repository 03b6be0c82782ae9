// The agents' side of the controller: one Sync stream per host, its messages handed to the hub.
import type { ServerDuplexStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { AGENT_LIMITS } from '../../../common/agent-limits.ts';
import { FleetblockError } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import { toStatus } from '../../../common/rpc/to-status.ts';
import { type Ack, ackFromWire, decodeAck } from '../../../common/sync-wire/ack.ts';
import type { Clock } from '../../../common/time/clock.ts';
import type { AgentMessage__Output } from '../../../proto/gen/fleetblock/v1/AgentMessage.ts';
import { checkedMessage } from '../../fleet/host/agent-message.ts';
import type { HostSession } from '../../fleet/host/host-session.ts';
import type { SessionStream } from '../../fleet/host/session-deps.ts';
import type { Hub } from '../../fleet/hub/hub.ts';
import type { Authorize } from '../../identity/auth/caller.ts';

/** `authorize` tells which host a stream belongs to: its certificate, never its hello. */
export interface SyncServiceDeps {
  readonly hub: Hub;
  readonly authorize: Authorize;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long a stream may stay silent before its hello, milliseconds. */
const HELLO_MS = 10_000;

const { Sync } = protocol.AgentService.service;

/** Proof, which has a decoder of its own, or any other message. */
type Received =
  | { readonly message: 'proof'; readonly proof: Ack }
  | { readonly message: 'too-large'; readonly bytes: number }
  | AgentMessage__Output;

/** AgentService as the controller serves it: what it sends is encoded already, once for all hosts that get the same. */
export const syncServiceDefinition = {
  Sync: {
    ...Sync,
    requestDeserialize: (bytes: Buffer): Received => {
      const proof = decodeAck(bytes);
      if (proof) return { message: 'proof', proof };
      // Reported by the handler: an error of a decoder ends the stream without a reason.
      if (bytes.length > AGENT_LIMITS.messageBytes) return { message: 'too-large', bytes: bytes.length };
      return Sync.requestDeserialize(bytes);
    },
    responseSerialize: (message: Buffer) => message,
  },
};

type SyncCall = ServerDuplexStream<Received, Buffer>;

/** A stream must say hello within ten seconds. What its handler throws ends that stream alone. */
export function agentHandlers(deps: SyncServiceDeps): UntypedServiceImplementation {
  return { Sync: (call: SyncCall) => serve(deps, call) };
}

function serve(deps: SyncServiceDeps, call: SyncCall): void {
  // From the first moment: an error event without a listener would end the process.
  call.on('error', () => {});
  let session: HostSession | undefined;
  let over = false;
  const end = (error: unknown) => {
    if (over) return;
    over = true;
    clearTimeout(helloTimer);
    if (session) deps.hub.disconnect(session);
    // grpc-js turns an emitted error into the stream's status.
    call.emit('error', toStatus(error));
  };
  const helloTimer = setTimeout(
    () => end(new FleetblockError('DEADLINE_EXCEEDED', 'a sync stream starts with a hello')),
    HELLO_MS,
  );
  const stream: SessionStream = {
    write: (message) => !over && call.write(message),
    end: (error) => end(error),
  };
  let greeted = false;
  const receive = (received: Received) => {
    const message = checked(received);
    if (message.message !== 'hello' || !message.hello) {
      if (!greeted) throw new FleetblockError('INVALID_ARGUMENT', 'a sync stream starts with a hello');
      // Until the hub has decided about an earlier stream of the same host, nothing is due.
      if (session) deliver(session, message);
      return;
    }
    if (greeted) throw new FleetblockError('INVALID_ARGUMENT', 'a second hello: open a new stream instead');
    greeted = true;
    clearTimeout(helloTimer);
    const { id } = deps.authorize(call);
    deps.hub.connect(id, message.hello, stream, (made) => {
      if (over) deps.hub.disconnect(made);
      else session = made;
    });
  };

  call.on('data', (message: Received) => {
    if (over) return;
    try {
      receive(message);
    } catch (error) {
      if (!(error instanceof FleetblockError)) deps.log.error({ err: error }, 'a sync stream failed');
      end(error);
    }
  });
  call.on('drain', () => session?.onReady());
  call.on('end', () => end(new FleetblockError('UNAVAILABLE', 'the agent ended the stream')));
  for (const event of ['close', 'cancelled'] as const)
    call.on(event, () => {
      over = true;
      clearTimeout(helloTimer);
      if (session) deps.hub.disconnect(session);
    });
}

/** @throws FleetblockError INVALID_ARGUMENT: it is larger than an agent's messages may be */
function checked(message: Received): Exclude<Received, { message: 'too-large' }> {
  if (message.message === 'proof') return message;
  if (message.message !== 'too-large') return checkedMessage(message);
  throw new FleetblockError(
    'INVALID_ARGUMENT',
    `a message of ${message.bytes} bytes, at most ${AGENT_LIMITS.messageBytes}: check this host's agent`,
  );
}

function deliver(session: HostSession, message: ReturnType<typeof checked>): void {
  session.heard();
  switch (message.message) {
    case 'proof':
      session.onAck(message.proof);
      return;
    case 'ack':
      if (message.ack) session.onAck(ackFromWire(message.ack));
      return;
    case 'nack':
      if (message.nack) session.onNack(message.nack);
      return;
    case 'status':
      if (message.status) session.onStatus(message.status);
      return;
    case 'pong':
      if (message.pong) session.questions.onPong(BigInt(message.pong.nonce));
      return;
    case 'keyKept':
      if (message.keyKept) session.onKeyKept(message.keyKept.key);
      return;
    case 'dropEvents':
      if (message.dropEvents) session.onDropEvents(message.dropEvents);
      return;
    case 'reports':
      if (message.reports) session.reports.on(message.reports);
      return;
    case 'lookupReply':
      if (message.lookupReply) session.questions.onLookupReply(message.lookupReply);
      return;
    default:
    // A kind of message that this version does not know: a newer agent may send it, and needs no answer.
  }
}
